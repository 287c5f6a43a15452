"""Hand-written requests to the Assistants API in Python that are left, or not mentioned."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_RESPONSES = Settings(target="responses")
_HEAD = 'import requests\n\nH = {"Authorization": "Bearer a", "OpenAI-Beta": "assistants=v2"}\n'
_BASE = 'BASE = "https://api.openai.com/v1"\n'
_START = (
    "def start(thread_id):\n"
    '    url = f"{BASE}/threads/{thread_id}/runs"\n'
    '    return requests.post(url, headers=H, json={"assistant_id": "a"}).json()["id"]\n'
)
_ADD = (
    "def add(thread_id, text):\n"
    '    requests.post(f"{BASE}/threads/{thread_id}/messages", headers=H, '
    'json={"role": "user", "content": text})\n'
)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (_BASE + _START, [("CM202", "run-not-followed")]),
        (_BASE + _ADD, [("CM204", "part-of-a-flow")]),
        (_BASE + _ADD + _START, [("CM204", "part-of-a-flow"), ("CM202", "run-not-followed")]),
    ],
    ids=["a-run-that-is-handed-on", "a-message-of-a-helper", "each-in-a-helper"],
)
def test_left(source: str, found: list[tuple[str, str]]) -> None:
    given = f"{_HEAD}{source}".encode()
    migration = check(given, settings=_RESPONSES)
    assert migration.result == given
    reasons = [(f.rule, f.reason.code) for f in migration.findings if f.reason is not None]
    assert reasons == found


def test_the_assistants_target_says_that_a_run_speaks_it() -> None:
    [finding] = check(f"{_HEAD}{_BASE}{_START}".encode()).findings
    assert (finding.rule, finding.bucket) == ("CM202", Bucket.ALREADY_MIGRATED)


@pytest.mark.parametrize(
    "base",
    ['BASE = "https://forum.example/v1"\n', 'import os\n\nBASE = os.environ["BASE"]\n'],
    ids=["another-host", "a-host-that-is-not-known"],
)
def test_not_mentioned(base: str) -> None:
    assert check(f"{_HEAD}{base}{_ADD}{_START}".encode(), settings=_RESPONSES).findings == ()
