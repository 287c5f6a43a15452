"""Answers of Python that come out by a way round: nested functions, kinds, handlers of readings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_HEAD = """\
import json
import os

import requests

WF = os.environ["WF"]


"""
_SEND = """\
r = requests.post(
    "https://api.openai.com/v1/workflows/runs",
    headers={"Authorization": "Bearer sk-1"},
    json={"workflow_id": WF, "input": {"message": question}},
)
"""
_AGAIN = """\
def again(send, times=3):
    for number in range(times):
        try:
            return send()
        except requests.RequestException:
            if number == times - 1:
                raise


"""
_RESULT = """\
class Result:
    def __init__(self, data):
        self.data = data

    @property
    def text(self):
        parts = self.data.get("output")
        if isinstance(parts, list):
            return "".join(p.get("KEY", "") for p in parts if p.get("type") == "KIND")
        return parts.get("text") if isinstance(parts, dict) else parts


"""


def _nested(read: str, *, above: str = _AGAIN, inner: str = "return r.json()") -> bytes:
    lines = [f"        {line}" for line in (_SEND + f"r.raise_for_status()\n{inner}").splitlines()]
    code = ["def ask(question):", "    def send():", *lines, "", f"    {read}", ""]
    return (_HEAD + above + "\n".join(code)).encode()


def _asks(read: str, above: str = "") -> bytes:
    lines = "".join(f"    {line}\n" for line in (_SEND + read).splitlines())
    return (_HEAD + above + "def ask(question):\n" + lines).encode()


def _kinds(key: str, kind: str) -> bytes:
    above = _RESULT.replace("KEY", key).replace("KIND", kind)
    return _asks("r.raise_for_status()\nreturn Result(r.json()).text", above)


def _handled(caught: str, shown: str) -> bytes:
    return _asks(f'try:\n    return r.json()["output"]["message"]\nexcept{caught}:\n    {shown}')


_SHOWN = {
    "a-nested-function-is-handed-to-one-of-the-file": _nested(
        'return again(send)["output"]["message"]'
    ),
    "a-nested-function-is-called": _nested('return send()["output"]["message"]', above=""),
    "a-nested-function-is-called-by-a-lambda": _nested(
        'return again(lambda: send())["output"]["message"]'
    ),
    "a-nested-function-reads-a-part": _nested(
        'return again(send)["message"]', inner='return r.json()["output"]'
    ),
    "a-list-is-searched-for-a-kind-of-its-own": _kinds("text", "text"),
    "a-list-is-searched-for-another-member": _kinds("content", "text_part"),
    "a-missing-answer-shows-the-response": _handled(" (KeyError, TypeError)", "return r.text"),
    "any-error-shows-the-response": _handled(" Exception", "return r.text"),
    "whatever-happens-shows-the-json": _handled("", "return str(r.json())"),
    "a-lookup-shows-the-json-that-is-written": _handled(
        " LookupError", "return json.dumps(r.json())"
    ),
}
_FIRST = 'r.raise_for_status()\nitem = r.json()["outputs"][0]\n'
#: A field that is read only where it is there, above the text.
_TRIED = {
    "a-field-is-asked-for-by-in": _asks(
        f'{_FIRST}if "json" in item:\n    return item["json"]\nreturn item["text"]'
    ),
    "a-field-is-asked-for-by-get": _asks(
        f'{_FIRST}if item.get("json"):\n    return item["json"]\nreturn item["text"]'
    ),
    "a-field-is-asked-for-in-an-expression": _asks(
        f'{_FIRST}return item["json"] if "json" in item else item["text"]'
    ),
}
_SHOWN |= _TRIED
_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_BY_NAME = pytest.mark.parametrize("source", _SHOWN.values(), ids=_SHOWN)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningServer]:
    needs("requests")
    with pytest.MonkeyPatch.context() as patched, running_server() as started:
        patched.setenv("WF", "asst_test1")
        yield started


@pytest.fixture
def server(running: RunningServer) -> Iterator[RunningServer]:
    yield running
    running.reset()


@_TARGETS
@_BY_NAME
def test_the_text_comes_out(source: bytes, target: str, server: RunningServer) -> None:
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
    [Scenario.FAILED, Scenario.REFUSAL, Scenario.NO_ANSWER, Scenario.UNAUTHORIZED],
    ids=lambda each: each.value,
)
def test_an_error_is_raised(
    source: bytes, target: str, scenario: Scenario, server: RunningServer
) -> None:
    migration = check(source, settings=Settings(target=target))
    server.control.scenario = scenario
    server.control.assistants_gone = target != "assistants"
    with pytest.raises(requests_error(), match=r"refused|failed|no text|401"):
        asked(migration.result, server)
    server.take_violations()


def requests_error() -> type[Exception]:
    """What requests raises for a status; imported late, as it may not be there."""
    from requests import HTTPError  # noqa: PLC0415

    return HTTPError


#: What a handler may show: no answer is read there.
_IN_PLACE = {
    "what-is-no-json": " ValueError",
    "what-cannot-be-reached": " requests.ConnectionError",
}


@_TARGETS
@pytest.mark.parametrize("caught", _IN_PLACE.values(), ids=_IN_PLACE)
def test_a_handler_of_something_else_is_no_reading(
    caught: str, target: str, server: RunningServer
) -> None:
    migration = check(_handled(caught, "return r.text"), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert b"def workflow_answer" not in migration.result
    server.control.answer = Reply.LAST_USER_MESSAGE
    server.control.assistants_gone = target != "assistants"
    assert asked(migration.result, server) == QUESTION


def test_a_nested_function_that_is_handed_to_another_file_gives_the_whole_answer() -> None:
    source = _nested('return again(send)["output"]', above="from retries import again\n\n\n")
    [finding] = check(source, settings=Settings(target="responses")).findings
    assert finding.bucket is Bucket.MIGRATED
    assert any("cannot be seen here" in note.text for note in finding.notes)


@pytest.mark.parametrize("source", _TRIED.values(), ids=_TRIED)
def test_a_field_that_the_file_can_do_without_is_told(source: bytes) -> None:
    [finding] = check(source, settings=Settings(target="responses")).findings
    assert any('`item["json"]` is not in the new answer' in note.text for note in finding.notes)


@_TARGETS
def test_is_left_where_the_field_is_read_in_any_case(target: str) -> None:
    source = _asks(f'{_FIRST}return item["json"], item["text"]')
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.reason is Reason.OTHER_READ
