"""Failures in a file's own terms, what is logged, test doubles, and clients that are handed in."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked
from tests.test_python_leaves_alone import URL, program

_TARGETS = ("assistants", "responses")


def reads(read: str, *, above: str = "") -> bytes:
    """A program with another reading of its answer."""
    return program(read=read, above=above, define="def ask(question, messages=(), other=None):")


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


_TRY = 'try:\n    return r.json()["output"]["message"]\n'
#: Handlers that go on without the answer where it has none: what they give then.
_GOES_ON: dict[str, str] = {
    "key": f"{_TRY}except KeyError:\n    return 'none'",
    "key-or-index": f"{_TRY}except (KeyError, IndexError) as e:\n    return f'none'",
    "lookup": f"{_TRY}except LookupError:\n    return 'none'",
    "type-or-value": f"{_TRY}except ValueError:\n    return 'json'\nexcept TypeError:\n"
    "    return 'none'",
    "outside-of-another-try": "try:\n    try:\n        return r.json()['output']['message']\n"
    "    except requests.RequestException:\n        raise\nexcept KeyError:\n    return 'none'",
    "everything": f"{_TRY}except Exception:\n    return 'none'",
    "everything-by-no-name": f"{_TRY}except:\n    return 'none'",
    "runtime-errors-too": f"{_TRY}except (KeyError, RuntimeError):\n    return 'none'",
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("read", _GOES_ON.values(), ids=_GOES_ON)
def test_a_handler_of_a_missing_answer_is_still_one(
    read: str, target: str, server: RunningServer
) -> None:
    migration = check(reads(read), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == server.control.answer
    for failing in (Scenario.FAILED, Scenario.NO_ANSWER):
        server.control.scenario = failing
        assert asked(migration.result, server) == "none"


#: Handlers that have nothing to do with an answer without a text.
_NOT_CAUGHT: dict[str, str] = {
    "of-the-request": f"{_TRY}except requests.RequestException:\n    return 'none'",
    "of-another-name": "class KeyError(ValueError):\n    pass\n"
    f"{_TRY}except KeyError:\n    return 'none'",
    "around-the-handler": "try:\n    other = 1 / 0\nexcept ZeroDivisionError:\n"
    "    return r.json()['output']['message']\nexcept KeyError:\n    return 'none'",
    "behind-the-try": "try:\n    other = {}['a']\nexcept KeyError:\n    pass\n"
    "return r.json()['output']['message']",
    "none": 'return r.json()["output"]["message"]',
}


@pytest.mark.parametrize("read", _NOT_CAUGHT.values(), ids=_NOT_CAUGHT)
def test_another_handler_is_no_reason_for_another_error(read: str, server: RunningServer) -> None:
    migration = check(reads(read))
    server.control.scenario = Scenario.FAILED
    if any(finding.bucket is Bucket.MIGRATED for finding in migration.findings):
        with pytest.raises(Exception, match="run failed") as caught:
            asked(migration.result, server)
        assert "KeyError" not in type(caught.value).__name__
    else:
        assert migration.result == migration.source


# --- an error behind a success

_BEHIND: dict[str, str] = {
    "ok": 'if r.ok:\n    return r.json()["output"]["message"], 200\nreturn r.text, 500',
    "200": 'if r.status_code == 200:\n    return r.json()["output"]["message"], 200\n'
    "return r.json(), 500",
    "between": 'if 200 <= r.status_code < 300:\n    return r.json()["output"]["message"], 200\n'
    'print("failed")\nreturn r.text, 500',
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("read", _BEHIND.values(), ids=_BEHIND)
def test_what_is_read_behind_a_success_is_an_error(
    read: str, target: str, server: RunningServer
) -> None:
    migration = check(reads(read), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"workflow_answer" not in migration.result
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == server.control.answer
    server.control.scenario = Scenario.UNAUTHORIZED
    shown: object = asked(migration.result, server)
    assert "Incorrect API key" in str(shown)


_NOT_BEHIND: dict[str, str] = {
    "the-branch-goes-on": 'if r.ok:\n    print("fine")\nreturn r.text',
    "not-sure": "if r.ok and other:\n    return r.json()['output']['message']\nreturn r.text",
}


@pytest.mark.parametrize("read", _NOT_BEHIND.values(), ids=_NOT_BEHIND)
def test_what_may_be_read_of_an_answer_is_not_taken_for_an_error(
    read: str, server: RunningServer
) -> None:
    migration = check(reads(read), settings=Settings(target="responses"))
    if migration.result != migration.source:
        # All that is read gets the text, or the error is thrown.
        server.control.assistants_gone = True
        shown = str(asked(migration.result, server))
        assert json.dumps(server.control.answer)[1:-1] in shown
        server.control.scenario = Scenario.UNAUTHORIZED
        with pytest.raises(Exception, match="Incorrect API key"):
            asked(migration.result, server)


# --- what is logged

_LOG = "import logging\nlog = logging.getLogger('nightly')"
_LOGGED: dict[str, str] = {
    "by-the-module": 'logging.info("Report: %s", r.json()["output"]["message"])',
    "by-a-logger": "d = r.json()\nlog.info(f\"Report: {d['output']['message']}\")",
    "behind-a-check": 'if r.status_code == 200:\n    log.info(r.json()["output"]["text"])\n'
    'else:\n    log.error("failed %s", r.text)',
    "for-debugging": 'log.debug(r.json()["output"]["message"])',
}


@pytest.mark.parametrize("read", _LOGGED.values(), ids=_LOGGED)
def test_a_job_that_logs_its_answer_reads_it_there(
    read: str, server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    migration = check(reads(read, above=_LOG))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    with caplog.at_level(logging.DEBUG):
        asked(migration.result, server)
    assert str(server.control.answer) in caplog.text


#: The log of an error would raise on the new answer: it may not have what is read there.
_ONLY_LOGGED: dict[str, tuple[str, str]] = {
    "the-whole-json": ("log.info(r.json())", "answer-not-read"),
    "as-an-error": ('log.error("no text in %s", r.json()["output"])', "answer-not-understood"),
}


@pytest.mark.parametrize(("read", "code"), _ONLY_LOGGED.values(), ids=_ONLY_LOGGED)
def test_a_log_beside_the_point_is_no_reading(read: str, code: str) -> None:
    migration = check(reads(read, above=_LOG))
    assert [f.reason.code for f in migration.findings if f.reason] == [code]
    assert migration.result == migration.source


# --- test doubles, and clients of others

_DOUBLES: dict[str, str] = {
    "patched-in-a-with": f"""\
