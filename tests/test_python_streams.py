"""Python programs that read their answer as a stream: run in CPython, and what is left."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, Wire, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked
from tests.test_python_leaves_alone import program

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp", "openai", "fastapi")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("OPENAI_API_KEY", "sk-test-1")
        patched.setenv("WORKFLOW_ID", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


_CLIENTS = [
    "requests-in-place",
    "httpx-async-read-outside-of-the-client",
    "aiohttp-nested",
    "urllib-request-in-a-variable",
]
_KINDS = ("stream-", "stream-responses-")
TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
CLIENTS = pytest.mark.parametrize("name", [kind + client for kind in _KINDS for client in _CLIENTS])

#: Words of the error that has to come out: of a run, of a Response; None where all is well there.
_FAILING: dict[Scenario, tuple[str | None, str | None]] = {
    Scenario.FAILED: ("run failed: The model", "Response failed: The model"),
    Scenario.CANCELLED: ("run cancelled: the stream ended", "Response cancelled"),
    Scenario.CANCELLING: ("run cancelled", "Response cancelled"),
    Scenario.EXPIRED: ("run expired", None),
    Scenario.INCOMPLETE: ("incomplete: max_completion", "incomplete: max_output"),
    Scenario.REQUIRES_ACTION: ("requires_action: submit_tool_outputs", "No response"),
    Scenario.UNAUTHORIZED: ("", ""),
    Scenario.RATE_LIMITED: ("", ""),
    Scenario.SERVER_ERROR: ("", ""),
    Scenario.BAD_GATEWAY: ("", ""),
    Scenario.DROPPED_ON_CREATE: ("", ""),
    Scenario.DROPPED_MID_STREAM: ("", ""),
    Scenario.EMPTY_ANSWER: ("No response", "No response"),
    Scenario.NO_ANSWER: ("No response", "No response"),
    Scenario.REFUSAL: ("refused: I cannot", "refused: I cannot"),
    Scenario.STREAM_ENDS_EARLY: ("in_progress: the stream ended", "unfinished: the stream ended"),
    Scenario.ERROR_EVENT: ("The model is overloaded", "The model is overloaded"),
}


def _failing() -> Iterator[Any]:
    for (number, kind), scenario in itertools.product(enumerate(_KINDS), _FAILING):
        words = _FAILING[scenario][number]
        if words is not None:
            for name in _CLIENTS:
                case = kind + name
                yield pytest.param(case, scenario, words, id=f"{case}-{scenario.value}")


@pytest.mark.parametrize(("name", "scenario", "words"), list(_failing()))
def test_what_is_no_answer_is_an_error(
    name: str, scenario: Scenario, words: str, server: RunningServer
) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert words in str(caught.value)
    assert not isinstance(caught.value, (NameError, KeyError, TypeError, AttributeError))


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.SLOW,
        Scenario.IMAGE_BEFORE_TEXT,
        Scenario.SEVERAL_MESSAGES,
        Scenario.SEVERAL_TEXT_BLOCKS,
        Scenario.REASONING_FIRST,
        Scenario.PHASES,
    ],
)
@CLIENTS
def test_an_answer_in_parts_is_whole(name: str, scenario: Scenario, server: RunningServer) -> None:
    server.control.scenario = scenario
    answer = asked(goldens()[name].expected, server)
    assert answer.replace("\n\n", "") == server.control.answer


#: Every way to write a stream with every way to cut it.
_WIRES = [
    Wire.SPLIT | Wire.CRLF,
    Wire.SPLIT | Wire.CR,
    Wire.TORN | Wire.CRLF | Wire.SEVERAL_DATA_LINES,
    Wire.TORN,
    Wire.UNEVEN | Wire.CR | Wire.NO_DONE,
    Wire.UNEVEN | Wire.COMMENTS | Wire.OTHER_FIELDS,
    Wire.ONE_CHUNK | Wire.SEVERAL_DATA_LINES | Wire.COMMENTS | Wire.CRLF,
    Wire.ONE_CHUNK | Wire.NO_SPACE | Wire.BOM | Wire.NO_DONE,
]


@pytest.mark.parametrize("wire", _WIRES, ids=lambda wire: re.sub(r"\W+", "-", wire.name.lower()))
@CLIENTS
def test_events_are_read_however_they_are_written_and_cut(
    name: str, wire: Wire, server: RunningServer
) -> None:
    server.control.wire = wire
    assert asked(goldens()[name].expected, server) == server.control.answer


@CLIENTS
def test_a_final_event_in_any_form_is_needed(name: str, server: RunningServer) -> None:
    server.control.wire = Wire.UNEVEN | Wire.CR | Wire.NO_DONE
    server.control.scenario = Scenario.FAILED
    with pytest.raises(RuntimeError, match="failed"):
        asked(goldens()[name].expected, server)


def test_the_text_so_far_is_given_to_a_function_while_it_comes(server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    source = goldens()["stream-shown-while-it-comes"].expected
    *first, _ = source.rsplit(b"    return answer\n", 1)
    seen = b"".join(first) + b'    return "|".join(asker.shown)\n'
    *parts, last = asked(seen, server).split("|")
    assert last == QUESTION
    assert parts
    assert all(last.startswith(part) for part in parts)


def test_another_request_with_the_same_parse_goes_on_as_it_was(server: RunningServer) -> None:
    source = goldens()["stream-requests-guarded-twice"].expected
    asks_chat = source.replace(b"use_workflow=True", b"use_workflow=False")
    assert asked(asks_chat, server) == server.control.answer
    assert [r.path for r in server.requests] == ["/v1/chat/completions"]


# --- what is left, and why

#: Programs, and the reason of the report, whatever the target.
LEFT = {
    "the-whole-answer-is-returned": (program(read="return r.json()"), "answer-handed-on"),
    "the-response-is-returned": (program(assign="return ", read="pass"), "answer-handed-on"),
    "the-text-is-returned": (program(read="return r.text"), "answer-handed-on"),
    "parsed-twice": (
        program(read='x = r.json().get("error")\nreturn r.json()["output"]["text"]'),
        "other-read",
    ),
    "read-in-two-places": (
        program(read='d = r.json()\nx = d["output"]["text"]\nreturn x, d["usage"]'),
        "other-read",
    ),
    "text-in-a-variable-first": (
        program(
            read='t = r.text\nd = json.loads(t)\nreturn d["output"]["text"]', above="import json"
        ),
        "answer-not-understood",
    ),
    "own-polling": (
        program(
            read="d = r.json()\n"
            'while d["status"] != "done":\n'
            "    d = requests.get(poll).json()\n"
            'return d["output"]["text"]'
        ),
        "shared-read",
    ),
    "another-request-with-a-condition-that-changes": (
        program(
            before="if other():\n    pass",
            assign="if other():\n        r = ",
            read='else:\n    r = requests.get("https://example.org")\n'
            'd = r.json()\nif other():\n    return d["output"]["text"]',
        ),
        "guard-changes",
    ),
}


@TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_left_with_a_reason(source: bytes, reason: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target, stream=True))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source


def _aiohttp(read: str) -> bytes:
    lines = "\n            ".join(read.split("\n"))
    return f"""\
