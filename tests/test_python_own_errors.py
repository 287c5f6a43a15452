"""Files that look for an error by its name, not at a status: they go on telling it in their way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_HEAD = """\
import os

import requests


def reply(text, **more):
    return text


def ask(question):
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": "Bearer sk-1"},
        json={"workflow_id": os.environ["WF"], "input": {"message": question}},
    )
    data = r.json()
"""
_TEXT = 'data["output"]["message"]'
_OWN = 'return "Sorry: " + data["error"]["message"]'
#: How the file tells an answer from an error.
OWN = {
    "by-its-key": f'    if "error" in data:\n        {_OWN}\n    return {_TEXT}\n',
    "by-its-key-in-an-else": (
        f'    if "error" in data:\n        {_OWN}\n    else:\n        return {_TEXT}\n'
    ),
}
#: Where an error would come out as the text does.
SHOWN = {
    "in-one-expression": f'    return {_TEXT} if "output" in data else data["error"]["message"]\n',
    "in-a-variable": (
        f'    text = {_TEXT} if "output" in data else ""\n'
        '    if "error" in data:\n        text = data["error"]["message"]\n    return text\n'
    ),
    "behind-a-branch-that-goes-on": (
        '    if "error" in data:\n        print("no")\n    return data.get("output", data)\n'
    ),
    "behind-another-branch": (
        f'    if "error" not in data:\n        return {_TEXT}\n'
        '    return data["error"]["message"]\n'
    ),
}
_BAD = pytest.mark.parametrize(
    "scenario",
    [Scenario.FAILED, Scenario.REFUSAL, Scenario.UNAUTHORIZED, Scenario.SERVER_ERROR],
    ids=lambda each: each.value,
)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        patched.setitem(sys.modules, "program", ModuleType("program"))
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    running.control.assistants_gone = True
    yield running
    running.take_violations()
    running.reset()


def _migrated(read: str) -> bytes:
    migration = check((_HEAD + read).encode(), settings=Settings(target="responses"))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result


@pytest.mark.parametrize("read", OWN.values(), ids=OWN)
def test_the_answer_is_given_as_before(read: str, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    assert asked(_migrated(read), server) == QUESTION


@_BAD
@pytest.mark.parametrize("read", OWN.values(), ids=OWN)
def test_an_error_is_told_in_the_files_own_words(
    read: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    told = asked(_migrated(read), server)
    assert isinstance(told, str)
    assert told.startswith("Sorry: ")
    assert len(told) > len("Sorry: ")


@_BAD
@pytest.mark.parametrize("read", SHOWN.values(), ids=SHOWN)
def test_an_error_that_would_come_out_as_the_text_is_raised(
    read: str, scenario: Scenario, server: RunningServer
) -> None:
    migration = check((_HEAD + read).encode(), settings=Settings(target="responses"))
    if not migration.changed:
        return
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(migration.result, server)
    assert not isinstance(caught.value, (SyntaxError, NameError, ImportError))


_MISSING = f'    if "output" not in data:\n        $TOLD\n    return {_TEXT}\n'
#: What a file says of an answer that is not there.
SAID = {
    "returned": 'return "No answer."',
    "returned-by-a-call": 'return reply("No answer.")',
    "raised": 'raise ValueError("No answer.")',
    "shown-and-left": 'reply("No answer.")\n        return "No answer."',
}
#: What tells nobody that there was none.
UNSAID = {
    "nothing": "return None",
    "an-empty-text": 'return ""',
    "only-in-a-log": 'print("No answer.", data)\n        return None',
}
EVERY = SAID | UNSAID


@_BAD
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_file_that_says_that_there_is_no_answer_says_so(
    said: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    result = _migrated(_MISSING.replace("$TOLD", said))
    if said.startswith("raise"):
        with pytest.raises(ValueError, match=r"No answer\."):
            asked(result, server)
    else:
        assert asked(result, server) == "No answer."


@_BAD
@pytest.mark.parametrize("said", UNSAID.values(), ids=UNSAID)
def test_an_error_is_raised_where_the_file_tells_nobody(
    said: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception):  # noqa: B017, PT011  # each client has its own
        asked(_migrated(_MISSING.replace("$TOLD", said)), server)


@pytest.mark.parametrize("said", EVERY.values(), ids=EVERY)
def test_an_answer_that_is_there_is_given(said: str, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    assert asked(_migrated(_MISSING.replace("$TOLD", said)), server) == QUESTION


_POLLABLE = {
    "alone": 'reply(text=data["id"])',
    "by-its-place": 'data["output"]["message"], reply("", data["id"])',
    "with-other-words": 'reply(text="", run_id=data["id"]), data["output"]["message"]',
}


def test_an_id_that_is_given_with_the_text_by_name_is_no_polling(server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    read = f'    return reply(text={_TEXT}, run_id=data["id"])\n'
    assert asked(_migrated(read), server) == QUESTION


@pytest.mark.parametrize("given", _POLLABLE.values(), ids=_POLLABLE)
def test_an_id_that_is_given_away_alone_may_ask_again(given: str) -> None:
    source = _HEAD.replace("def reply(text, **more):\n    return text", "from other import reply")
    source += f'    if "error" in data:\n        {_OWN}\n    return {given}\n'
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert [finding.reason for finding in migration.findings] == [Reason.OWN_POLLING]
