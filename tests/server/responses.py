"""The routes of Responses and Conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openai.types.conversations import Conversation as ConversationModel
from openai.types.conversations import ConversationDeletedResource, conversation_create_params
from openai.types.responses import Response as ResponseModel
from openai.types.responses import response_create_params
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from tests.server import rules
from tests.server.call import Call
from tests.server.conversation_items import heard_in, shown
from tests.server.errors import DropConnectionError, HangError, wrong
from tests.server.responses_stream import stream
from tests.server.saying import ERROR_MESSAGE, Heard, Part, answer, said
from tests.server.scenarios import Scenario
from tests.server.store import TERMINAL, UNKNOWN, Run, Store, or_one, plan
from tests.server.validation import built

#: The statuses that only Assistants has, and what a response makes of them.
_NOT_HERE = {"expired": "completed", "requires_action": "completed", "cancelling": "in_progress"}
#: A PNG of one pixel.
_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _content(part: Part) -> dict[str, Any]:
    if part.kind == "refusal":
        return {"type": "refusal", "refusal": part.text}
    return {"type": "output_text", "text": part.text, "annotations": [], "logprobs": []}


def output_items(store: Store, run: Run) -> list[dict[str, Any]]:
    """The items of a response that has come to its end."""
    items: list[dict[str, Any]] = []
    if run.scenario is Scenario.REASONING_FIRST:
        items.append({"id": store.new_id("rs")[0], "type": "reasoning", "summary": []})
    if run.scenario is Scenario.REQUIRES_ACTION:
        call = {"call_id": "call_lookup", "name": "lookup", "arguments": "{}"}
        item = {"id": store.new_id("fc")[0], "type": "function_call", "status": "completed"}
        return [{**item, **call}]
    for one in run.said:
        items += [
            {
                "id": store.new_id("ig")[0],
                "type": "image_generation_call",
                "status": "completed",
                "result": _PIXEL,
            }
            for part in one.parts
            if part.kind == "image"
        ]
        message: dict[str, Any] = {
            "id": store.new_id("msg")[0],
            "type": "message",
            "role": "assistant",
            "status": "incomplete" if run.scenario is Scenario.INCOMPLETE else "completed",
            "content": [_content(part) for part in one.parts if part.kind != "image"],
        }
        if one.phase:
            message["phase"] = one.phase
        items.append(message)
    return items


def response_json(run: Run, output: list[dict[str, Any]]) -> dict[str, Any]:
    """A response as the API shows it; there is no `output_text`, which is the SDKs' own.

    Args:
        run: The response.
        output: Its items, as far as they have come.
    """
    body, status = run.body, run.status
    conversation = body.get("conversation")
    if isinstance(conversation, str):
        conversation = {"id": conversation}
    usage = {
        "input_tokens": 20,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 10,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 30,
    }
    failed = {"code": "server_error", "message": ERROR_MESSAGE}
    made = built(
        ResponseModel,
        {
            "id": run.id,
            "object": "response",
            "created_at": run.created_at,
            "completed_at": run.times.get("completed"),
            # The models know no unknown status; it is put in afterwards.
            "status": "in_progress" if status == UNKNOWN else status,
            "background": body.get("background") or False,
            "error": failed if status == "failed" else None,
            "incomplete_details": (
                {"reason": "max_output_tokens"} if status == "incomplete" else None
            ),
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "model": body.get("model") or "gpt-6-luna",
            "output": output,
            "parallel_tool_calls": body.get("parallel_tool_calls", True),
            "previous_response_id": body.get("previous_response_id"),
            "conversation": conversation,
            "temperature": or_one(body.get("temperature")),
            "top_p": or_one(body.get("top_p")),
            "tool_choice": "auto",
            "tools": [],
            "usage": usage if status in TERMINAL else None,
            "metadata": body.get("metadata") or {},
        },
    )
    return {**made, "status": status}


def _before(call: Call, body: Mapping[str, Any]) -> list[Heard]:
    """What the model knows from the conversation or the previous response."""
    previous = body.get("previous_response_id")
    if previous:
        found = call.store.responses.get(previous)
        if found is None:
            raise wrong(
                f"Previous response with id '{previous}' not found.",
                "previous_response_id",
                "previous_response_not_found",
            )
        return [*found.heard, *(Heard("assistant", p.text) for s in found.said for p in s.parts)]
    conversation = _conversation_id(body)
    if conversation is None:
        return []
    if conversation not in call.store.conversations:
        raise wrong(f"Conversation with id '{conversation}' not found.", status=404)
    return call.store.conversations[conversation]


def _conversation_id(body: Mapping[str, Any]) -> str | None:
    given = body.get("conversation")
    found: str | None = given["id"] if isinstance(given, dict) else given
    return found


def _shown(call: Call, run: Run) -> dict[str, Any]:
    """The response as it is at this moment; its items are made once."""
    if run.status in {"queued", "in_progress", UNKNOWN}:
        return response_json(run, [])
    if not run.output:
        run.output = output_items(call.store, run)
    return response_json(run, run.output)


def create_response(call: Call) -> ASGIApp:
    """`POST /v1/responses`: at once, as a stream, or in the background."""
    body = call.body(
        response_create_params.ResponseCreateParamsNonStreaming,
        response_create_params.ResponseCreateParamsStreaming,
    )
    rules.response(body)
    heard = [*_before(call, body), *heard_in(body.get("input"))]
    scenario = call.scenario_on_create()
    if scenario is Scenario.REQUIRES_ACTION and heard and heard[-1].role == "tool":
        scenario = Scenario.COMPLETED  # its functions are answered
    given = body.get("instructions")
    spoken = [Heard("instructions", given), *heard] if given else heard
    response_id, now = call.store.new_id("resp")
    text = answer(call.control, spoken)
    statuses = [_NOT_HERE.get(s, s) for s in plan(scenario, call.control.polls)]
    messages = said(Scenario.COMPLETED if scenario is Scenario.EXPIRED else scenario, text)
    run = Run(response_id, now, "", body, scenario, messages, "queued", statuses, tuple(heard))
    if body.get("store") is not False:
        call.store.responses[response_id] = run
    conversation = _conversation_id(body)
    if conversation:
        said_parts = [Heard("assistant", p.text) for s in messages for p in s.parts]
        call.store.conversations[conversation] = [*heard, *said_parts]
        run.output = output_items(call.store, run)
        call.store.items[conversation] += [*shown(call.store, body.get("input")), *run.output]
    if body.get("stream"):
        return stream(call, run, lambda: _shown(call, run))
    if body.get("background"):
        return JSONResponse(_shown(call, run))
    if scenario is Scenario.NEVER_FINISHING:
        raise HangError
    call.store.finish(run)
    return JSONResponse(_shown(call, run))


def _stored(call: Call) -> Run:
    found = call.store.responses.get(call.ids["response"])
    if found is None:
        raise wrong(f"Response with id '{call.ids['response']}' not found.", status=404)
    return found


def get_response(call: Call) -> ASGIApp:
    """`GET /v1/responses/{response}`: a poll, where it runs in the background."""
    run = _stored(call)
    if run.scenario is Scenario.DROPPED_WHILE_POLLING:
        raise DropConnectionError
    call.store.poll(run)
    return JSONResponse(_shown(call, run))


def cancel_response(call: Call) -> ASGIApp:
    """`POST /v1/responses/{response}/cancel`: only in the background; twice is once."""
    run = _stored(call)
    if not run.body.get("background"):
        raise wrong("Cannot cancel a synchronous response.")
    if run.status not in TERMINAL:
        run.status, run.plan = "cancelled", []
        run.said = ()
    return JSONResponse(_shown(call, run))


def create_conversation(call: Call) -> ASGIApp:
    """`POST /v1/conversations`; the body may be absent."""
    params = conversation_create_params.ConversationCreateParams
    body = call.body(params) if call.request.body else {}
    rules.conversation(body)
    conversation_id, now = call.store.new_id("conv")
    call.store.conversations[conversation_id] = heard_in(body.get("items"))
    call.store.items[conversation_id] = shown(call.store, body.get("items"))
    return JSONResponse(_conversation_json(conversation_id, now, body.get("metadata")))


def _conversation_json(conversation_id: str, created_at: int, metadata: Any) -> dict[str, Any]:
    return built(
        ConversationModel,
        {
            "id": conversation_id,
            "object": "conversation",
            "created_at": created_at,
            "metadata": metadata or {},
        },
    )


def get_conversation(call: Call) -> ASGIApp:
    """`GET /v1/conversations/{conversation}`."""
    conversation = _stored_conversation(call)
    return JSONResponse(_conversation_json(conversation, 0, None))


def delete_conversation(call: Call) -> ASGIApp:
    """`DELETE /v1/conversations/{conversation}`; what was said on it is forgotten."""
    conversation = _stored_conversation(call)
    del call.store.conversations[conversation]
    del call.store.items[conversation]
    deleted = {"id": conversation, "object": "conversation.deleted", "deleted": True}
    return JSONResponse(built(ConversationDeletedResource, deleted))


def _stored_conversation(call: Call) -> str:
    conversation = call.ids["conversation"]
    if conversation not in call.store.conversations:
        raise wrong(f"Conversation with id '{conversation}' not found.", status=404)
    return conversation
