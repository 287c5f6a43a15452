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
