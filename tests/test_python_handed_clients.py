"""Sessions and clients that a function of the file is handed: known where every call hands one."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_LIVE = {"assistants": "threads/runs", "responses": "responses"}
_OPENAI = "https://api.openai.com/v1"
_ASK = """\
import os

import httpx
import requests


def ask(client, question):
    response = client.post(
        URL, json={"workflow_id": os.environ["WF"], "input": {"message": question}}
    )
    response.raise_for_status()
    return response.json()["output"]["message"]


"""
_MADE = f'httpx.Client(base_url="{_OPENAI}", headers={{"Authorization": os.environ["KEY"]}})'


def _program(calls: str, url: str = "/workflows/runs") -> bytes:
    return (_ASK.replace("URL", repr(url).replace("'", '"')) + calls).encode()


#: How the client comes to the function, and what the dead URL is.
KNOWN = {
    "in-a-with": (f"with {_MADE} as http:\n    ask(http, input())\n", "/workflows/runs"),
    "by-name": (f"http = {_MADE}\nask(question=input(), client=http)\n", "/workflows/runs"),
    "twice-the-same": (f"http = {_MADE}\nask(http, 'a')\nask(http, 'b')\n", "/workflows/runs"),
    "through-another-function": (
        f"def both(c):\n    return ask(c, 'a'), ask(c, 'b')\n\n\nboth({_MADE})\n",
        "/workflows/runs",
    ),
    "session-without-a-base": (
        "s = requests.Session()\ns.headers.update({'Authorization': os.environ['KEY']})\n"
        "ask(s, input())\n",
        f"{_OPENAI}/workflows/runs",
    ),
}
_NOT_KNOWN = {
    "nobody-calls-it": ("", "/workflows/runs", None),
    "another-base-as-well": (
        f'ask({_MADE}, "a")\nask(httpx.Client(base_url="https://example.org/v1"), "b")\n',
        "/workflows/runs",
        Reason.UNRESOLVED_HOST,
    ),
    "another-library-as-well": (
        f'ask({_MADE}, "a")\nask(requests.Session(), "b")\n',
        f"{_OPENAI}/workflows/runs",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "one-call-is-not-seen-through": (
        f'ask({_MADE}, "a")\nask(*given())\n',
        f"{_OPENAI}/workflows/runs",
        Reason.UNKNOWN_TRANSPORT,
    ),
    "an-own-class": (
        'class Client: ...\nask(Client(), "b")\n',
        f"{_OPENAI}/workflows/runs",
        Reason.UNKNOWN_TRANSPORT,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("calls", "url"), KNOWN.values(), ids=KNOWN)
def test_the_client_is_what_every_call_hands_in(calls: str, url: str, target: str) -> None:
    migration = check(_program(calls, url), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    front = "/" if url.startswith("/") else f"{_OPENAI}/"
    assert f'client.post(\n        "{front}{_LIVE[target]}"' in migration.result.decode()


@_TARGETS
@pytest.mark.parametrize(("calls", "url", "reason"), _NOT_KNOWN.values(), ids=_NOT_KNOWN)
def test_it_is_left_where_it_is_not_known(
    calls: str, url: str, reason: Reason | None, target: str
) -> None:
    migration = migrate(_program(calls, url), "program.py", Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == [reason] * (reason is not None)


_HEAD = """\
import os
from functools import lru_cache
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI

from app import other_client

app = FastAPI()


"""
_READ = """\
    response = client.post(
        "/workflows/runs", json={"workflow_id": os.environ["WF"], "input": {"message": question}}
    )
