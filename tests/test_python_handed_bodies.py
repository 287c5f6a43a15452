"""Bodies that one call of the file hands to the function that sends them, and constant paths."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.test_python_behaviour import asked

_TARGETS = ("assistants", "responses")
_HEAD = """\
import json, os, requests

KEY = "sk-1"
WF = os.environ["WF"]
URL = "https://api.openai.com/v1/workflows/runs"
H = {"Authorization": f"Bearer {KEY}"}


"""
_BODY = '{"workflow_id": WF, "input": {"message": question}}'
_SENDS = """\
def _post(payload):
    r = requests.post(URL, json=payload, headers=H, timeout=3)
    r.raise_for_status()
    return r.json()


"""
_ASKS = f'def ask(question):\n    return _post({_BODY})["output"]["message"]\n'
_METHODS = """\
class Api:
    def _post(self, payload: dict) -> dict:
        r = requests.post(URL, json=payload, headers=H, timeout=3)
        r.raise_for_status()
        return r.json()

    def ask(self, question):
        data = self._post({"workflow_id": WF, "input": {"message": question}})
        return data["output"]["message"]


def ask(question):
    return Api().ask(question)
"""
HANDED_IN = {
    "by-place": _HEAD + _SENDS + _ASKS,
    "by-name": _HEAD + _SENDS + _ASKS.replace("_post(", "_post(payload="),
    "of-a-method": _HEAD + _METHODS,
    "as-text": _HEAD + _SENDS.replace("json=payload", "data=json.dumps(payload)") + _ASKS,
    "logged-on-the-way": _HEAD + _SENDS.replace("    r =", "    print(payload)\n    r =") + _ASKS,
}


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


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", HANDED_IN.values(), ids=HANDED_IN)
def test_the_one_body_that_is_handed_in_becomes_the_new_one(
    source: str, target: str, server: RunningServer
) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    assert asked(migration.result, server) == server.control.answer
    server.control.scenario = Scenario.FAILED
    with pytest.raises(Exception, match=r"502 .*failed"):
        asked(migration.result, server)


LEFT = {
    "two-calls-hand-one-in": _HEAD
    + _SENDS
    + _ASKS
    + f"\n\ndef more(question):\n    _post({_BODY})\n",
    "the-function-is-handed-on": _HEAD + _SENDS + _ASKS + "\n\nsend = _post\n",
    "it-is-changed-on-the-way": _HEAD
    + _SENDS.replace("    r =", '    payload["user"] = "a"\n    r =')
    + _ASKS,
    "it-is-set-again": _HEAD
    + _SENDS.replace("    r =", "    payload = dict(payload)\n    r =")
    + _ASKS,
    "in-a-variable-of-the-caller": _HEAD
    + _SENDS
    + f"def ask(question):\n    body = {_BODY}\n"
    + '    return _post(body)["output"]["message"]\n',
    "an-element-that-goes-is-logged-on-the-way": _HEAD
    + _SENDS.replace("    r =", '    print("run", payload["workflow_id"])\n    r =')
    + _ASKS,
    "a-decorator-may-call-it": _HEAD + "@retried\n" + _SENDS + _ASKS,
    "what-is-handed-in-is-not-known": _HEAD + _SENDS + _ASKS.replace(_BODY, "make(question)"),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: str, target: str) -> None:
    migration = check(source.encode(), settings=Settings(target=target))
    reasons = [f.reason.code for f in migration.findings if f.reason is not None]
    assert reasons == ["body-not-understood"]
    assert not migration.changed


_OF_THE_OBJECT = _METHODS.replace("URL,", 'f"https://api.openai.com/v1/workflows/{self.id}/runs",')
_NO_URL = "".join(line for line in _HEAD.splitlines(keepends=True) if "URL" not in line)
_OF_THE_OBJECT = _NO_URL + _OF_THE_OBJECT.replace('"workflow_id": WF, ', "")
IDS = {
    "of-its-own-object": (_OF_THE_OBJECT, True),
    "of-another-object": (
        _OF_THE_OBJECT.replace("ask(self, question)", "ask(self, other, question)").replace(
            "self._post(", "other._post("
        ),
        False,
    ),
    "of-another-class": (
        _OF_THE_OBJECT.replace("    def ask", "\nclass Bot:\n    def ask").replace(
            "self._post(", "self.api._post("
        ),
        False,
    ),
    "of-no-class": (
        _OF_THE_OBJECT.partition("    def ask")[0]
        + "\ndef ask(question):\n"
        + '    return Api()._post({"input": {"message": question}})["output"]["message"]\n',
        False,
    ),
}


@pytest.mark.parametrize(("source", "moves"), IDS.values(), ids=IDS)
def test_an_id_of_an_object_goes_into_a_body_that_is_handed_to_it_alone(
    source: str, moves: bool
) -> None:
    migration = check(source.encode())
    assert (b'"assistant_id": self.id' in migration.result) is moves
    codes = [f.reason.code for f in migration.findings if f.reason is not None]
    assert codes == ([] if moves else ["name-not-in-scope"])


_PATHS = """\
import os
import requests

BASE = "https://api.openai.com/v1"
PATH = "/workflows/runs"


def ask(question):
    r = requests.post(
        BASE + PATH,
        json={"workflow_id": os.environ["WF"], "input": {"message": question}},
        headers={"Authorization": f"Bearer {os.environ['K']}"},
    )
    r.raise_for_status()
    return r.json()["output"]["message"]
"""
_METHOD = _PATHS.replace('PATH = "/workflows/runs"\n', "").replace(
    "def ask(question):\n",
    'class Api:\n    path = "/workflows/runs"\n\n    def ask(self, question):\n',
)
_METHOD = _METHOD.replace("\n    r", "\n        r").replace("BASE + PATH", "BASE + self.path")
PATHS = {
    "behind-a-constant": _PATHS,
    "in-an-f-string": _PATHS.replace("BASE + PATH", 'f"{BASE}{PATH}"'),
    "of-a-class": _METHOD,
    "with-the-version": _PATHS.replace("/v1", "").replace("/workflows", "/v1/workflows"),
    "by-getattr": _PATHS.replace(
        'BASE = "https://api.openai.com/v1"',
        'import settings\n\nBASE = getattr(settings, "BASE", "https://api.openai.com/v1")',
    ),
}


@pytest.mark.parametrize("target", _TARGETS)
@pytest.mark.parametrize("source", PATHS.values(), ids=PATHS)
def test_a_path_that_one_url_alone_reads_becomes_the_new_one(source: str, target: str) -> None:
    settings = Settings(target=target)
    result = check(source.encode(), settings=settings).result
    new = {"assistants": b"/threads/runs", "responses": b"/responses"}[target]
    assert b'= "' + new in result or b'= "/v1' + new in result
    assert b"workflows" not in result
    assert not [f for f in migrate(result, "a.py", settings).findings if f.bucket is Bucket.LEFT]


def test_a_path_that_something_else_reads_stays() -> None:
    source = _PATHS + "\n\nprint(PATH)\nother = PATH\n"
    result = check(source.encode(), settings=Settings(target="responses")).result
    assert b'PATH = "/workflows/runs"' in result
    assert b'BASE + "/responses"' in result


def test_another_function_of_that_name_is_no_getattr() -> None:
    source = PATHS["by-getattr"].replace("import settings", "from own import getattr, settings")
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert not migration.changed
