"""The route of Chat Completions, for programs that have such a branch beside the migrated one."""

from __future__ import annotations

from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk, completion_create_params
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from tests.server.call import Call
from tests.server.errors import HangError, wrong
from tests.server.saying import Heard, answer, pieces, said, text_of
from tests.server.scenarios import Scenario
from tests.server.sse import End, Event, EventStream
from tests.server.validation import built

#: The scenarios of an answer that a completion knows, too.
_SPOKEN = frozenset({Scenario.REFUSAL, Scenario.EMPTY_ANSWER, Scenario.INCOMPLETE})


def create_completion(call: Call) -> ASGIApp:
    """`POST /v1/chat/completions`, plain and as a stream."""
    body = call.body(
        completion_create_params.CompletionCreateParamsNonStreaming,
        completion_create_params.CompletionCreateParamsStreaming,
    )
    if not body["messages"]:
        raise wrong("Invalid 'messages': empty array.", "messages", "empty_array")
    scenario = call.scenario_on_create()
    if scenario is Scenario.NEVER_FINISHING and not body.get("stream"):
        raise HangError
    heard = [Heard(m["role"], text_of(m.get("content"))) for m in body["messages"]]
    spoken = scenario if scenario in _SPOKEN else Scenario.COMPLETED
    parts = [p for s in said(spoken, answer(call.control, heard)) for p in s.parts]
    text = "".join(p.text for p in parts if p.kind == "text")
    refusal = next((p.text for p in parts if p.kind == "refusal"), None)
    reason = "length" if scenario is Scenario.INCOMPLETE else "stop"
    completion_id, now = call.store.new_id("chatcmpl")
    shown = {"id": completion_id, "created": now, "model": body["model"]}
    if body.get("stream"):
        return _stream(call, shown, text, reason)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refusal else text,
        "refusal": refusal,
        "annotations": [],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    made = {**shown, "object": "chat.completion", "choices": [choice], "usage": usage}
    return JSONResponse(built(ChatCompletion, made))


def _stream(call: Call, shown: dict[str, Any], text: str, reason: str) -> ASGIApp:
    deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": piece}, None) for piece in pieces(text)]
    deltas.append(({}, reason))
    events = [
        Event(
            None,
            built(
                ChatCompletionChunk,
                {
                    **shown,
                    "object": "chat.completion.chunk",
                    "choices": [{"index": 0, "delta": d, "finish_reason": r, "logprobs": None}],
                },
            ),
        )
        for d, r in deltas
    ]
    end = End.PROPER
    half = events[: len(events) // 2]
    match call.control.scenario:
        case Scenario.DROPPED_MID_STREAM:
            events, end = half, End.DROP
        case Scenario.NEVER_FINISHING:
            events, end = half, End.HANG
        case Scenario.STREAM_ENDS_EARLY:
            events = half
        case _:
            events.append(Event(None, "[DONE]"))
    control = call.control
    return EventStream(events, end, wire=control.wire, pause=control.pause, drop=call.service.drop)
