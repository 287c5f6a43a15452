"""A response as a stream of events; each carries its type and its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openai.types.responses import ResponseStreamEvent
from starlette.types import ASGIApp

from tests.server.call import Call
from tests.server.saying import ERROR_MESSAGE, pieces
from tests.server.scenarios import Scenario
from tests.server.sse import End, Event, EventStream
from tests.server.store import Run
from tests.server.validation import built

Json = dict[str, Any]

#: These stop in the middle of the text.
_BROKEN = frozenset({Scenario.DROPPED_MID_STREAM, Scenario.STREAM_ENDS_EARLY, Scenario.ERROR_EVENT})


def _part(item: Json, output_index: int, content_index: int) -> Iterator[Json]:
    """One part of a message, from its adding to its end."""
    part = item["content"][content_index]
    key, kind = ("refusal", "refusal") if "refusal" in part else ("text", "output_text")
    logprobs: Json = {"logprobs": []} if key == "text" else {}
    where = {
        "item_id": item["id"],
        "output_index": output_index,
        "content_index": content_index,
    }
    yield {"type": "response.content_part.added", **where, "part": {**part, key: ""}}
    for piece in pieces(part[key]):
        yield {"type": f"response.{kind}.delta", **where, "delta": piece, **logprobs}
    yield {"type": f"response.{kind}.done", **where, key: part[key], **logprobs}
    yield {"type": "response.content_part.done", **where, "part": part}


def _item(item: Json, index: int) -> Iterator[Json]:
    """One item, from its adding to its end."""
    begun = dict(item)
    if item["type"] == "message":
        begun |= {"content": [], "status": "in_progress"}
    elif item["type"] == "function_call":
        begun |= {"arguments": "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    if item["type"] == "message":
        for n in range(len(item["content"])):
            yield from _part(item, index, n)
    elif item["type"] == "function_call":
        where = {"item_id": item["id"], "output_index": index}
        arguments = item["arguments"]
        yield {"type": "response.function_call_arguments.delta", **where, "delta": arguments}
        yield {
            "type": "response.function_call_arguments.done",
            **where,
            "arguments": arguments,
        }
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _events(
    run: Run, shown: Callable[[], Json], finish: Callable[[], None]
) -> tuple[list[Json], End]:
    created = shown()
    run.status = "in_progress"
    events: list[Json] = [
        {"type": "response.created", "response": created},
        {"type": "response.in_progress", "response": shown()},
    ]
    if run.scenario in {Scenario.NEVER_FINISHING, Scenario.UNKNOWN_STATUS_FOREVER}:
        return events, End.HANG
    finish()
    final = shown()
    items = [e for n, item in enumerate(final["output"]) for e in _item(item, n)]
    if run.scenario not in _BROKEN:
        name = {"cancelled": "failed"}.get(final["status"], final["status"])
        return [*events, *items, {"type": f"response.{name}", "response": final}], End.PROPER
    deltas = [n for n, e in enumerate(items) if e["type"].endswith(".delta")]
    events += items[: deltas[len(deltas) // 2]]
    if run.scenario is Scenario.DROPPED_MID_STREAM:
        return events, End.DROP
    if run.scenario is Scenario.ERROR_EVENT:
        error = {"type": "error", "code": "server_error", "message": ERROR_MESSAGE, "param": None}
        events.append(error)
    return events, End.PROPER


def stream(call: Call, run: Run, shown: Callable[[], Json]) -> ASGIApp:
    """The response's events up to its end, as its scenario has them.

    Args:
        call: The request.
        run: The response, queued.
        shown: Gives the response as it is at the moment.
    """
    events, end = _events(run, shown, lambda: call.store.finish(run))
    numbered = [{**e, "sequence_number": n} for n, e in enumerate(events)]
    sent = [Event(e["type"], built(ResponseStreamEvent, e)) for e in numbered]
    control = call.control
    return EventStream(sent, end, wire=control.wire, pause=control.pause, drop=call.service.drop)
