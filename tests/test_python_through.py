"""Hand-written Assistants requests in Python that functions of the file send, and those left."""

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
from tests.tools import collect_garbage

_RESPONSES = Settings(target="responses")
_ABOVE = """\
import os
import time
import httpx
import requests
from tenacity import retry, stop_after_attempt

BASE = "https://api.openai.com/v1"
H = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}", "OpenAI-Beta": "assistants=v2"}


"""
_SENDS = """\
def call(method, path, body=None):
    r = requests.request(method, BASE + path, headers=H, json=body)
    r.raise_for_status()
    return r.json()
"""
_ASKS = """

def ask(question):
    thread = call("POST", "/threads")
    thread_id = thread["id"]
    call("POST", f"/threads/{thread_id}/messages", {"role": "user", "content": question})
    run = call("POST", f"/threads/{thread_id}/runs", {"assistant_id": os.environ["WORKFLOW_ID"]})
    while run["status"] != "completed":
        if run["status"] in ("failed", "expired", "cancelled"):
            raise RuntimeError(run["status"])
        time.sleep(1)
        run = call("GET", f"/threads/{thread_id}/runs/{run['id']}")
    messages = call("GET", f"/threads/{thread_id}/messages")
    return messages["data"][0]["content"][0]["text"]["value"]
"""
_LIVE = """

def models():
    return call("GET", "/models")
"""


def _program(sends: str = _SENDS, asks: str = _ASKS, more: str = "") -> bytes:
    return (_ABOVE.replace("from tenacity", "from tests.nobody") + sends + asks + more).encode()


def _in_sends(old: str, new: str) -> bytes:
    assert old in _SENDS
    return _program(_SENDS.replace(old, new))


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in code.strip().splitlines()) + "\n"


def _of_class(asks: str, receiver: str) -> bytes:
    method = _indented(_SENDS.replace("def call(", "def call(self, "))
    above = "class Api:\n" + method + "\n\n"
    return _program(above, asks.replace("call(", f"{receiver}.call("))


