"""Answers of Python whose `error` is asked for: a Response has one that is None, a Run has none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked
from tests.test_python_leaves_alone import program

_SHOWN = 'return data["output"][0]["content"][0]["text"]'
#: What is read before the text, whether its function reads the live answer itself.
_READ = {
    "in-the-answer": (
        'if "error" in data:\n    raise RuntimeError(data["error"]["message"])',
        False,
    ),
    "in-single-quotes": ("if 'error' in data:\n    raise RuntimeError(str(data))", False),
    "not-in-the-answer": ('assert "error" not in data, data["error"]["message"]', False),
    "the-message-of-a-default": (
        'said = data.get("error", {}).get("message")\nif said:\n    raise RuntimeError(said)',
        False,
    ),
    "a-variable-with-a-default": (
        'error = data.get("error", {})\nif error.get("message"):\n    raise RuntimeError(error)',
        False,
    ),
    "compared-with-its-default": (
        'if data.get("error", "") != "":\n    raise RuntimeError(data["error"])',
        False,
    ),
    "either-of-two-names": (
        'if "error" in data or "detail" in data:\n    raise RuntimeError(str(data))',
        False,
    ),
    "whether-it-is-something": (
        'if data.get("error"):\n    raise RuntimeError(data["error"]["message"])',
        True,
    ),
    "whether-it-is-something-by-a-default": (
        'if data.get("error"):\n    raise RuntimeError(data.get("error", {}).get("message"))',
        True,
    ),
    "whether-it-is-none": ('if data.get("error") is not None:\n    raise RuntimeError("no")', True),
    "a-variable": ('error = data.get("error")\nif error:\n    raise RuntimeError(error)', True),
    "or-a-default": (
        'said = (data.get("error") or {}).get("message")\nif said:\n    raise RuntimeError(said)',
        True,
    ),
    "and-its-message": (
        'if data.get("error") and data["error"].get("message"):\n    raise RuntimeError("no")',
        True,
    ),
}
_BY_NAME = pytest.mark.parametrize(("lines", "in_place"), _READ.values(), ids=_READ)
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])


def _source(lines: str) -> bytes:
    return program(
        define="def ask(question):",
        read=f"r.raise_for_status()\ndata = r.json()\n{lines}\n{_SHOWN}",
    )


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


@_TARGETS
@_BY_NAME
def test_an_answer_is_no_error(
    lines: str, in_place: bool, target: str, server: RunningServer
) -> None:
    migration = check(_source(lines), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    if target == "responses":
        assert (b"def workflow_answer" not in migration.result) is in_place
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION
    assert not server.take_violations()


@_TARGETS
@_BY_NAME
def test_an_error_is_one(lines: str, in_place: bool, target: str, server: RunningServer) -> None:
    del in_place
    migration = check(_source(lines), settings=Settings(target=target))
    server.control.assistants_gone = target != "assistants"
    server.control.scenario = Scenario.FAILED
    with pytest.raises(Exception, match=r"overloaded|502|no"):
        asked(migration.result, server)
    server.take_violations()
