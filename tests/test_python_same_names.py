"""Functions whose name means several: dead calls inside or through them are told all the same."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_HEAD = """\
import os
import requests

BASE = "https://api.openai.com/v1"
H = {"Authorization": f"Bearer {os.environ['KEY']}", "OpenAI-Beta": "assistants=v2"}


"""
_SENDS = """\
def call(method, path, body=None):
    r = requests.request(method, BASE + path, headers=H, json=body, timeout=3)
    r.raise_for_status()
    return r.json()


"""
_AGAIN = _SENDS.replace("timeout=3", "timeout=9")
_RUN = 'call("POST", "/workflows/runs", {"workflow_id": "wf_1", "input": {"message": question}})'
_ASKS = f'def ask(question):\n    return {_RUN}["output"]["message"]\n'
_THREADS = """\
def ask(question):
    thread = call("POST", "/threads", {})
    call("POST", f"/threads/{thread['id']}/messages", {"role": "user", "content": question})
    run = call("POST", f"/threads/{thread['id']}/runs", {"assistant_id": "asst_1"})
    while run["status"] in ("queued", "in_progress"):
        run = call("GET", f"/threads/{thread['id']}/runs/{run['id']}")
    messages = call("GET", f"/threads/{thread['id']}/messages")
    return messages["data"][0]["content"][0]["text"]["value"]
"""


def _indented(code: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in code.splitlines(True))


_EITHER = f'if os.environ.get("X"):\n{_indented(_SENDS.strip())}\nelse:\n{_indented(_AGAIN)}'
_METHODS = "class Api:\n" + _indented(_SENDS).replace("call(", "call(self, ")
_ASKS_ITSELF = _indented(_ASKS).replace("ask(", "ask(self, ").replace(" call(", " self.call(")
#: What binds the name, which stands above what calls it.
SEVERAL = {
    "one-in-each-branch": _EITHER,
    "one-after-the-other": _SENDS + _AGAIN,
    "wrapped-later": _SENDS + "call = retried(call)\n\n\n",
    "one-that-is-imported-otherwise": "try:\n    from fast import call\nexcept ImportError:\n"
    + _indented(_SENDS),
    "another-name-for-one-of-two": _SENDS.replace("call(", "send(")
    + _AGAIN.replace("call(", "send(")
    + "call = send\n\n\n",
}


@pytest.mark.parametrize("above", SEVERAL.values(), ids=SEVERAL)
@pytest.mark.parametrize("asks", [_ASKS, _THREADS], ids=["made-up", "assistants"])
def test_a_call_through_one_of_several_is_told_once(above: str, asks: str) -> None:
    source = (_HEAD + above + asks).encode()
    migration = check(source, settings=Settings(target="responses"))
    [finding] = migration.findings
    assert finding.reason is Reason.UNKNOWN_TRANSPORT
    assert "`call`, which may be another than the function in line" in finding.detail
    assert not migration.changed


@pytest.mark.parametrize(
    "below",
    [
        _METHODS + _METHODS.replace("class Api:\n", "") + _ASKS_ITSELF,
        _METHODS
        + _ASKS_ITSELF
        + "\n\nclass Other(Api):\n    def call(self, *more):\n        pass\n",
        _METHODS + _ASKS_ITSELF + "\n\nApi.call = print\n",
    ],
    ids=["twice-in-a-class", "also-in-a-class-below", "set-on-the-class"],
)
def test_a_call_of_a_method_that_may_be_another_is_told_once(below: str) -> None:
    migration = check((_HEAD + below).encode(), settings=Settings(target="responses"))
    [finding] = migration.findings
    assert finding.reason is Reason.UNKNOWN_TRANSPORT
    assert not migration.changed


def test_dead_calls_inside_of_both_are_migrated() -> None:
    inside = """\
    def ask(question):
        r = requests.post(BASE + "/workflows/runs", headers=H, timeout=3,
                          json={"workflow_id": "wf_1", "input": {"message": question}})
        return r.json()["output"]["message"]
"""
    source = _HEAD + f'if os.environ.get("X"):\n{inside}else:\n{inside}'
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED, Bucket.MIGRATED]


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_a_call_that_gives_a_function_the_whole_url_is_told_once(target: str) -> None:
    sends = _SENDS.replace("BASE + path", "path")
    source = _HEAD + sends + _ASKS.replace('"/workflows', '"https://api.openai.com/v1/workflows')
    migration = check(source.encode(), settings=Settings(target=target))
    assert len(migration.findings) == 1


def test_a_name_that_no_function_of_the_file_has_is_not_mentioned() -> None:
    source = _HEAD + "from other import call\n\n\n" + _THREADS
    assert not check(source.encode(), settings=Settings(target="responses")).findings
