"""Config objects, clients that are handed in, headers of properties, results kept in records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_HEAD = """\
import dataclasses
import os
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Optional

import httpx
import requests

WF = os.environ["WF"]


"""
_CONFIG = """\
@dataclass
class Config:
    key: str = "sk-1"
    base: str = "https://api.openai.com/v1"
    limit: tuple = (5, 60)


"""
_CALL = """\
        answered = requests.post(
            f"{self.config.base}/workflows/runs",
            headers={"Authorization": f"Bearer {self.config.key}"},
            json={"workflow_id": WF, "input": {"message": question}},
        )
        answered.raise_for_status()
        return answered.json()["output"]["message"]


def ask(question):
    return Asker().ask(question)
"""


def _configured(init: str, config: str = _CONFIG) -> bytes:
    lines = "".join(f"        {line}\n" for line in init.splitlines()[1:])
    made = f"class Asker:\n    {init.splitlines()[0]}\n{lines}\n    def ask(self, question):\n"
    return (_HEAD + config + made + _CALL).encode()


_HANDED_IN = """\
class Asker:
    def __init__(self, client: httpx.AsyncClient | None = None):
        self.client = client or httpx.AsyncClient(
            base_url="https://api.openai.com/v1", headers={"Authorization": "Bearer sk-1"}
        )

    async def ask(self, question):
        answered = await self.client.post(
            "/workflows/runs", json={"workflow_id": WF, "input": {"message": question}}
        )
        if answered.is_error:
            raise RuntimeError(answered.text)
        return answered.json()["output"]["message"]


async def ask(question):
    asker = Asker()
    try:
        return await asker.ask(question)
    finally:
        await asker.client.aclose()
"""
_PROPERTY = """\
class Asker:
    key = "sk-1"

    @MARK
    def headers(self):
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def ask(self, question):
        answered = requests.post(
            "https://api.openai.com/v1/workflows/runs",
            headers=self.headers,
            json={"workflow_id": WF, "input": {"message": question}},
        )
        answered.raise_for_status()
        return answered.json()["output"]["message"]


def ask(question):
    return Asker().ask(question)
"""
_ASKED = """\
def ask(question):
    answered = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": "Bearer sk-1"},
        json={"workflow_id": WF, "input": {"message": question}},
        timeout=TIMEOUT,
    )
    answered.raise_for_status()
    data = answered.json()
"""
_RECORD = """\
class Result(BASE):
    text: str
    run: Optional[str] = None
    raw: Optional[dict] = None


