"""Python calls that are left, each with its reason, and look-alikes that are not mentioned."""

from __future__ import annotations

from textwrap import dedent

import pytest

from callmend.findings import Bucket
from tests.python_invariants import check

URL = "https://api.openai.com/v1/workflows/runs"
_HEADERS = '{"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}'
_BODY = '{"workflow_id": WF, "input": {"message": question}}'


def program(
    *,
    url: str = f'"{URL}"',
    headers: str = f"headers={_HEADERS}",
    body: str = f"json={_BODY}",
    more: str = "",
    call: str = "requests.post",
    assign: str = "r = ",
    read: str = 'return r.json()["output"]["message"]',
    above: str = "",
    before: str = "",
    define: str = "def ask(question, messages, other):",
) -> bytes:
    """A program with one call, in which a part may be another one."""
    arguments = ", ".join(part for part in (url, headers, body, more) if part)
    lines = [
        "import os, json, requests, httpx, aiohttp",
        above,
        'KEY = "sk-1"',
        'WF = os.environ["WF"]',
        define,
        *(f"    {line}" for line in before.splitlines()),
        f"    {assign}{call}({arguments})",
        *(f"    {line}" for line in read.splitlines()),
    ]
    return ("\n".join(lines) + "\n").encode()


def test_the_program_is_migrated_where_no_part_is_another_one() -> None:
    [finding] = check(program()).findings
    assert finding.bucket is Bucket.MIGRATED


def _input(text: str) -> str:
    return f'json={{"workflow_id": WF, "input": {text}}}'


