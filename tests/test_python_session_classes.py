"""Classes of a file that are made of a session or client: what they send is that one's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_BODY = 'json={"workflow_id": "asst_test1", "input": {"message": question}}'
_URL = '"https://api.openai.com/v1/workflows/runs"'
_READ = 'r.raise_for_status()\nreturn r.json()["output"]["message"]'
_KEY = '"Authorization": "Bearer sk-test-1"'
_INIT = "def __init__(self):\n    super().__init__()\n"


def _program(members: str, ask: str, base: str = "requests.Session") -> bytes:
    inside = "".join(f"    {line}\n" for line in members.splitlines())
    body = "".join(f"    {line}\n" for line in ask.splitlines())
    head = f"import httpx\nimport requests\n\n\nclass Api({base}):\n{inside}\n\n"
    return f"{head}def ask(question, other=None):\n{body}".encode()


_SENT = f"r = api.post({_URL}, {_BODY})\n{_READ}"
_METHOD = (
    f"def run(self, question):\n    r = self.post({_URL}, {_BODY})\n"
    '    r.raise_for_status()\n    return r.json()["output"]["message"]\n'
)
KNOWN = {
    "a-key-of-its-own": _program(
        f"{_INIT}    self.headers.update({{{_KEY}}})", f"api = Api()\n{_SENT}"
    ),
    "a-key-that-is-set": _program(
        f'{_INIT}    self.headers["Authorization"] = "Bearer sk-test-1"', f"api = Api()\n{_SENT}"
    ),
    "the-beta-header-too": _program(
        f'{_INIT}    self.headers.update({{{_KEY}, "OpenAI-Beta": "workflows=v1"}})',
        f"api = Api()\n{_SENT}",
    ),
    "its-own-method": _program(
        f"{_INIT}    self.headers.update({{{_KEY}}})\n\n{_METHOD}", "return Api().run(question)"
    ),
    "a-key-in-the-call": _program(
        '"""Ours."""\n\nname = "api"',
        f"api = Api()\nr = api.post({_URL}, headers={{{_KEY}}}, {_BODY})\n{_READ}",
    ),
    "a-client-of-httpx-with-a-base": _program(
        "def __init__(self):\n    super().__init__(\n"
        f'        base_url="https://api.openai.com/v1", headers={{{_KEY}}}\n    )',
        f'api = Api()\nr = api.post("/workflows/runs", {_BODY})\n{_READ}',
        "httpx.Client",
    ),
    "a-client-that-is-given-its-base": _program(
        "pass",
        f'api = Api(base_url="https://api.openai.com/v1", headers={{{_KEY}}})\n'
        f'r = api.post("/workflows/runs", {_BODY})\n{_READ}',
        "httpx.Client",
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
@pytest.mark.parametrize("source", KNOWN.values(), ids=KNOWN)
def test_what_it_sends_is_migrated(source: bytes, target: str, server: RunningServer) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION
    assert not server.take_violations()
    for request in server.requests:
        headers = {name.lower(): value for name, value in dict(request.headers).items()}
        assert headers["authorization"] == "Bearer sk-test-1"
        assert headers.get("openai-beta") == ("assistants=v2" if target == "assistants" else None)


_OVER = "def {0}(self, *given, **named):\n    return super().{0}(*given, **named)"
LEFT = {
    "another-request": (
        _program(_OVER.format("request"), f"api = Api()\n{_SENT}"),
        "unknown-transport",
    ),
    "another-send": (_program(_OVER.format("send"), f"api = Api()\n{_SENT}"), "unknown-transport"),
    "another-post": (_program(_OVER.format("post"), f"api = Api()\n{_SENT}"), "unknown-transport"),
    "two-bases": (
        _program("pass", f"api = Api()\n{_SENT}", "Retries, requests.Session"),
        "unknown-transport",
    ),
    "no-key": (_program("pass", f"api = Api()\n{_SENT}"), "no-authorization"),
    "a-key-of-another-class": (
        _program(
            "pass\n\nclass Other:\n    def __init__(self):\n"
            f"        self.headers.update({{{_KEY}}})",
            f"api = Api()\n{_SENT}",
        ).replace(b"    class Other", b"class Other"),
        "no-authorization",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_a_call_is_left_because(source: bytes, reason: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    codes = {f.reason.code for f in migration.findings if f.reason is not None}
    assert reason in codes
    assert migration.result == source
