"""A run of an assistant as a stream of events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openai.types.beta.assistant_stream_event import AssistantStreamEvent
from starlette.types import ASGIApp

from tests.server.assistants_objects import leave_messages, message_json, run_json, thread_json
from tests.server.call import Call
from tests.server.saying import ERROR_MESSAGE, pieces
from tests.server.scenarios import Scenario
from tests.server.sse import DONE, End, Event, EventStream
from tests.server.store import UNKNOWN, Message, Run, Store
from tests.server.validation import built

#: These stop in the middle of the text.
_BROKEN = frozenset({Scenario.DROPPED_MID_STREAM, Scenario.STREAM_ENDS_EARLY, Scenario.ERROR_EVENT})


def _event(name: str, data: dict[str, Any]) -> Event:
    return Event(name, built(AssistantStreamEvent, {"event": name, "data": data})["data"])


def _status(run: Run) -> Event:
    """The run's status as an event; the models know no unknown one."""
    if run.status == UNKNOWN:
        return Event(f"thread.run.{UNKNOWN}", run_json(run))
    return _event(f"thread.run.{run.status}", run_json(run))


def _step(store: Store, run: Run, message: Message, step: tuple[str, int], status: str) -> Event:
    step_id, created_at = step
    usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    shown = {
        "id": step_id,
        "object": "thread.run.step",
        "created_at": created_at,
        "run_id": run.id,
        "assistant_id": run.body["assistant_id"],
        "thread_id": run.thread_id,
        "type": "message_creation",
        "status": "in_progress" if status == "created" else status,
        "cancelled_at": None,
        "completed_at": store.now() if status == "completed" else None,
        "expired_at": None,
        "failed_at": None,
        "last_error": None,
        "metadata": None,
        "step_details": {
            "type": "message_creation",
            "message_creation": {"message_id": message.id},
        },
        "usage": usage if status == "completed" else None,
    }
    return _event(f"thread.run.step.{status}", shown)


def _deltas(message: Message) -> Iterator[Event]:
    for index, block in enumerate(message.content):
        kind = block["type"]
        parts: list[dict[str, Any]]
        if kind == "text":
            texts = list(pieces(block["text"]["value"])) or [""]
            parts = [{"text": {"value": t}} for t in texts]
            parts[0]["text"]["annotations"] = []
        elif kind == "refusal":
            parts = [{"refusal": t} for t in pieces(block["refusal"])]
        else:
            parts = [{kind: block[kind]}]
        for part in parts:
            delta = {"content": [{"index": index, "type": kind, **part}]}
            yield _event(
                "thread.message.delta",
                {"id": message.id, "object": "thread.message.delta", "delta": delta},
            )


def _message(store: Store, run: Run, message: Message) -> Iterator[Event]:
    """One message from its creation to its end; under some scenarios to half of its text."""
    step = store.new_id("step")
    yield _step(store, run, message, step, "created")
    yield _step(store, run, message, step, "in_progress")
    begun = {
        **message_json(message),
        "status": "in_progress",
        "content": [],
        "completed_at": None,
        "incomplete_at": None,
        "incomplete_details": None,
    }
    yield _event("thread.message.created", begun)
    yield _event("thread.message.in_progress", begun)
    deltas = list(_deltas(message))
    if run.scenario in _BROKEN:
        yield from deltas[: (len(deltas) + 1) // 2]
        return
    yield from deltas
    yield _event(f"thread.message.{message.status}", message_json(message))
    yield _step(store, run, message, step, "completed")


def _events(call: Call, run: Run, *, new_thread: bool) -> tuple[list[Event], End]:
    store, scenario = call.store, run.scenario
    events: list[Event] = []
    if new_thread:
        events.append(_event("thread.created", thread_json(store.threads[run.thread_id])))
    events += [_event("thread.run.created", run_json(run)), _status(run)]
    run.status = "in_progress"
    events.append(_status(run))
    if scenario is Scenario.NEVER_FINISHING:
        return events, End.HANG
    if scenario in {Scenario.UNKNOWN_STATUS, Scenario.UNKNOWN_STATUS_FOREVER}:
        run.status = UNKNOWN
        events.append(_status(run))
        if scenario is Scenario.UNKNOWN_STATUS_FOREVER:
            return events, End.HANG
    if run.plan != ["requires_action"]:
        for message in leave_messages(store, run):
            events += _message(store, run, message)
    # After a broken stream the run goes on at OpenAI's; a poll sees how it ended.
    if scenario is Scenario.DROPPED_MID_STREAM:
        return events, End.DROP
    if scenario is Scenario.STREAM_ENDS_EARLY:
        return events, End.PROPER
    if scenario is Scenario.ERROR_EVENT:
        error = {"message": ERROR_MESSAGE, "type": "server_error", "param": None, "code": None}
        return [*events, _event("error", error), DONE], End.PROPER
    while run.plan:
        store.advance(run)
        if run.status not in {"queued", "in_progress", UNKNOWN}:
            events.append(_status(run))
    return [*events, DONE], End.PROPER


def stream(call: Call, run: Run, *, new_thread: bool) -> ASGIApp:
    """The run's events up to its end, as its scenario has them.

    Args:
        call: The request that created the run, or gave it its tool outputs.
        run: The run, queued.
        new_thread: The request created the thread as well.
    """
    events, end = _events(call, run, new_thread=new_thread)
    control = call.control
    return EventStream(events, end, wire=control.wire, pause=control.pause, drop=call.service.drop)