from unittest import mock


def test_it():
    with mock.patch("requests.post") as post:
        post("{URL}", json={{}})
""",
    "patched-in-a-with-of-two": f"""\
import requests
from unittest.mock import patch


def test_it():
    with patch("a.b") as other, patch.object(requests, "post") as post:
        post("{URL}", json={{}})
""",
    "patched-by-a-decorator": f"""\
from unittest.mock import patch


@patch("app.requests.post")
def test_it(post):
    post("{URL}", json={{}})
""",
    "a-mock-that-is-called": f"""\
from unittest.mock import Mock

post = Mock()
post("{URL}", json={{}})
""",
    "a-method-of-a-part-of-a-mock": f"""\
from unittest.mock import MagicMock

app = MagicMock()
app.session.post("{URL}", json={{}})
""",
    "a-client-of-a-file-without-that-host": """\
import httpx


async def test_runs(client: httpx.AsyncClient):
    assert (await client.post("/v1/workflows/runs", json={})).status_code == 200
""",
    "another-path-of-a-client-that-is-handed-in": """\
import httpx

BASE = "https://api.openai.com/v1"


async def chat(client: httpx.AsyncClient):
    return await client.post("/chat/completions", json={})
""",
}


@pytest.mark.parametrize("source", _DOUBLES.values(), ids=_DOUBLES)
def test_a_double_or_another_service_is_not_mentioned(source: str) -> None:
    migration = check(source.encode())
    assert migration.findings == ()
    assert migration.result == source.encode()


_NOTICED: dict[str, tuple[str, str]] = {
    "a-parametrized-test-that-calls": (
        f"""\
import pytest


@pytest.mark.parametrize("post", [])
def test_it(post):
    post("{URL}", json={{}})
""",
        "unknown-transport",
    ),
    "a-client-of-a-dependency-without-a-key": (
        """\
import httpx
from fastapi import Depends, FastAPI

app = FastAPI()


async def client():
    async with httpx.AsyncClient(base_url="https://api.openai.com/v1") as made:
        yield made


@app.post("/ask")
async def ask(question: str, http: httpx.AsyncClient = Depends(client)):
    r = await http.post("/workflows/runs", json={"workflow_id": "w", "input": question})
    return r.json()["output"]["message"]
""",
        "no-authorization",
    ),
}


@pytest.mark.parametrize(("source", "reason"), _NOTICED.values(), ids=_NOTICED)
def test_what_may_be_a_call_is_told(source: str, reason: str) -> None:
    migration = check(source.encode())
    assert [f.reason.code for f in migration.findings if f.reason] == [reason]
    assert migration.result == source.encode()


# --- an empty answer


@pytest.mark.parametrize("target", _TARGETS)
def test_an_empty_answer_is_what_the_file_falls_back_to(target: str, server: RunningServer) -> None:
    read = 'return r.json().get("output", {}).get("message") or "none"'
    migration = check(reads(read), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == server.control.answer
    server.control.scenario = Scenario.EMPTY_ANSWER
    assert asked(migration.result, server) == "none"
