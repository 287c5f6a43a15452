"""What is awaited for a reading is written without the parentheses that only the reading needed."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_PROGRAM = """\
import os

import aiohttp

URL = "https://api.openai.com/v1/workflows/runs"


async def ask(question):
    body = {"workflow_id": os.environ["WF"], "input": {"message": question}}
    headers = {"Authorization": "Bearer sk-1"}
    async with aiohttp.ClientSession() as s, s.post(URL, headers=headers, json=body) as r:
        r.raise_for_status()
        return READ
"""


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(Settings(target="responses"), id="responses"),
        pytest.param(Settings(target="assistants"), id="assistants"),
        pytest.param(Settings(target="assistants", polling="robust"), id="assistants-robust"),
    ],
)
@pytest.mark.parametrize(
    "read",
    [
        pytest.param('(await r.json())["output_text"]', id="on-one-line"),
        pytest.param('(await r.json()).get("output_text", "")', id="with-an-empty-one"),
    ],
)
def test_an_awaited_body_needs_no_parentheses(read: str, settings: Settings) -> None:
    migration = check(_PROGRAM.replace("READ", read).encode(), settings=settings)
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    new = migration.result.decode()
    assert " = await r.json()\n" in new
    assert "(await r.json())" not in new
