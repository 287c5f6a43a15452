"""Headers in Python that take in others by `**`, and httpx's own limit in one function."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check
from tests.server import RunningServer, running_server
from tests.skipping import needs
from tests.test_python_behaviour import QUESTION, asked

_RESPONSES = Settings(target="responses")
_KEY = '"Authorization": "Bearer sk-test-1"'
_BETA = '"OpenAI-Beta": "assistants=v2"'
_TYPE = '"Content-Type": "application/json"'

_DEAD = """\
import requests

BASE = {%s}


def ask(question):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={**BASE, "X-App": "desk"},
        json={"workflow_id": "asst_test1", "input": {"message": question}},
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
"""

_RAW = """\
import time

import LIBRARY

URL = "https://api.openai.com/v1/threads"
BASE = {%s}


def ask(question):
    thread = LIBRARY.post(URL, headers={**BASE, "X-App": "desk"}, json={}).json()
    LIBRARY.post(
        f"{URL}/{thread['id']}/messages",
        headers={**BASE, "X-App": "desk"},
        json={"role": "user", "content": question},
    )
    run = LIBRARY.post(
        f"{URL}/{thread['id']}/runs",
        headers={**BASE, "X-App": "desk"},
        json={"assistant_id": "asst_test1"},
    ).json()
    while run["status"] != "completed":
        time.sleep(1)
        run = LIBRARY.get(
            f"{URL}/{thread['id']}/runs/{run['id']}", headers={**BASE, "X-App": "desk"}
        ).json()
    page = LIBRARY.get(
        f"{URL}/{thread['id']}/messages", headers={**BASE, "X-App": "desk"}
    ).json()
    return page["data"][0]["content"][0]["text"]["value"]
"""


def _raw(base: str, library: str = "requests", more: str = "") -> str:
    return (_RAW % base).replace("LIBRARY", library) + more


_OTHER = (
    "\n\ndef models():\n"
    '    return requests.get("https://api.openai.com/v1/models", headers=BASE).json()\n'
)


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    needs("requests", "httpx")
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer) -> Iterator[RunningServer]:
    yield api
    api.reset()


def _migrated(source: str, target: str) -> bytes:
    migration = check(source.encode(), settings=Settings(target=target))
    assert {f.bucket for f in migration.findings} == {Bucket.MIGRATED}
    return migration.result


@pytest.mark.parametrize("target", ["assistants", "responses"])
def test_the_key_may_be_in_what_is_taken_in(target: str, server: RunningServer) -> None:
    result = _migrated(_DEAD % _KEY, target)
    assert asked(result, server) == server.control.answer
    assert not server.violations


@pytest.mark.parametrize("base", [f"{_KEY}, {_BETA}", f"{_KEY}, {_TYPE}, {_BETA}"])
def test_the_beta_header_goes_from_what_only_these_requests_take_in(
    base: str, server: RunningServer
) -> None:
    result = _migrated(_raw(base), "responses")
    assert b"OpenAI-Beta" not in result
    assert asked(result, server) == server.control.answer
    assert not server.violations


def test_the_beta_header_stays_for_another_request(server: RunningServer) -> None:
    result = _migrated(_raw(f"{_KEY}, {_BETA}", more=_OTHER), "responses").decode()
    assert f"BASE = {{{_KEY}, {_BETA}}}" in result
    assert '**{k: v for k, v in BASE.items() if k != "OpenAI-Beta"}' in result
    assert asked(result.encode(), server) == server.control.answer
    assert not any("openai-beta" in {n.lower() for n in r.headers} for r in server.requests)


#: What is left, and by which reason: what BASE holds, and what of the program is another.
_LEFT = {
    "no-key-anywhere": (_DEAD % _TYPE, "headers-not-understood"),
    "a-dict-that-is-not-known": (
        (_DEAD % _KEY).replace("BASE = {", "BASE = made() or {"),
        "headers-not-understood",
    ),
    "a-dict-that-changes": (
        _DEAD % _KEY + '\n\ndef out():\n    del BASE["Authorization"]\n',
        "headers-not-understood",
    ),
    "a-beta-header-in-the-dead-call": (_DEAD % f"{_KEY}, {_BETA}", "headers-not-understood"),
    "a-beta-header-two-dicts-deep": (
        _raw(f"{_KEY}, **BETA").replace("BASE = ", f"BETA = {{{_BETA}}}\nBASE = "),
        "headers-not-understood",
    ),
}


@pytest.mark.parametrize("name", _LEFT)
def test_left_because(name: str) -> None:
    source, code = _LEFT[name]
    migration = check(source.encode(), settings=_RESPONSES)
    assert migration.result == source.encode()
    assert [f.reason.code for f in migration.findings if f.reason is not None][:1] == [code]


@pytest.mark.parametrize(("library", "told"), [("httpx", True), ("requests", False)])
def test_the_five_seconds_of_httpx_are_told(library: str, told: bool) -> None:
    migration = check(_raw(_KEY, library).encode(), settings=_RESPONSES)
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert any("httpx for 5 seconds" in note for note in notes) == told


def test_a_limit_of_the_file_itself_is_no_five_seconds() -> None:
    source = _raw(_KEY, "httpx").replace(
        'json={"assistant_id": "asst_test1"},',
        'json={"assistant_id": "asst_test1"},\n        timeout=90,',
    )
    migration = check(source.encode(), settings=_RESPONSES)
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert "its timeout has to be enough for the whole answer now" in notes
    assert not any("5 seconds" in note for note in notes)


def test_the_new_request_is_asked_the_question(server: RunningServer) -> None:
    asked(_migrated(_raw(f"{_KEY}, {_BETA}"), "responses"), server)
    [sent] = [r for r in server.requests if r.path == "/v1/responses"]
    assert json.loads(sent.body)["input"] == QUESTION