_RETURNS = "    return r.json()\n"
_ONE_REQUEST = "    r = requests.request(method, BASE + path, headers=H, json=body)\n"
MIGRATED = {
    "as-it-is": _program(),
    "json-at-once": _program(
        "def call(method, path, body=None):\n"
        "    return requests.request(method, BASE + path, headers=H, json=body).json()\n"
    ),
    "by-branches-of-the-method": _in_sends(
        _ONE_REQUEST,
        '    if method == "GET":\n        r = requests.get(BASE + path, headers=H)\n'
        "    else:\n        r = requests.post(BASE + path, headers=H, json=body)\n",
    ),
    "by-several-methods": _in_sends(
        _ONE_REQUEST,
        "    if method in ('GET', 'DELETE'):\n        r = requests.get(BASE + path, headers=H)\n"
        "    else:\n        r = requests.request(method, BASE + path, headers=H, json=body)\n",
    ),
    "the-method-in-capitals": _in_sends("request(method,", "request(method.upper(),").replace(
        b'"GET"', b'"get"'
    ),
    "nothing-for-an-empty-answer": _in_sends(
        _RETURNS, "    return r.json() if r.content else {}\n"
    ),
    "nothing-where-it-fails": _in_sends(
        "    r.raise_for_status()\n", "    if r.status_code == 204:\n        return None\n"
    ),
    "tried-again": _in_sends(
        _ONE_REQUEST + "    r.raise_for_status()\n" + _RETURNS,
        "    for attempt in range(3):\n        try:\n    "
        + _ONE_REQUEST.replace("    r =", "        r =")
        + "            return r.json()\n        except requests.ConnectionError:\n"
        "            time.sleep(1)\n    raise RuntimeError('no answer')\n",
    ),
    "its-error-told": _in_sends(
        "    r.raise_for_status()\n" + _RETURNS,
        "    data = r.json()\n    if data.get('error'):\n"
        "        raise RuntimeError(data['error']['message'])\n    return data\n",
    ),
    "a-body-of-a-text": _in_sends("json=body", "data=json.dumps(body) if body else None")
    .replace(b"import os\n", b"import json\nimport os\n")
    .replace(b'"OpenAI-Beta"', b'"Content-Type": "application/json", "OpenAI-Beta"'),
    "any-path-that-starts-with-a-slash": _in_sends(
        _ONE_REQUEST,
        f'    if not path.startswith("/"):\n        raise ValueError(path)\n{_ONE_REQUEST}',
    ),
    "an-element-that-no-body-has": _in_sends(
        "headers=H", 'headers=H, timeout=9 if body and body.get("stream") else 3'
    ),
    "an-error-or-nothing": _in_sends(
        _RETURNS,
        '    data = r.json()\n    if data.get("error", {}):\n'
        "        raise RuntimeError(data)\n    return data\n",
    ),
    "the-response": _program(
        "def call(method, path, body=None):\n"
        "    return requests.request(method, BASE + path, headers=H, json=body)\n",
        _ASKS.replace('"/threads")', '"/threads").json()')
        .replace('["WORKFLOW_ID"]})', '["WORKFLOW_ID"]}).json()')
        .replace("/{run['id']}\")", "/{run['id']}\").json()")
        .replace('call("GET", f"/threads/{thread_id}/messages")',
                 'call("GET", f"/threads/{thread_id}/messages").json()'),
    ),
    "headers-of-the-call": _program(
        _SENDS.replace("body=None", "headers, body=None").replace("headers=H", "headers=headers"),
        _ASKS.replace('call("POST", "/threads"', 'call("POST", "/threads", H')
        .replace('/messages", {', '/messages", H, {').replace('/runs", {', '/runs", H, {')
        .replace("/{run['id']}\")", "/{run['id']}\", H)").replace('/messages")', '/messages", H)'),
    ),
    "of-a-class-above": _of_class(
        "class Assistant(Api):\n" + _indented(_ASKS.replace("def ask(", "def ask(self, "))
        + "\n\ndef ask(question):\n    return Assistant().ask(question)\n",
        "self",
    ),
    "of-an-object-with-a-type": _of_class(
        _ASKS.replace("def ask(", "def answer(api: Api, ")
        + "\n\ndef ask(question):\n    return answer(Api(), question)\n",
        "api",
    ),
    "keywords-in-any-order": _program(
        asks=_ASKS.replace('call("POST", f"/threads/{thread_id}/messages", {',
                           'call(path=f"/threads/{thread_id}/messages", method="POST", body={')
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    needs("requests", "httpx")
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    yield api
    collect_garbage()
    api.reset()


def _runnable(source: bytes) -> bytes:
    return source.replace(b"from tests.nobody import retry, stop_after_attempt\n", b"")


@pytest.mark.parametrize("source", MIGRATED.values(), ids=MIGRATED)
def test_one_request_by_the_same_function_is_answered(source: bytes, server: RunningServer) -> None:
    migration = check(source, settings=_RESPONSES)
    assert [(f.bucket, f.rule) for f in migration.findings] == [(Bucket.MIGRATED, "CM202")]
    server.control.assistants_gone = True
    server.control.answer = Reply.TRANSCRIPT
    said = asked(_runnable(migration.result), server)
    assert said.splitlines()[-1] == f"user: {QUESTION}"
    assert [r.path for r in server.requests] == ["/v1/responses"]
    assert not server.violations


@pytest.mark.parametrize("source", MIGRATED.values(), ids=MIGRATED)
def test_a_failure_comes_out(source: bytes, server: RunningServer) -> None:
    server.control.scenario = Scenario.FAILED
    with pytest.raises(RuntimeError):
        asked(_runnable(check(source, settings=_RESPONSES).result), server)


def test_a_decorator_that_tries_again_is_no_hindrance() -> None:
    source = _in_sends("def call", "@retry(stop=stop_after_attempt(3))\ndef call")
    [finding] = check(source, settings=_RESPONSES).findings
    assert finding.bucket is Bucket.MIGRATED


def test_two_walks_by_one_function_go_both(server: RunningServer) -> None:
    source = _program(more=_ASKS.replace("def ask", "def again"))
    migration = check(source, settings=_RESPONSES)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED] * 2
    assert b"OpenAI-Beta" not in migration.result
    result = _runnable(migration.result).replace(b"def ask", b"def first")
    assert asked(result.replace(b"def again", b"def ask"), server) == server.control.answer
    assert not server.violations


def test_a_function_for_live_calls_without_the_header_keeps_its_bytes(
    server: RunningServer,
) -> None:
    sends = _SENDS.replace("body=None", "body=None, headers=None").replace(
        "headers=H", "headers=headers or H"
    )
    source = _program(sends.replace("headers or H", "H"), more=_LIVE)
    source = source.replace(b', "OpenAI-Beta": "assistants=v2"', b"")
    migration = check(source, settings=_RESPONSES)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    kept = source[source.index(b"def call") : source.index(b"def ask")]
    assert kept in migration.result
    assert _LIVE.encode() in migration.result
    assert asked(_runnable(migration.result), server) == server.control.answer


_U = Reason.UNKNOWN_TRANSPORT
_B = Reason.BODY_NOT_UNDERSTOOD
LEFT = {
    "it-calls-itself-again": (
        _in_sends("    r.raise_for_status()\n",
                  "    if r.status_code == 429:\n        return call(method, path, body)\n"),
        _U, "call(method, path, body)",
    ),
    "the-answer-in-an-envelope": (
        _in_sends(_RETURNS, '    return {"ok": r.ok, "data": r.json()}\n'), _U, '"data": r.json()'
    ),
    "a-part-of-the-answer": (_in_sends(_RETURNS, '    return r.json()["data"]\n'), _U, '["data"]'),
    "now-this-now-that": (
        _in_sends(_RETURNS, "    if body:\n        return r\n    return r.json()\n"), _U,
        "return r.json()",
    ),
    "it-looks-for-an-error-by-in": (
        _in_sends(_RETURNS, '    data = r.json()\n    if "error" in data:\n'
                  "        raise RuntimeError(data)\n    return data\n"),
        _U, "in line 15",
    ),
    "it-reads-the-status": (
        _in_sends(_RETURNS, "    data = r.json()\n    last = data['status']\n    return data\n"),
        _U, "data['status']",
    ),
    "two-requests": (_in_sends(_ONE_REQUEST, _ONE_REQUEST * 2), _U, "requests.request"),
    "pieces-are-given": (_in_sends("    return r.json()\n", "    yield r.json()\n"), _U, "yield"),
    "another-decorator": (_in_sends("def call", "@cached\ndef call"), _U, "@cached"),
    "the-body-gets-another-element": (
        _in_sends("    r = req", '    if body:\n        body["user"] = "x"\n    r = req'), _U,
        'body["user"]',
    ),
    "the-body-loses-an-element": (
        _in_sends("    r = req", '    if body:\n        body.pop("user", None)\n    r = req'),
        _U, "body.pop",
    ),
    "an-element-of-the-body-is-read": (
        _in_sends("    r = req", '    if body:\n        print(body["role"])\n    r = req'), _U,
        'body["role"]',
    ),
    "an-element-is-looked-for": (
        _in_sends("    r = req", '    assert not body or "role" in body\n    r = req'),
        _U, "in body",
    ),
    "an-element-of-the-body-decides": (
        _in_sends("headers=H", 'headers=H, timeout=9 if (body or {}).get("model") else 3')
        .replace(b'(body or {}).get("model")', b'body.get("assistant_id")'),
        _U, "body.get",
    ),
    "the-body-is-prepared": (
        _in_sends("    r = req", "    prepare(body)\n    r = req"), _U, ": `body`"
    ),
    "paths-that-it-knows": (
        _in_sends("    r = req", '    if not path.startswith("/threads"):\n'
                  "        raise ValueError\n    r = req"),
        _U, "path.startswith",
    ),
    "a-limit-by-the-path": (_in_sends("headers=H", "headers=H, timeout=LIMITS[path]"), _U, "path"),
    "a-limit-by-the-path-or-none": (
        _in_sends("headers=H", "headers=H, timeout=LIMITS.get(path)"), _U, "path"
    ),
    "an-error-looked-for-in-the-text": (
        _in_sends("    r.raise_for_status()\n",
                  '    if "error" in r.text:\n        raise ValueError\n'),
        _U, "in r.text",
    ),
    "a-part-of-the-error-or-of-a-default": (
        _in_sends(_RETURNS, '    data = r.json()\n    if data.get("error", {}).get("message"):\n'
                  "        raise RuntimeError(data)\n    return data\n"),
        _U, "data.get",
    ),
    "another-success-than-200": (
        _in_sends("    r.raise_for_status()\n", "    assert r.status_code == 201\n"), _U, "== 201"
    ),
    "tried-again-by-what-came-back": (
        _in_sends("def call", "@retry(retry=retry_if_result(is_queued))\ndef call"), _U, "is_queued"
    ),
    "tried-again-by-a-function-of-the-file": (
        _in_sends(
            "def call", "def retry(function):\n    return wrapped(function)\n\n\n@retry\ndef call"
        ).replace(b"import retry, ", b"import "),
        _U, "@retry",
    ),
    "the-body-in-another": (_in_sends("json=body", 'json={"data": body}'), _B, '{"data": body}'),
    "the-body-changed": (
        _in_sends("    r = req", '    body = {**(body or {}), "x": 1}\n    r = req'), _B, "body"
    ),
    "the-keywords-changed": (
        _program(
            _SENDS.replace("body=None", "**more").replace("json=body", "**more")
            .replace("    r =", '    more["json"] = wrap(more)\n    r ='),
            _ASKS.replace('/messages", {', '/messages", json={').replace('/runs", {',
                                                                         '/runs", json={'),
        ),
        _U, 'more["json"]',
    ),
    "arguments-in-a-list": (
        _in_sends("    r = requests.request(method, BASE + path, headers=H, json=body)",
                  "    args = [method, BASE + path]\n    r = send(*args)\n"
                  "    requests.request(method, BASE + path, headers=H, json=body)"),
        _U, "return r.json()",
    ),
    "live-calls-are-sent-the-header-too": (
        _program(more=_LIVE), Reason.HEADERS_NOT_UNDERSTOOD, 'call("GET", "/models")'
    ),
    "the-function-is-handed-on": (
        _program(more="\n\nregister(call)\n"), Reason.HEADERS_NOT_UNDERSTOOD, "`call"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "reason", "told"), LEFT.values(), ids=LEFT)
def test_it_is_left_because(source: bytes, reason: Reason, told: str) -> None:
    migration = check(source, settings=_RESPONSES)
    assert not migration.changed
    assert {f.bucket for f in migration.findings} == {Bucket.LEFT}
    [start] = [f for f in migration.findings if f.rule == "CM202"]
    assert start.reason is reason
    assert told in start.detail


def test_with_another_base_it_is_left() -> None:
    settings = Settings(target="responses", base_url="https://llm.example.org/v1")
    [finding] = check(_program(), settings=settings).findings
    assert finding.reason is Reason.UNRESOLVED_HOST


def test_the_assistants_target_keeps_all_of_it() -> None:
    migration = check(_program(), settings=Settings(target="assistants"))
    assert not migration.changed
    assert not migration.findings
