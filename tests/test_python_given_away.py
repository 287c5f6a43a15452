"""Functions that a pool is given: what is read of their answers is there, or it is left."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_ONE = """\
import os
from concurrent.futures import ThreadPoolExecutor

import requests


def one(message):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['KEY']}"},
        json={"workflow_id": os.environ["WF"], "input": {"message": message}},
        timeout=30,
    )
    response.raise_for_status()
    return response.json()


"""
WAYS = {
    "mapped": (
        "def every(messages):\n    with ThreadPoolExecutor(4) as pool:\n"
        "        return [run[FIELD] for run in pool.map(one, messages)]\n"
    ),
    "submitted": (
        "def every(executor, messages):\n"
        "    asked = [executor.submit(one, message) for message in messages]\n"
        "    return [each.result().get(FIELD) for each in asked]\n"
    ),
    "deep": (
        "def every(messages):\n    with ThreadPoolExecutor(4) as pool:\n"
        '        return [run[FIELD]["text"] for run in pool.map(one, messages)]\n'
    ),
}


@_TARGETS
@pytest.mark.parametrize("way", ["mapped", "submitted"])
def test_what_the_answer_has_may_be_read(way: str, target: str) -> None:
    source = (_ONE + WAYS[way].replace("FIELD", '"output_text"')).encode()
    [finding] = check(source, settings=Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED


@_TARGETS
@pytest.mark.parametrize("way", WAYS)
def test_what_it_does_not_have_leaves_the_call(way: str, target: str) -> None:
    source = (_ONE + WAYS[way].replace("FIELD", '"answer"')).encode()
    migration = migrate(source, "program.py", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [Reason.ANSWER_HANDED_ON]
    assert not migration.changed
