"""A body that `urlopen` is given beside its request, in Python: migrated there, or left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.test_python_behaviour import QUESTION, asked

_BODY = """\
    body = json.dumps({"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}})
"""
_PROGRAM = f"""\
import json
import os
import urllib.request


def ask(question):
    request = urllib.request.Request(
        "https://api.openai.com/v1/workflows/runs",
        headers={{
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
        }},
    )
{_BODY}    with urllib.request.urlopen(request, body.encode(), timeout=30) as response:
        answer = json.load(response)
    return answer["output"]["message"]
"""
_GIVEN = {
    "by its place": _PROGRAM,
    "by its name": _PROGRAM.replace("request, body", "request, data=body"),
    "written out there": _PROGRAM.replace(_BODY, "").replace(
        "body.encode()", _BODY.removeprefix("    body = ").rstrip() + ".encode()"
    ),
    "a request with a method": _PROGRAM.replace(
        "        },\n    )", '        },\n        method="POST",\n    )'
    ),
}


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    yield running
    running.reset()


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("source", _GIVEN.values(), ids=_GIVEN)
def test_the_question_is_sent_and_answered(source: str, target: str, server: RunningServer) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    server.control.answer = Reply.LAST_USER_MESSAGE
    assert asked(migration.result, server) == QUESTION
    assert not server.violations


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize("scenario", [Scenario.FAILED, Scenario.SERVER_ERROR, Scenario.REFUSAL])
def test_what_goes_wrong_comes_out(scenario: Scenario, target: str, server: RunningServer) -> None:
    result = check(_PROGRAM.encode(), settings=Settings(target=target)).result
    server.control.scenario = scenario
    with pytest.raises(Exception, match=r"failed|500|refused"):
        asked(result, server)


def test_a_hand_written_run_is_answered(server: RunningServer) -> None:
    given = goldens()["raw-urllib-thread-in-the-request"].source.decode()
    body = "json.dumps(body).encode()"
    assert f"        data={body},\n" in given
    moved = given.replace(f"        data={body},\n", "").replace(
        "urlopen(req, timeout", f"urlopen(req, {body}, timeout", 1
    )
    result = check(moved.encode(), settings=Settings(target="responses")).result
    server.control.assistants_gone = True
    server.control.answer = Reply.LAST_USER_MESSAGE
    assert asked(result, server) == QUESTION
    assert not server.violations


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            'runs",\n', 'runs", b"{}",\n', "body-not-understood", id="request-has-a-body-of-its-own"
        ),
        pytest.param(
            'return answer["output"]["message"]', "return answer", "options-not-understood",
            id="answer-that-is-handed-on",
        ),
        pytest.param(
            "body.encode(), timeout=30", "*body", "options-not-understood", id="arguments-not-known"
        ),
        pytest.param(
            "body.encode(), timeout=30", "body.encode(), 30", "options-not-understood",
            id="time-by-its-place",
        ),
        pytest.param(
            "request, body.encode()", "request", "body-not-understood", id="no-body-at-all"
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_body_that_is_not_certain_is_left(old: str, new: str, reason: str, target: str) -> None:
    assert old in _PROGRAM
    source = _PROGRAM.replace(old, new).encode()
    migration = check(source, settings=Settings(target=target))
    assert not migration.changed
    codes = {f.reason.code for f in migration.findings if f.reason is not None}
    assert codes <= {reason, "not-a-post"}