"""
_SHOWN = '    response.raise_for_status()\n    return response.json()["output"]["message"]\n'
_YIELDS = f"def get_client():\n    with {_MADE} as http:\n        yield http\n\n\n"
_RETURNS = f"def get_client():\n    return {_MADE}\n\n\n"
_ROUTE = '@app.post("/ask")\ndef answer(question: str, client'
_HELPED = f"def ask(client, question):\n{_READ}{_SHOWN}\n\n"
_TEST = 'def test_it(api):\n    assert "30 days" in ask(api, "How long?").lower()\n'
_FIXTURE = "@pytest.fixture\n" + _YIELDS.replace("get_client", "api")

#: What FastAPI or pytest gives a function, by a function of the file.
PROVIDED = {
    "depends-on-what-is-yielded": (
        f"{_YIELDS}{_ROUTE}: httpx.Client = Depends(get_client)):\n{_READ}{_SHOWN}"
    ),
    "depends-on-what-is-returned": f"{_RETURNS}{_ROUTE}=Depends(get_client)):\n{_READ}{_SHOWN}",
    "depends-on-what-is-kept": (
        f"@lru_cache\n{_RETURNS}{_ROUTE}=Depends(get_client)):\n{_READ}{_SHOWN}"
    ),
    "in-an-annotation": (
        f"{_RETURNS}{_ROUTE}: Annotated[httpx.Client, Depends(get_client)]):\n{_READ}{_SHOWN}"
    ),
    "in-an-annotation-with-a-name": (
        f"{_RETURNS}Client = Annotated[httpx.Client, Depends(get_client)]\n\n\n"
        f"{_ROUTE}: Client):\n{_READ}{_SHOWN}"
    ),
    "a-fixture": f"{_FIXTURE}{_HELPED}{_TEST}",
    "a-fixture-of-the-session": (
        _FIXTURE.replace("fixture", 'fixture(scope="session")', 1) + _HELPED + _TEST
    ),
    "a-fixture-with-a-fixture": (
        f"{_FIXTURE.replace('def api', 'def http')}"
        f"@pytest.fixture\ndef api(http):\n    return http\n\n\n{_HELPED}{_TEST}"
    ),
}
_NOT_PROVIDED = {
    "depends-on-another-file-s": (
        f"{_ROUTE}: httpx.Client = Depends(other_client)):\n{_READ}{_SHOWN}",
        [],
    ),
    "depends-on-one-of-two": (
        f"{_RETURNS.rstrip()}\n    return other_client()\n\n\n"
        f"{_ROUTE}: httpx.Client = Depends(get_client)):\n{_READ}{_SHOWN}",
        [Reason.UNRESOLVED_HOST],
    ),
    "depends-on-what-a-decorator-gives": (
        f"@app.wraps\n{_RETURNS}{_ROUTE}: httpx.Client = Depends(get_client)):\n{_READ}{_SHOWN}",
        [Reason.UNRESOLVED_HOST],
    ),
    "a-parameter-in-place-of-a-fixture": (
        f"{_FIXTURE}{_HELPED}@pytest.mark.parametrize('api', [other_client()])\n{_TEST}",
        [Reason.URL_NOT_FOLLOWED],
    ),
    "a-function-that-is-no-fixture": (
        f"{_YIELDS.replace('get_client', 'api')}{_HELPED}{_TEST}",
        [Reason.URL_NOT_FOLLOWED],
    ),
}


@_TARGETS
@pytest.mark.parametrize("code", PROVIDED.values(), ids=PROVIDED)
def test_the_client_is_what_a_framework_gives(code: str, target: str) -> None:
    migration = check((_HEAD + code).encode(), settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert f'client.post(\n        "/{_LIVE[target]}"' in migration.result.decode() or (
        f'client.post("/{_LIVE[target]}"' in migration.result.decode()
    )


@_TARGETS
@pytest.mark.parametrize(("code", "reasons"), _NOT_PROVIDED.values(), ids=_NOT_PROVIDED)
def test_it_is_left_where_what_a_framework_gives_is_not_known(
    code: str, reasons: list[Reason], target: str
) -> None:
    migration = migrate((_HEAD + code).encode(), "program.py", Settings(target=target))
    assert not migration.changed
    assert [finding.reason for finding in migration.findings] == reasons
