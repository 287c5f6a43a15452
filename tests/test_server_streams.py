"""The test server's streams: the events of each scenario, and each way to write and cut them."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server import RunningServer, Scenario, Wire, running_server
from tests.server.asking import BETA, JSON, KEY, ask, read_events
from tests.server.running import HOST
from tests.server.saying import ERROR_MESSAGE, REFUSAL
from tests.server.scenarios import ANSWER

RUN = {
    "assistant_id": "asst_1",
    "thread": {"messages": [{"role": "user", "content": "Hello"}]},
    "stream": True,
}
RESPONSE = {"model": "gpt-6-luna", "input": "Hello", "stream": True}
CHAT = {
    "model": "gpt-6-luna",
    "messages": [{"role": "user", "content": "Hello"}],
    "stream": True,
}
THREADS, RESPONSES, COMPLETIONS = "/v1/threads/runs", "/v1/responses", "/v1/chat/completions"
BODIES = {THREADS: RUN, RESPONSES: RESPONSE, COMPLETIONS: CHAT}
Events = list[tuple[str, str]]


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared: RunningServer) -> Iterator[RunningServer]:
    yield shared
    shared.reset()


def stream(server: RunningServer, path: str, scenario: Scenario = Scenario.COMPLETED) -> Events:
    server.control.scenario = scenario
    answer = ask(server, "POST", path, BODIES[path])
    assert answer.headers["content-type"].startswith("text/event-stream")
    return answer.events


def partial(server: RunningServer, path: str, scenario: Scenario) -> Events:
    """What arrived before the connection was dropped."""
    server.control.scenario = scenario
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(server, "POST", path, BODIES[path])
    return read_events(caught.value.partial)


def text(events: Events) -> str:
    """The text that a stream carries, of any of the three APIs."""
    found = []
    for name, data in events:
        if data == "[DONE]":
            continue
        value = json.loads(data)
        if name == "thread.message.delta":
            found += [c.get("text", {}).get("value", "") for c in value["delta"]["content"]]
        elif name == "response.output_text.delta":
            found.append(value["delta"])
        elif not name:
            found += [c["delta"].get("content", "") for c in value["choices"]]
    return "".join(found)


def without_repeats(events: Events) -> list[str]:
    return [name for name, _ in itertools.groupby(name for name, _ in events)]


def test_events_of_a_run_in_their_order(server: RunningServer) -> None:
    events = stream(server, THREADS)
    assert without_repeats(events) == [
        "thread.created",
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.step.completed",
        "thread.run.completed",
        "done",
    ]
    assert events[-1] == ("done", "[DONE]")
    assert text(events) == ANSWER


def test_events_of_a_response_in_their_order_and_numbered(server: RunningServer) -> None:
    events = stream(server, RESPONSES)
    assert without_repeats(events) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    values = [json.loads(data) for _, data in events]
    assert [v["sequence_number"] for v in values] == list(range(len(events)))
    assert [v["type"] for v in values] == [name for name, _ in events]
    assert text(events) == ANSWER


def test_the_text_comes_in_several_pieces(server: RunningServer) -> None:
    for path in BODIES:
        pieces = [text([e]) for e in stream(server, path) if "[DONE]" not in e]
        assert len([p for p in pieces if p]) > 5


@pytest.mark.parametrize(
    ("scenario", "final"),
    [
        (Scenario.SLOW, "thread.run.completed"),
        (Scenario.FAILED, "thread.run.failed"),
        (Scenario.CANCELLED, "thread.run.cancelled"),
        (Scenario.CANCELLING, "thread.run.cancelled"),
        (Scenario.EXPIRED, "thread.run.expired"),
        (Scenario.INCOMPLETE, "thread.run.incomplete"),
        (Scenario.REQUIRES_ACTION, "thread.run.requires_action"),
        (Scenario.UNKNOWN_STATUS, "thread.run.completed"),
        (Scenario.NO_ANSWER, "thread.run.completed"),
    ],
)
def test_final_event_of_a_run(server: RunningServer, scenario: Scenario, final: str) -> None:
    events = stream(server, THREADS, scenario)
    assert [name for name, _ in events[-2:]] == [final, "done"]
    run = json.loads(events[-2][1])
    assert f"thread.run.{run['status']}" == final
    assert (run["last_error"] is not None) == (scenario is Scenario.FAILED)
    names = without_repeats(events)
    assert ("thread.run.paused" in names) == (scenario is Scenario.UNKNOWN_STATUS)
    assert ("thread.run.cancelling" in names) == (scenario is Scenario.CANCELLING)


@pytest.mark.parametrize(
    ("scenario", "final"),
    [
        (Scenario.FAILED, "response.failed"),
        (Scenario.INCOMPLETE, "response.incomplete"),
        (Scenario.REASONING_FIRST, "response.completed"),
        (Scenario.REQUIRES_ACTION, "response.completed"),
        (Scenario.NO_ANSWER, "response.completed"),
        (Scenario.EMPTY_ANSWER, "response.completed"),
        (Scenario.IMAGE_BEFORE_TEXT, "response.completed"),
    ],
)
def test_final_event_of_a_response(server: RunningServer, scenario: Scenario, final: str) -> None:
    name, data = stream(server, RESPONSES, scenario)[-1]
    assert name == final
    assert f"response.{json.loads(data)['response']['status']}" == final


@pytest.mark.parametrize("path", [THREADS, RESPONSES])
@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (Scenario.IMAGE_BEFORE_TEXT, ANSWER),
        (Scenario.SEVERAL_TEXT_BLOCKS, ANSWER),
        (Scenario.SEVERAL_MESSAGES, ANSWER),
        (Scenario.REASONING_FIRST, ANSWER),
        (Scenario.INCOMPLETE, ANSWER[:25]),
        (Scenario.REFUSAL, ""),
        (Scenario.EMPTY_ANSWER, ""),
    ],
)
def test_text_of_a_stream(
    server: RunningServer, path: str, scenario: Scenario, expected: str
) -> None:
    assert text(stream(server, path, scenario)) == expected


def test_refusal_is_streamed_as_a_refusal(server: RunningServer) -> None:
    events = stream(server, THREADS, Scenario.REFUSAL)
    deltas = [json.loads(d)["delta"]["content"][0] for n, d in events if n.endswith("e.delta")]
    assert "".join(d["refusal"] for d in deltas) == REFUSAL
    events = stream(server, RESPONSES, Scenario.REFUSAL)
    deltas = [json.loads(d) for n, d in events if n == "response.refusal.delta"]
    assert "".join(d["delta"] for d in deltas) == REFUSAL


@pytest.mark.parametrize("path", [THREADS, RESPONSES, COMPLETIONS])
def test_stream_that_ends_early_has_half_of_the_text_and_no_end(
    server: RunningServer, path: str
) -> None:
    events = stream(server, path, Scenario.STREAM_ENDS_EARLY)
    assert 0 < len(text(events)) < len(ANSWER)
    assert not {"done", "thread.run.completed", "response.completed"} & {n for n, _ in events}
    assert "[DONE]" not in [d for _, d in events]


@pytest.mark.parametrize("path", [THREADS, RESPONSES, COMPLETIONS])
def test_dropped_mid_stream_is_half_of_the_text_and_a_broken_response(
    server: RunningServer, path: str
) -> None:
    events = partial(server, path, Scenario.DROPPED_MID_STREAM)
    assert 0 < len(text(events)) < len(ANSWER)


def test_a_run_goes_on_after_its_stream_was_dropped(server: RunningServer) -> None:
    events = partial(server, THREADS, Scenario.DROPPED_MID_STREAM)
    run = json.loads(dict(events)["thread.run.in_progress"])
    polled = ask(server, "GET", f"/v1/threads/{run['thread_id']}/runs/{run['id']}").json
    assert polled["status"] == "completed"


def test_error_events(server: RunningServer) -> None:
    *_, error, done = stream(server, THREADS, Scenario.ERROR_EVENT)
    assert (error[0], json.loads(error[1])["message"]) == ("error", ERROR_MESSAGE)
    assert done == ("done", "[DONE]")
    *_, error = stream(server, RESPONSES, Scenario.ERROR_EVENT)
    assert (error[0], json.loads(error[1])["type"]) == ("error", "error")


def test_four_call_form_streams_without_creating_a_thread(server: RunningServer) -> None:
    thread = ask(server, "POST", "/v1/threads", {}).json
    path = f"/v1/threads/{thread['id']}/runs"
    events = ask(server, "POST", path, {"assistant_id": "a", "stream": True}).events
    assert events[0][0] == "thread.run.created"
    assert text(events) == ANSWER


def test_tool_outputs_stream_the_rest(server: RunningServer) -> None:
    events = stream(server, THREADS, Scenario.REQUIRES_ACTION)
    run = json.loads(dict(events)["thread.run.requires_action"])
    assert text(events) == ""
    (call,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    outputs = [{"tool_call_id": call["id"], "output": "42"}]
    rest = ask(server, "POST", path, {"tool_outputs": outputs, "stream": True}).events
    assert text(rest) == ANSWER
    assert rest[-2][0] == "thread.run.completed"


# How it is written and cut

LINES = [Wire.PLAIN, Wire.CRLF, Wire.CR]
CUTS = [Wire.PLAIN, Wire.SPLIT, Wire.UNEVEN, Wire.ONE_CHUNK]
DRESS = [
    Wire.PLAIN,
    Wire.SEVERAL_DATA_LINES,
    Wire.COMMENTS,
    Wire.NO_SPACE,
    Wire.BOM,
    Wire.SEVERAL_DATA_LINES | Wire.COMMENTS | Wire.OTHER_FIELDS | Wire.BOM,
]


@pytest.mark.parametrize("path", [THREADS, RESPONSES, COMPLETIONS])
@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("lines", LINES, ids=str)
def test_every_wire_carries_the_same_events(
    server: RunningServer, path: str, cut: Wire, lines: Wire
) -> None:
    plain = [name for name, _ in stream(server, path)]
    # Byte by byte takes time: the plain dress, and all of it at once.
    for dress in (DRESS[0], DRESS[-1]) if cut is Wire.SPLIT else DRESS:
        server.control.wire = cut | lines | dress
        events = stream(server, path)
        assert text(events) == ANSWER
        assert [name for name, _ in events] == plain


def chunks(server: RunningServer, path: str) -> list[bytes]:
    """The chunks as they stand in the HTTP response."""
    body = json.dumps(BODIES[path]).encode()
    headers = {**KEY, **JSON, **(BETA if path == THREADS else {})}
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{k}: {v}" for k, v in headers.items()]
    with socket.create_connection((HOST, server.port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        reader = connection.makefile("rb")
        while reader.readline() != b"\r\n":
            pass
        found = []
        while size := int(reader.readline(), 16):
            found.append(reader.read(size))
            reader.readline()
        return found


def test_split_puts_each_byte_in_a_chunk_of_its_own(server: RunningServer) -> None:
    server.control.wire = Wire.SPLIT | Wire.CRLF
    found = chunks(server, THREADS)
    assert {len(c) for c in found} == {1}
    assert "Grüße".encode() not in found
    assert b"\r\n\r\n" in b"".join(found)


def test_uneven_cuts_inside_characters_and_line_ends(server: RunningServer) -> None:
    server.control.wire = Wire.UNEVEN | Wire.CRLF
    found = chunks(server, RESPONSES)
    assert any(c.endswith(b"\r") for c in found)
    assert any(0x80 <= c[0] < 0xC0 for c in found)
    assert max(len(c) for c in found) == 13


def test_torn_ends_chunks_inside_every_character_and_line_end(server: RunningServer) -> None:
    server.control.wire = Wire.TORN | Wire.CRLF
    found = chunks(server, COMPLETIONS)
    whole = b"".join(found)
    assert text(read_events(whole)) == ANSWER
    assert sum(0x80 <= c[0] < 0xC0 for c in found) == sum(ord(c) > 0x7F for c in ANSWER)
    assert sum(c.endswith(b"\r") for c in found) == whole.count(b"\r\n")
    server.control.wire = Wire.TORN
    assert not any(b"\n\n" in c for c in chunks(server, COMPLETIONS))


def test_wires_look_as_they_say(server: RunningServer) -> None:
    def raw(wire: Wire) -> bytes:
        server.control.wire = wire
        return ask(server, "POST", THREADS, RUN).body

    assert b"\r" not in raw(Wire.PLAIN)
    assert b"\n" not in raw(Wire.CR)
    crlf = raw(Wire.CRLF)
    assert crlf.count(b"\r") == crlf.count(b"\n") == crlf.count(b"\r\n") > 0
    assert raw(Wire.BOM).startswith(b"\xef\xbb\xbfevent: thread.created")
    assert b"data:{" in raw(Wire.NO_SPACE)
    assert b"\n: keep-alive\n" in raw(Wire.COMMENTS)
    assert b'data: {\ndata:  "id"' in raw(Wire.SEVERAL_DATA_LINES)
    server.control.wire = Wire.ONE_CHUNK
    assert len(chunks(server, THREADS)) == 1


def test_without_done(server: RunningServer) -> None:
    server.control.wire = Wire.NO_DONE
    for path in BODIES:
        events = stream(server, path)
        assert "[DONE]" not in [d for _, d in events]
        assert text(events) == ANSWER


# Never finishing


@pytest.mark.parametrize("path", [THREADS, RESPONSES, COMPLETIONS])
def test_a_stream_that_never_finishes_stays_open_and_does_not_hold_the_server(path: str) -> None:
    with running_server(Scenario.NEVER_FINISHING) as server:
        waiting = http.client.HTTPConnection(HOST, server.port, timeout=20)
        headers = {**KEY, **JSON, **(BETA if path == THREADS else {})}
        waiting.request("POST", path, json.dumps(BODIES[path]), headers)
        response = waiting.getresponse()
        assert response.read1(100)
        ended = threading.Event()

        def read_on() -> None:
            with pytest.raises((http.client.HTTPException, OSError)):
                response.read()
            ended.set()

        reader = threading.Thread(target=read_on, daemon=True)
        reader.start()
        assert not ended.wait(0.05)
        # Others are answered meanwhile.
        server.control.scenario = Scenario.COMPLETED
        assert text(stream(server, path)) == ANSWER
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5
    assert ended.wait(5)
    waiting.close()


def test_a_plain_response_that_never_finishes_is_not_answered(server: RunningServer) -> None:
    server.control.scenario = Scenario.NEVER_FINISHING
    body: dict[str, Any] = {**RESPONSE, "stream": False}
    waiting = http.client.HTTPConnection(HOST, server.port, timeout=0.1)
    waiting.request("POST", RESPONSES, json.dumps(body), {**KEY, **JSON})
    with pytest.raises(TimeoutError):
        waiting.getresponse()
    waiting.close()
