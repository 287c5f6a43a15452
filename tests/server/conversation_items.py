"""The routes of a conversation's items, and what the items of a request say."""

from __future__ import annotations

from typing import Any

from openai.types.conversations import ConversationItem, item_create_params
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from tests.server import rules
from tests.server.call import Call
from tests.server.errors import server_error, wrong
from tests.server.saying import Heard, text_of
from tests.server.scenarios import Scenario
from tests.server.store import Store
from tests.server.validation import built

#: What a part of text is called, by who says it.
_PARTS = {"user": "input_text", "assistant": "output_text"}


def heard_in(items: Any) -> list[Heard]:
    """What the model is told by the items of a request."""
    if isinstance(items, str):
        return [Heard("user", items)]
    found = []
    for item in items or ():
        if "role" in item:
            found.append(Heard(item["role"], text_of(item["content"])))
        elif item.get("type") == "function_call_output":
            found.append(Heard("tool", str(item["output"])))
    return found


def shown(store: Store, items: Any) -> list[dict[str, Any]]:
    """The items of a request as a conversation shows them."""
    return [_item(store, heard) for heard in heard_in(items)]


def _item(store: Store, heard: Heard) -> dict[str, Any]:
    if heard.role == "tool":
        item = {"id": store.new_id("fco")[0], "type": "function_call_output"}
        return {**item, "call_id": "call_lookup", "output": heard.text, "status": "completed"}
    part: dict[str, Any] = {"type": _PARTS.get(heard.role, "input_text"), "text": heard.text}
    if part["type"] == "output_text":
        part |= {"annotations": [], "logprobs": []}
    message = {"id": store.new_id("msg")[0], "type": "message", "role": heard.role}
    return {**message, "status": "completed", "content": [part]}


def _stored(call: Call) -> list[dict[str, Any]]:
    conversation = call.ids["conversation"]
    if conversation not in call.store.items:
        raise wrong(f"Conversation with id '{conversation}' not found.", status=404)
    return call.store.items[conversation]


def _page(found: list[dict[str, Any]], *, more: bool) -> ASGIApp:
    data = [built(ConversationItem, item) for item in found]
    return JSONResponse(
        {
            "object": "list",
            "data": data,
            "first_id": data[0]["id"] if data else "",
            "last_id": data[-1]["id"] if data else "",
            "has_more": more,
        }
    )


def list_items(call: Call) -> ASGIApp:
    """`GET /v1/conversations/{conversation}/items`: newest first, 20 at most."""
    limit, ascending = rules.listing(call.request.query)
    stored = _stored(call)
    if call.control.scenario is Scenario.MESSAGES_ERROR:
        raise server_error()
    found = stored if ascending else stored[::-1]
    after = call.request.query.get("after")
    if after is not None:
        places = [n for n, item in enumerate(found) if item["id"] == after]
        if not places:
            raise wrong(f"No item found with id '{after}'.", "after", status=404)
        found = found[places[0] + 1 :]
    return _page(found[:limit], more=len(found) > limit)


def create_items(call: Call) -> ASGIApp:
    """`POST /v1/conversations/{conversation}/items`: at most 20 at a time."""
    body = call.body(item_create_params.ItemCreateParams)
    rules.conversation(body)
    new = shown(call.store, body["items"])
    _stored(call).extend(new)
    call.store.conversations[call.ids["conversation"]] += heard_in(body["items"])
    return _page(new, more=False)