import json

import aiohttp


async def ask(question, key, wf):
    async with aiohttp.ClientSession() as session:
        async with session.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={{"Authorization": key}},
            json={{"workflow_id": wf, "input": question + ""}},
        ) as response:
            {lines}
""".encode()


@TARGETS
def test_bytes_that_are_shown_before_cannot_be_read_again(target: str) -> None:
    read = (
        'print(await response.text())\ndata = await response.json()\nreturn data["output"]["text"]'
    )
    migration = check(_aiohttp(read), settings=Settings(target=target, stream=True))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == ["other-read"]


@TARGETS
def test_bytes_of_an_error_may_be_shown_before(target: str) -> None:
    read = (
        "if response.status != 200:\n    raise ValueError(await response.text())\n"
        'data = await response.json()\nreturn data["output"]["text"]'
    )
    [finding] = check(_aiohttp(read), settings=Settings(target=target, stream=True)).findings
    assert finding.bucket is Bucket.MIGRATED


_READ = 'd = r.json()\nreturn d["output"]["text"]'


def test_requests_reads_all_at_once_where_the_bytes_are_read_again() -> None:
    source = program(read='d = r.json()\nprint(r.text)\nreturn d["output"]["text"]')
    result = check(source, settings=Settings(stream=True)).result
    assert b"read_run_stream(r)" in result
    assert b"stream=True" not in result


def test_requests_reads_all_at_once_where_the_session_is_closed_by_then() -> None:
    source = program(
        before="with requests.Session() as s:", assign="    r = ", call="s.post", read=_READ
    )
    result = check(source, settings=Settings(stream=True)).result
    assert b"read_run_stream(r)" in result
    assert b"stream=True" not in result


@pytest.mark.parametrize(
    ("source", "reason", "detail"),
    [
        pytest.param(
            program(call="httpx.post", read=_READ), "streaming", "when all of it is there",
            id="httpx-gives-the-answer-when-all-of-it-is-there",
        ),
        pytest.param(
            program(read='d = r.json()\nprint(r.text)\nreturn d["output"]["text"]'), "streaming",
            "when all of it is there", id="the-bytes-are-read-again",
        ),
        pytest.param(program(read=_READ, above="def show(): ..."), "", "", id="a-function"),
        pytest.param(
            program(read=_READ, above="async def show(): ..."), "name-not-in-scope", "async",
            id="an-async-function-would-not-be-awaited",
        ),
        pytest.param(program(read=_READ), "name-not-in-scope", "show", id="no-such-name"),
    ],
)  # fmt: skip
def test_showing_the_text_while_it_comes(source: bytes, reason: str, detail: str) -> None:
    if reason == "streaming":
        source += b"\n\ndef show(text): ...\n"
    [finding] = check(source, settings=Settings(stream=True, on_text="show")).findings
    assert ("" if finding.reason is None else finding.reason.code) == reason
    assert detail in finding.detail


def test_the_function_of_an_earlier_run_is_used_again() -> None:
    settings = Settings(stream=True)
    first = check(program(read=_READ), settings=settings).result
    more = program(read=_READ).replace(b"def ask(", b"def again(").split(b"\n", 4)[4]
    result = check(first + b"\n\n" + more, settings=settings).result
    assert result.count(b"def read_run_stream") == 1
    assert result.count(b"read_run_stream(r)") == 2