"""


def _read(lines: str, above: str = "", timeout: str = "30") -> bytes:
    call = _ASKED.replace("TIMEOUT", timeout)
    return (_HEAD + above + call + "".join(f"    {line}\n" for line in lines.splitlines())).encode()


_KEPT = (
    'result = Result(data["output"]["message"], run=data.get("id"), raw=data)\nreturn result.text'
)
_MIGRATED = {
    "the-base-is-a-field-of-a-config-that-is-made": _configured(
        "def __init__(self):\n    self.config = Config()"
    ),
    "a-config-that-may-be-given": _configured(
        "def __init__(self, config: Optional[Config] = None):\n    self.config = config or Config()"
    ),
    "a-config-that-may-be-given-in-the-new-spelling": _configured(
        "def __init__(self, config: Config | None = None):\n    self.config = config or Config()"
    ),
    "a-config-that-is-given-by-default": _configured(
        "def __init__(self, config: Config = Config()):\n    self.config = config"
    ),
    "a-config-whose-field-is-declared": _configured(
        "def __init__(self):\n    self.config: Config = Config()"
    ),
    "a-client-that-may-be-handed-in": (_HEAD + _HANDED_IN).encode(),
    "the-headers-are-a-property": (_HEAD + _PROPERTY.replace("MARK", "property")).encode(),
    "the-headers-are-a-cached-property": (
        _HEAD + _PROPERTY.replace("MARK", "cached_property")
    ).encode(),
    "the-id-is-kept-in-a-dataclass": _read(_KEPT, "@dataclass\n" + _RECORD.replace("(BASE)", "")),
    "the-id-is-kept-in-a-frozen-dataclass": _read(
        _KEPT, "@dataclasses.dataclass(frozen=True)\n" + _RECORD.replace("(BASE)", "")
    ),
    "the-id-is-kept-in-a-named-tuple": _read(_KEPT, _RECORD.replace("BASE", "NamedTuple")),
    "an-error-is-looked-for-by-its-name": _read(
        'if "error" in data:\n    raise RuntimeError(data["error"]["message"])\n'
        'return data["output"][0]["content"][0]["text"]'
    ),
    "no-error-is-looked-for-by-its-name": _read(
        'if "error" not in data:\n    return data["output"][0]["content"][0]["text"]\n'
        'raise RuntimeError(data["error"]["message"])'
    ),
    "the-time-out-is-a-pair-in-brackets": _read(
        'return data["result"]["summary"], data', timeout="(5, 60)"
    ),
}
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_BY_NAME = pytest.mark.parametrize("source", _MIGRATED.values(), ids=_MIGRATED)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        # Dataclasses look their module up.
        patched.setitem(sys.modules, "program", ModuleType("program"))
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


@_TARGETS
@_BY_NAME
def test_the_live_answer_is_shown(source: bytes, target: str, server: RunningServer) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION
    assert not server.take_violations()


@_TARGETS
@_BY_NAME
@pytest.mark.parametrize(
    "scenario",
    [Scenario.FAILED, Scenario.REFUSAL, Scenario.UNAUTHORIZED, Scenario.SERVER_ERROR],
    ids=lambda each: each.value,
)
def test_an_error_never_comes_out_as_an_answer(
    source: bytes, target: str, scenario: Scenario, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    server.control.scenario = scenario
    server.control.assistants_gone = target != "assistants"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(migration.result, server)
    assert not isinstance(caught.value, (SyntaxError, NameError, ImportError))
    server.take_violations()


@_TARGETS
def test_a_client_that_is_handed_in_is_asked_at_its_own_base(
    target: str, server: RunningServer
) -> None:
    source = (_HEAD + _HANDED_IN).replace(
        "Asker()",
        'Asker(httpx.AsyncClient(base_url=OTHER, headers={"Authorization": "Bearer sk-2"}))',
    )
    migration = check(source.encode(), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    notes = [note.text for note in migration.findings[0].notes]
    assert any("decides on the host" in note for note in notes)
    server.control.answer = Reply.LAST_USER_MESSAGE
    other = f'OTHER = "{server.base_url}"\n'
    # OpenAI's own host is out of reach: what answers is the other one.
    code = migration.result.decode().replace("api.openai.com", "openai.invalid")
    assert asked(code.replace("WF = os", f"{other}WF = os").encode(), server) == QUESTION
    assert {r.headers["authorization"] for r in server.requests} == {"Bearer sk-2"}
    server.take_violations()


_LEFT: dict[str, tuple[bytes, str]] = {
    "the-configs-default-is-another-host": (
        _configured(
            "def __init__(self):\n    self.config = Config()",
            _CONFIG.replace("api.openai.com/v1", "engine.example/v1"),
        ).replace(b"/workflows/runs", b"/v1/workflows/runs"),
        "unresolved-host",
    ),
    "nobody-knows-the-configs-class": (
        _configured("def __init__(self, config):\n    self.config = config"),
        "unresolved-host",
    ),
    "the-config-is-one-of-two": (
        _configured(
            "def __init__(self, other=None):\n    self.config = Config()\n"
            "    if other:\n        self.config = other"
        ),
        "unresolved-host",
    ),
    "the-headers-of-a-property-are-made-by-something-else": (
        (_HEAD + _PROPERTY.replace("MARK", "signed")).encode(),
        "headers-not-understood",
    ),
    "the-headers-of-a-property-are-one-of-two": (
        (
            _HEAD
            + _PROPERTY.replace("MARK", "property").replace(
                "        return {",
                "        if not self.key:\n            return {}\n        return {",
            )
        ).encode(),
        "headers-not-understood",
    ),
    "the-id-is-given-to-a-class-that-does-something": (
        _read(
            _KEPT,
            "class Result:\n    def __init__(self, text, run, raw):\n        watch(run)\n\n\n",
        ),
        "own-polling",
    ),
    "the-id-is-given-to-a-class-of-another-file": (
        _read(_KEPT, "from results import Result\n\n\n"),
        "own-polling",
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), _LEFT.values(), ids=_LEFT)
def test_what_is_not_certain_is_left(source: bytes, reason: str, target: str) -> None:
    migration = migrate(source, "a.py", Settings(target=target))
    assert migration.result == source
    assert [f.reason.code for f in migration.findings if f.reason] == [reason]
