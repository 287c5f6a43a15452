"""A beta header that a session sends with each request: it goes where a target needs none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_URL = '"https://api.openai.com/v1/workflows/runs"'
_BODY = 'json={"workflow_id": "asst_test1", "input": {"message": question}}'
_KEY = '"Authorization": "Bearer sk-test-1"'
_READ = 'r.raise_for_status()\nreturn r.json()["output"]["message"]'


def _program(made: str, call: str = "s.post", more: str = "", before: str = "") -> bytes:
    lines = [*made.splitlines(), *before.splitlines(), f"r = {call}({_URL}, {_BODY}{more})"]
    body = "".join(f"    {line}\n" for line in [*lines, *_READ.splitlines()])
    head = "import httpx\nimport requests\n\n\ndef ask(question, other=None):\n"
    return (head + body).encode()


def _requests(*lines: str) -> str:
    key = f"s = requests.Session()\ns.headers.update({{{_KEY}}})"
    return "\n".join([key, *lines])


_MADE_UP = 's.headers["OpenAI-Beta"] = "workflows=v1"'
_OTHERS = 's.get("https://api.openai.com/v1/assistants")'
_ASSISTANTS = 's.headers["OpenAI-Beta"] = "assistants=v2"'


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx")
    with running_server() as started:
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


#: Each with what is not in the new file any more, and what is.
GOES: dict[str, tuple[bytes, str, str]] = {
    "set": (_program(_requests(_MADE_UP)), "OpenAI-Beta", "s.headers.update({"),
    "set-for-others-too": (
        _program(_requests(_MADE_UP), before='s.get("https://api.openai.com/v1/models")'),
        "OpenAI-Beta",
        "v1/models",
    ),
    "in-a-dict-with-a-name": (
        _program(f'h = {{{_KEY}, "OpenAI-Beta": "workflows=v1"}}\ns = httpx.Client(headers=h)'),
        "OpenAI-Beta",
        "headers=h",
    ),
    "in-an-update": (
        _program(f's = requests.Session()\ns.headers.update({{{_KEY}, "OpenAI-Beta": "w=1"}})'),
        "OpenAI-Beta",
        "s.headers.update({",
    ),
    "in-an-update-of-its-own": (
        _program(_requests('s.headers.update({"OpenAI-Beta": "workflows=v1"})')),
        "update({}",
        "s.headers.update({",
    ),
    "in-new-headers": (
        _program(f's = requests.Session()\ns.headers = {{"OpenAI-Beta": "w=1", {_KEY}}}'),
        "OpenAI-Beta",
        "s.headers = {",
    ),
    "in-a-client-of-httpx": (
        _program(f's = httpx.Client(headers={{{_KEY}, "OpenAI-Beta": "workflows=v1"}})'),
        "OpenAI-Beta",
        "headers={",
    ),
    "in-a-client-that-is-held-open": (
        _program(
            f's = httpx.Client(headers={{{_KEY}, "openai-beta": "workflows=v1"}})\n'
            's.headers["X-User"] = "u1"'
        ),
        "openai-beta",
        's.headers["X-User"]',
    ),
    "of-the-assistants-for-this-call-alone": (
        _program(_requests(_ASSISTANTS)),
        "OpenAI-Beta",
        "s.post",
    ),
    "in-a-branch": (
        _program(_requests(f"if question:\n    {_MADE_UP}")),
        "if question",
        "s.post",
    ),
    "in-a-branch-that-asks-first": (
        _program(_requests(f"if str(question):\n    {_MADE_UP}")),
        "OpenAI-Beta",
        "        pass\n",
    ),
    "in-a-dict-of-the-whole-file": (
        _program("s = httpx.Client(headers=H)").replace(
            b"\n\n\ndef ask",
            f'\n\nH = {{{_KEY}, "OpenAI-Beta": "workflows=v1"}}\n\n\ndef ask'.encode(),
        ),
        "OpenAI-Beta",
        "headers=H",
    ),
}


@pytest.mark.parametrize(("source", "gone", "stays"), GOES.values(), ids=GOES)
def test_the_header_goes(source: bytes, gone: str, stays: str, server: RunningServer) -> None:
    migration = check(source, settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    result = migration.result.decode()
    assert gone not in result
    assert stays in result
    [finding] = migration.findings
    assert any(note.text.startswith("the header OpenAI-Beta was") for note in finding.notes)
    _check_sent(result.replace('s.get("https://api.openai.com/v1/models")', ""), server)


def _check_sent(result: str, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = True
    assert asked(result.encode(), server) == QUESTION
    assert not server.take_violations()
    headers = {k.lower(): v for k, v in dict(server.requests[-1].headers).items()}
    assert headers["authorization"] == "Bearer sk-test-1"
    assert "openai-beta" not in headers


NEEDED = {
    "others-are-sent-with-it": _program(_requests(_ASSISTANTS), before=f"if other:\n    {_OTHERS}"),
    "beside-other-headers": _program(
        _requests(_ASSISTANTS), before=f"if other:\n    {_OTHERS}", more=', headers={"X": "y"}'
    ),
}


@pytest.mark.parametrize("source", NEEDED.values(), ids=NEEDED)
def test_a_request_leaves_out_what_others_need(source: bytes, server: RunningServer) -> None:
    result = check(source, settings=Settings(target="responses")).result.decode()
    assert _ASSISTANTS in result
    assert '"OpenAI-Beta": None' in result
    _check_sent(result, server)


LEFT = {
    "httpx-sends-it-for-others-too": _program(
        f"s = httpx.Client(headers={{{_KEY}}})\n{_ASSISTANTS}", before=_OTHERS
    ),
    "a-dict-of-the-whole-file-that-others-may-use": _program("s = httpx.Client(headers=H)").replace(
        b"\n\n\ndef ask",
        f'\n\nH = {{{_KEY}, "OpenAI-Beta": "assistants=v2"}}\n\n\ndef ask'.encode(),
    ),
    "a-dict-of-the-whole-file-that-is-used-twice": _program("s = httpx.Client(headers=H)").replace(
        b"\n\n\ndef ask",
        f'\n\nH = {{{_KEY}, "OpenAI-Beta": "workflows=v1"}}\nprint(H)\n\n\ndef ask'.encode(),
    ),
    "a-dict-with-a-name-holds-it-for-others-too": _program(
        f'h = {{{_KEY}, "OpenAI-Beta": "workflows=v1"}}\ns = httpx.Client(headers=h)',
        before="if other:\n    httpx.get(other, headers=h)",
    ),
}


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_a_call_is_left_because_it_would_be_sent_on(source: bytes) -> None:
    migration = check(source, settings=Settings(target="responses"))
    [finding] = [f for f in migration.findings if f.rule == "CM101"]
    assert finding.reason is not None
    assert finding.reason.code == "headers-not-understood"
    assert "sends OpenAI-Beta with every request" in finding.detail
    assert migration.result == source


def test_a_header_of_the_call_and_of_its_poll_is_told_once() -> None:
    head = 'headers={"Authorization": "Bearer k", "OpenAI-Beta": "workflows=v1"}'
    source = f"""\
import httpx

http = httpx.Client(base_url="https://api.openai.com/v1", {head})


def ask(question):
    made = http.post("/workflows/wf_1/runs", json={{"input": {{"message": question}}}})
    made.raise_for_status()
    polled = http.get("/workflows/wf_1/runs/" + made.json()["id"])
    polled.raise_for_status()
    run = polled.json()
    if run["status"] != "completed":
        raise RuntimeError(run["status"])
    return run["output"]["text"]
"""
    migration = check(source.encode(), settings=Settings(target="responses"))
    told = [note.text for finding in migration.findings for note in finding.notes]
    assert [text for text in told if "OpenAI-Beta" in text] == [
        'the header OpenAI-Beta was "workflows=v1"'
    ]