LEFT = {
    # the URL
    "host-of-the-environment": (
        program(url='os.environ["BASE"] + "/v1/workflows/runs"'),
        "unresolved-host",
    ),
    "host-with-a-default": (
        program(url=f'os.getenv("URL", "{URL}")'),
        "unresolved-host",
    ),
    "host-of-a-settings-object": (
        program(url='f"{settings.base}/workflows/runs"', above="from conf import settings"),
        "unresolved-host",
    ),
    "host-of-a-parameter-with-a-default": (
        program(
            define="def ask(question, base='https://example.org/v1'):",
            url='base + "/workflows/runs"',
        ),
        "unresolved-host",
    ),
    "one-of-two-urls": (
        program(url=f'"{URL}" if other else "https://example.org"'),
        "url-not-certain",
    ),
    "url-assigned-in-a-branch": (
        program(
            before=f'url = "https://example.org"\nif other:\n    url = "{URL}"',
            url="url",
        ),
        "url-not-certain",
    ),
    "comments-in-a-list-of-urls-whose-first-is-no-lines-first": (
        program(
            before=f"""for each in ["{URL}",  # by the id in the body
    f"https://api.openai.com/v1/workflows/{{WF}}/runs"]:
    r = requests.post(each, headers={_HEADERS}, json={_BODY})
    if r.ok:
        return r.json()["output"]["message"]""",
            url='"https://example.org"',
            read="return r.text",
        ),
        "comment-would-be-lost",
    ),
    "constant-that-no-call-here-uses": (f'WORKFLOW_URL = "{URL}"\n'.encode(), "url-exported"),
    # the client
    "own-function": (program(call="send"), "unknown-transport"),
    "own-client-class": (program(call="Client().post"), "unknown-transport"),
    "client-of-a-parameter": (program(call="other.post"), "unknown-transport"),
    "another-library": (
        program(
            call="pool.request_encode_body", above="import urllib3\npool = urllib3.PoolManager()"
        ),
        "unknown-transport",
    ),
    # the options
    "get": (program(call="requests.get"), "not-a-post"),
    "method-of-a-variable": (
        program(call="requests.request", url=f'other, "{URL}"'),
        "not-a-post",
    ),
    "options-in-a-dict": (program(headers="", body="**other"), "options-not-understood"),
    "files": (program(more="files=other"), "options-not-understood"),
    "query": (program(more='params={"a": 1}'), "options-not-understood"),
    "stream": (program(more="stream=True"), "streaming"),
    "no-headers": (program(headers=""), "no-authorization"),
    "no-authorization": (program(headers='headers={"X": "y"}'), "no-authorization"),
    "headers-of-a-parameter": (program(headers="headers=other"), "headers-not-understood"),
    "headers-of-an-import": (
        program(headers="headers=HEADERS", above="from conf import HEADERS"),
        "headers-not-understood",
    ),
    "headers-changed": (
        program(before=f"h = {_HEADERS}\nh[other] = 'x'", headers="headers=h"),
        "headers-not-understood",
    ),
    "headers-of-which-one-is-deleted": (
        program(before=f"h = {_HEADERS}\nh['X'] = other\ndel h['X']", headers="headers=h"),
        "headers-not-understood",
    ),
    "headers-that-get-the-beta-header-later": (
        program(before=f"h = {_HEADERS}\nh['OpenAI-Beta'] = 'workflows=v1'", headers="headers=h"),
        "headers-not-understood",
    ),
    "headers-that-get-their-key-after-the-call": (
        program(
            before="h = {'X': other}",
            headers="headers=h",
            read='h["Authorization"] = KEY\nreturn r.json()["output"]["message"]',
        ),
        "headers-not-understood",
    ),
    "headers-that-grow-without-a-key": (
        program(before="h = {}\nh['X'] = other", headers="headers=h"),
        "no-authorization",
    ),
    "headers-given-away": (
        program(before=f"h = {_HEADERS}\nsign(h)", headers="headers=h"),
        "headers-not-understood",
    ),
    # the body
    "no-body": (program(body=""), "body-not-understood"),
    "body-of-a-parameter": (program(body="json=other"), "body-not-understood"),
    "body-of-a-call": (program(body="json=make(question)"), "body-not-understood"),
    "body-changed": (
        program(before=f"p = {_BODY}\np[other] = 'x'", body="json=p"),
        "body-not-understood",
    ),
    "body-returned-too": (
        program(before=f"p = {_BODY}", body="json=p", read='return r.json()["output"]["text"], p'),
        "body-not-understood",
    ),
    "body-with-a-spread": (program(body='json={**other, "input": "x"}'), "body-not-understood"),
    "body-as-text": (program(body="data='{}'"), "body-not-understood"),
    "form": (program(body=f"data={_BODY}"), "body-not-understood"),
    "field-without-counterpart": (
        program(body='json={"workflow_id": WF, "input": {"message": question}, "tools": other}'),
        "body-field",
    ),
    "stream-in-the-body": (
        program(body='json={"workflow_id": WF, "input": question + "", "stream": True}'),
        "streaming",
    ),
    "no-id": (program(body='json={"input": {"message": question}}'), "no-workflow-id"),
    "no-input": (program(body='json={"workflow_id": WF}'), "no-message"),
    "message-is-a-list": (program(body=_input('{"message": [question]}')), "no-message"),
    "input-of-a-variable": (
        program(before='i = {"message": question}', body=_input("i")),
        "body-not-understood",
    ),
    # the response
    "response-thrown-away": (program(assign="", read="return 1"), "response-not-bound"),
    "not-read": (program(read="r.raise_for_status()"), "answer-not-read"),
    "only-logged": (
        program(above="import logging", read="logging.info(r.json())"),
        "answer-not-read",
    ),
    "status-201": (
        program(read='if r.status_code != 201:\n    raise ValueError\nreturn r.json()["output"]'),
        "other-read",
    ),
    "used-as-an-object": (
        program(read='a = r.json()["output"]["content"]\nreturn a["type"]'),
        "answer-not-understood",
    ),
    "unpacked": (program(read='a, b = r.json()["output"]["text"]'), "answer-not-understood"),
    "not-awaited": (
        program(
            define="async def ask(question, messages, other):",
            before="c = httpx.AsyncClient()",
            call="c.post",
        ),
        "response-not-bound",
    ),
    # the file
    "generated": (b"# @generated\n" + program(), "generated-file"),
    "python-2": (b'print "hello"\n' + program(), "syntax-error"),
    "magic-of-a-notebook": (b"!pip install requests\n" + program(), "syntax-error"),
    "broken": (program() + b"def (:\n", "syntax-error"),
    "another-encoding-than-declared": (
        b"# -*- coding: ascii -*-\n# \xc3\xa9\n" + program(),
        "not-utf8",
    ),
    "unknown-encoding": (b"# -*- coding: nope -*-\n" + program(), "not-utf8"),
    "session-is-asked-for": (
        program(url='"https://api.openai.com/v1/workflows/wf_1/sessions"'),
        "no-sessions",
    ),
    "not-utf8-and-not-declared": (b"# \xe9\n" + program(), "not-utf8"),
    "id-in-the-path-of-a-base-that-is-not-known": (
        program(url='os.environ["BASE"] + f"/v1/workflows/{WF}/runs"'),
        "unresolved-host",
    ),
    "id-in-the-path-has-another-meaning-at-the-call": (
        program(
            above='ID = "wf_1"\nU = f"https://api.openai.com/v1/workflows/{ID}/runs"',
            before="ID = other",
            url="U",
            body='json={"input": {"message": question}}',
        ),
        "name-not-in-scope",
    ),
    "several-items-of-input": (
        program(body='json={"workflow_id": WF, "input_data": {"input": [other, other]}}'),
        "no-message",
    ),
}


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_left_with_a_reason(source: bytes, reason: str) -> None:
    migration = check(source)
    assert [f.reason.code for f in migration.findings if f.reason is not None] == [reason]
    assert migration.result == source


