"""Who sends a Python request: sessions that are handed in, made elsewhere or only declared."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check
from tests.test_python_leaves_alone import URL, program

_RESPONSES = Settings(target="responses")


def _method(above: str = "", first: str = "", receiver: str = "self.http") -> bytes:
    """A program whose request is sent in a method."""
    source = program(define="def ask(self, question):", call=f"{receiver}.post").decode()
    head, _, body = source.partition("def ask")
    lines = ("def ask" + body).replace("\n", "\n    ").rstrip()
    return f"{head}{above}\nclass Asker:\n{first}\n    {lines}\n".encode()


SENT = {
    "given-or-made": _method(
        first="    def __init__(self, http=None):\n        self.http = http or requests.Session()\n"
    ),
    "given-by-its-type-or-made": _method(
        first="    def __init__(self, http: requests.Session | None = None):\n"
        "        self.http = http or requests.Session()\n"
    ),
    "made-by-a-function": _method(
        above="def make():\n    s = requests.Session()\n    return s\n",
        first="    def __init__(self):\n        self.http = make()\n",
    ),
    "made-by-a-function-once": _method(
        above="from functools import cache\n@cache\ndef make():\n    return requests.Session()\n",
        first="    def __init__(self):\n        self.http = make()\n",
    ),
    "only-declared": _method(first="    http: httpx.Client\n"),
    "declared-and-given": _method(
        first="    http: httpx.Client\n    def __init__(self, http):\n        self.http = http\n"
    ),
    "made-where-it-is-called": program(
        above="def make():\n    return requests.Session()", call="make().post"
    ),
}


@pytest.mark.parametrize("source", SENT.values(), ids=SENT)
def test_it_is_migrated(source: bytes) -> None:
    [finding] = check(source, settings=_RESPONSES).findings
    assert finding.bucket is Bucket.MIGRATED


def test_headers_of_the_function_that_makes_the_session_are_those_of_the_request() -> None:
    make = (
        "def make():\n    session = requests.Session()\n"
        '    session.headers["Authorization"] = f"Bearer {KEY}"\n    return session'
    )
    source = program(above=make, before="s = make()", call="s.post", headers="")
    result = check(source).result
    assert b'headers={"OpenAI-Beta": "assistants=v2"}' in result


NOT_KNOWN = {
    "given-of-another-type": _method(
        first="    def __init__(self, http: Http | None = None):\n"
        "        self.http = http or requests.Session()\n"
    ),
    "something-else-or-made": _method(
        first="    def __init__(self):\n        self.http = find() or requests.Session()\n"
    ),
    "made-by-one-of-two-returns": _method(
        above="def make():\n    if KEY:\n        return requests.Session()\n    return Other()\n",
        first="    def __init__(self):\n        self.http = make()\n",
    ),
    "made-by-a-context-manager": program(
        above="import contextlib\n@contextlib.contextmanager\ndef make():\n"
        "    return requests.Session()",
        before="http = make()",
        call="http.post",
    ),
    "declared-of-another-type": _method(first="    http: Http\n"),
    "by-a-connection-of-the-standard-library": program(
        above='import http.client\nconn = http.client.HTTPSConnection("api.openai.com")',
        call="conn.request",
        url='"POST", "/v1/workflows/runs"',
    ),
}


@pytest.mark.parametrize("source", NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_it_is_left_where_the_sender_is_not_known(source: bytes) -> None:
    [finding] = check(source, settings=_RESPONSES).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.UNKNOWN_TRANSPORT)


def test_a_connection_to_another_host_is_not_mentioned() -> None:
    source = program(
        above='import http.client\nconn = http.client.HTTPSConnection("example.org")',
        call="conn.request",
        url='"POST", "/v1/workflows/runs"',
    )
    assert check(source).findings == ()


_POST = (
    "def send(path, body):\n"
    '    return requests.post(f"https://api.openai.com/v1{path}", json=body)\n'
)

POSTED = {
    "path": (_POST, 'send("/workflows/runs", body)'),
    "path-with-an-id": (_POST, 'send(f"/workflows/{WF}/runs", body)'),
    "by-its-name": (_POST, 'send(body=body, path="/workflows/runs")'),
    "through-another-function": (
        _POST + "def twice(path, body):\n    return send(path, body)\n",
        'twice("/workflows/runs", body)',
    ),
    "by-the-method": (
        "def send(method, path, **kwargs):\n"
        '    url = "https://api.openai.com/v1" + path\n'
        "    return requests.request(method, url, **kwargs)\n",
        'send("POST", "/workflows/runs", json=body)',
    ),
    "base-of-the-client": (
        'http = httpx.Client(base_url="https://api.openai.com/v1")\n'
        "def send(path, body):\n    return http.post(path, json=body)\n",
        'send("/workflows/runs", body)',
    ),
}


@pytest.mark.parametrize(("above", "call"), POSTED.values(), ids=POSTED)
def test_a_path_that_a_function_of_the_file_is_given_is_noticed(above: str, call: str) -> None:
    source = f"import httpx, requests\n{above}\n\ndef ask(body):\n    return {call}\n".encode()
    [finding] = check(source).findings
    # The body is the caller's, who is in another file.
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.BODY_NOT_UNDERSTOOD)
    start = finding.span.start
    assert source[start:].startswith(call[: call.index("(")].encode())


def test_a_method_that_is_given_the_path_is_noticed() -> None:
    source = (
        b"import requests\n\n\nclass Api:\n"
        b'    BASE = "https://api.openai.com/v1"\n\n'
        b"    def _request(self, method, path, **more):\n"
        b'        return requests.request(method, f"{self.BASE}{path}", **more)\n\n'
        b"    def chat(self, body):\n"
        b'        return self._request("POST", "/chat/completions", json=body)\n\n'
        b"    def run(self, body):\n"
        b'        return self._request("POST", "/workflows/runs", json=body)\n'
    )
    [finding] = check(source).findings
    assert finding.reason is Reason.BODY_NOT_UNDERSTOOD
    assert source[finding.span.start :].startswith(b'self._request("POST", "/workflows/runs"')


NOT_POSTED = {
    "of-another-host": _POST.replace("api.openai.com", "api.dify.ai"),
    "of-another-path": _POST.replace("/v1{path}", "/v1/audio{path}"),
    "that-sends-nothing": "def send(path, body):\n    return path, body\n",
    "of-another-file": "from web import send\n",
}


@pytest.mark.parametrize("above", NOT_POSTED.values(), ids=NOT_POSTED)
def test_a_path_for_something_else_is_not_mentioned(above: str) -> None:
    source = f'import requests\n{above}\nprint(send("/workflows/runs", {{}}))\n'
    assert check(source.encode()).findings == ()


def test_no_call_is_told_twice() -> None:
    source = (
        f'import requests\n\n\ndef send(url="{URL}"):\n    return requests.post(url, json={{}})\n'
        f'\n\nsend("{URL}")\n'
    )
    spans = [finding.span for finding in check(source.encode()).findings]
    assert len(spans) == len(set(spans)) == 2


# clients of the library


def _library(client: str, above: str = "from openai import OpenAI") -> bytes:
    return (
        f"{above}\n\n\n{client}\n"
        '    run = client.workflows.runs.create(workflow_id="wf_1", input={"message": text})\n'
        "    return run.output_text\n"
    ).encode()


CLIENTS = {
    "default-of-a-parameter": _library("openai = OpenAI()\n\n\ndef ask(text, client=openai):"),
    "made-by-a-function": _library(
        "def make():\n    return OpenAI()\n\n\ndef ask(text):\n    client = make()"
    ),
    "given-or-made": _library("def ask(text, client=None):\n    client = client or OpenAI()"),
    "injected": _library(
        "def make():\n    return OpenAI()\n\n\ndef ask(text, client: OpenAI = Depends(make)):",
        "from fastapi import Depends\nfrom openai import OpenAI",
    ),
    "by-its-type": _library("def ask(text, client: OpenAI):"),
    "by-its-type-or-none": _library("def ask(text, client: OpenAI | None = None):"),
}


@pytest.mark.parametrize("source", CLIENTS.values(), ids=CLIENTS)
def test_a_client_is_followed_to_where_it_is_made(source: bytes) -> None:
    [finding] = check(source, settings=_RESPONSES).findings
    assert finding.bucket is Bucket.MIGRATED
    assert b"client.responses.create(" in check(source, settings=_RESPONSES).result


UNKNOWN_CLIENTS = {
    "by-the-files-imports": _library("def ask(text, client):"),
}


@pytest.mark.parametrize("source", UNKNOWN_CLIENTS.values(), ids=UNKNOWN_CLIENTS)
def test_a_client_from_elsewhere_is_told(source: bytes) -> None:
    [finding] = check(source, settings=_RESPONSES).findings
    assert (finding.bucket, finding.reason) == (Bucket.LEFT, Reason.CLIENT_UNKNOWN)


@pytest.mark.parametrize(
    "source",
    [
        _library("def ask(text, client):", "import os"),
        _library("def ask(text, client):", "from openai import OpenAI\nfrom cozepy import Coze"),
        _library("def ask(text, client: Coze):", "from openai import OpenAI"),
        _library("def ask(text, client=coze):").replace(b"client.w", b"coze_client.w"),
    ],
    ids=["nothing-imported", "coze-imported-too", "of-another-type", "by-its-name"],
)
def test_a_client_of_another_library_is_not_mentioned(source: bytes) -> None:
    assert check(source, settings=_RESPONSES).findings == ()
