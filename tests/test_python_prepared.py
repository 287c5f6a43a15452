"""Requests that are built first and sent by another call: migrated, or left with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import FAILING, QUESTION, asked

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_PARTS = (
    '"POST", "https://api.openai.com/v1/workflows/runs", headers={"Authorization": "Bearer sk-1"},'
    ' json={"workflow_id": "asst_test1", "input": {"message": question}}'
)
_READ = 'r.raise_for_status()\nreturn r.json()["output"]["message"]'
_SESSION = f"s = requests.Session()\nq = requests.Request({_PARTS})\n"
_CLIENT = f"s = httpx.Client()\nq = s.build_request({_PARTS})\n"


def _program(lines: str, read: str = _READ) -> bytes:
    body = "".join(f"    {line}\n" for line in f"{lines}\n{read}".splitlines())
    head = "import json\n\nimport httpx\nimport requests\n\n\ndef ask(question, other=None):\n"
    return (head + body).encode()


SENT = {
    "built-by-a-client": _program(f"{_CLIENT}r = s.send(q)"),
    "built-in-the-sending": _program(
        f"s = httpx.Client()\nr = s.send(s.build_request({_PARTS}), follow_redirects=True)"
    ),
    "built-and-awaited": _program(
        f"async with httpx.AsyncClient() as s:\n    r = await s.send(s.build_request({_PARTS}))"
    ).replace(b"def ask", b"async def ask"),
    "prepared-by-itself": _program(f"{_SESSION}r = s.send(q.prepare(), timeout=30)"),
    "prepared-by-the-session": _program(f"{_SESSION}p = s.prepare_request(q)\nr = s.send(p)"),
    "prepared-at-once": _program(
        f"s = requests.Session()\np = requests.Request({_PARTS}).prepare()\nr = s.send(p)"
    ),
    "by-a-session-of-a-with": _program(
        f"with requests.Session() as s:\n    q = requests.Request({_PARTS})\n"
        "    r = s.send(s.prepare_request(q), verify=True)"
    ),
    "the-whole-answer": _program(
        f"{_SESSION}r = s.send(s.prepare_request(q), timeout=30)",
        "r.raise_for_status()\nreturn json.dumps(r.json(), ensure_ascii=False)",
    ),
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx")
    with running_server() as started:
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


@_TARGETS
@pytest.mark.parametrize("source", SENT.values(), ids=SENT)
def test_what_is_sent_is_the_question(source: bytes, target: str, server: RunningServer) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert QUESTION in asked(migration.result, server)
    assert not server.take_violations()


@pytest.mark.parametrize(
    ("target", "scenario"),
    [
        (target, scenario)
        for number, target in ((0, "assistants"), (2, "responses"))
        for scenario in FAILING
        if FAILING[scenario][number] is not None
    ],
)
@pytest.mark.parametrize("name", ["built-by-a-client", "prepared-by-the-session"])
def test_what_goes_wrong_comes_out(
    name: str, target: str, scenario: Scenario, server: RunningServer
) -> None:
    words = FAILING[scenario][0 if target == "assistants" else 2]
    result = check(SENT[name], settings=Settings(target=target)).result
    server.control.scenario = scenario
    server.control.assistants_gone = target != "assistants"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(result, server)
    assert words is not None
    assert words in str(caught.value)
    assert not isinstance(caught.value, (NameError, TypeError))


LEFT = {
    "headers-that-are-set-later": (
        _program(f'{_CLIENT}q.headers["X"] = "y"\nr = s.send(q)'),
        "unknown-transport",
    ),
    "a-body-that-is-set-later": (
        _program(f"{_SESSION}q.json = other\nr = s.send(q.prepare())"),
        "unknown-transport",
    ),
    "sent-twice": (_program(f"{_CLIENT}s.send(q)\nr = s.send(q)"), "unknown-transport"),
    "sent-elsewhere": (_program(f"{_CLIENT}r = sent(q)"), "unknown-transport"),
    "sent-by-what-is-not-known": (
        _program(f"q = requests.Request({_PARTS})\nr = other.send(q.prepare())"),
        "unknown-transport",
    ),
    "as-a-stream": (_program(f"{_CLIENT}r = s.send(q, stream=True)"), "options-not-understood"),
    "a-get": (
        _program(f"{_CLIENT.replace('POST', 'GET')}r = s.send(q)"),
        "not-a-post",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_a_request_is_left_because(source: bytes, reason: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source