ALONE = {
    "another-host": program(url='"https://api.dify.ai/v1/workflows/runs"'),
    "a-host-that-only-ends-so": program(url='"https://myapi.openai.com.example/v1/workflows/runs"'),
    "own-server": program(url='"/api/v1/workflows/runs"'),
    "own-server-by-host": program(url='"http://localhost:8000/v1/workflows/runs"'),
    "base-of-another-service": program(
        above='BASE = "https://gitlab.example/v1"', url='f"{BASE}/workflows/runs"'
    ),
    "github-actions": program(
        url='f"https://api.github.com/repos/{other}/actions/workflows/{WF}/runs"'
    ),
    "class-attribute-of-another-service": b"""\
import requests


class Mistral:
    base = "https://api.mistral.ai/v1"

    def run(self):
        return requests.post(f"{self.base}/workflows/runs", json={}).json()
""",
    "fastapi-test-client": b"""\
from fastapi.testclient import TestClient

client = TestClient(app)


def test_runs():
    assert client.post("/v1/workflows/runs", json={}).status_code == 200
""",
    "httpx-client-of-another-host": b"""\
import httpx

client = httpx.Client(base_url="https://api.coze.com/v1")
client.post("/workflows/runs", json={})
""",
    "docstring": f'"""POST {URL} starts a run."""\n'.encode(),
    "comment": f"# {URL}\n".encode(),
    "message": f'print("do not call {URL}")\n'.encode(),
    "printed": f'import requests\nprint("{URL}")\n'.encode(),
    "logged": f'import logging\nlogging.getLogger().info("{URL}")\n'.encode(),
    "compared": f'def f(url):\n    return url == "{URL}"\n'.encode(),
    "responses": f"""\
import responses


@responses.activate
def test_it():
    responses.add(responses.POST, "{URL}", json={{}})
    responses.post("{URL}", json={{}})
""".encode(),
    "respx": f"""\
import respx


def test_it(respx_mock):
    respx.post("{URL}").respond(json={{}})
    respx_mock.post("{URL}").respond(json={{}})
""".encode(),
    "requests-mock": f"""\
import requests_mock


def test_it(requests_mock):
    requests_mock.post("{URL}", json={{}})


def test_that():
    with requests_mock.Mocker() as m:
        m.post("{URL}", json={{}})
""".encode(),
    "unittest-mock": f"""\
from unittest.mock import patch, call


def test_it():
    with patch("requests.post") as post:
        run()
    post.assert_called_once_with("{URL}", json={{}})
    post.assert_has_calls([call("{URL}")])
""".encode(),
    "pytest-httpx": f"""\
def test_it(httpx_mock):
    httpx_mock.add_response(url="{URL}", json={{}})
""".encode(),
    "aioresponses": f"""\
from aioresponses import aioresponses


def test_it():
    with aioresponses() as m:
        m.post("{URL}", payload={{}})
""".encode(),
    "in-a-string-of-the-path-only": b'path = "/v1/workflows/runs"\n',
}


@pytest.mark.parametrize("source", ALONE.values(), ids=ALONE)
def test_not_mentioned(source: bytes) -> None:
    migration = check(source)
    assert migration.findings == ()
    assert migration.result == source


def test_stubs_are_not_read() -> None:
    assert check(program(), "input.pyi").findings == ()


@pytest.mark.parametrize(
    "source",
    [
        program(assign="# callmend-ignore\n    r = "),
        program(assign="# callmend-ignore CM101: asked for\n    r = "),
        program(more="  # callmend-ignore\n"),
    ],
    ids=["above", "with-the-rule", "at-the-end-of-the-line"],
)
def test_a_comment_silences_the_call(source: bytes) -> None:
    [finding] = check(source).findings
    assert finding.bucket is Bucket.IGNORED


def test_a_comment_that_silences_nothing_is_said() -> None:
    migration = check(
        dedent(f"""\
        # callmend-ignore
        x = 1
        # {URL}
        """).encode()
        + program()
    )
    assert [d.code for d in migration.diagnostics] == ["unused-ignore"]
