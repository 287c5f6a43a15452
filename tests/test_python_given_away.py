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


_LAMBDA = (
    _ONE.replace("def one(message):\n    response = ", "one = lambda message: ")
    .replace("    response.raise_for_status()\n    return response.json()\n", "")
    .replace("    )\n", ").json()\n")
)
#: What has the place of the text that a dead answer had, behind a list that a live one has.
BEHIND = {
    "by-keys": 'run["output"]["message"]',
    "by-gets": 'run.get("output", {}).get("message")',
    "by-both": 'run["output"].get("message")',
}


@_TARGETS
@pytest.mark.parametrize("read", BEHIND.values(), ids=BEHIND)
@pytest.mark.parametrize("one", [_ONE, _LAMBDA], ids=["function", "lambda"])
def test_a_text_behind_the_output_leaves_the_call(one: str, read: str, target: str) -> None:
    source = one + f"texts = [{read} for run in map(one, ['a', 'b'])]\n"
    [finding] = migrate(source.encode(), "program.py", Settings(target=target)).findings
    assert finding.reason in (Reason.ANSWER_HANDED_ON, Reason.ANSWER_NOT_UNDERSTOOD)


@_TARGETS
@pytest.mark.parametrize("one", [_ONE, _LAMBDA], ids=["function", "lambda"])
def test_a_text_among_the_items_of_the_output_may_be_read(one: str, target: str) -> None:
    read = 'run["output"][0]["content"][0]["text"]'
    source = one + f"texts = [{read} for run in map(one, ['a', 'b'])]\n"
    [finding] = check(source.encode(), settings=Settings(target=target)).findings
    assert finding.bucket is Bucket.MIGRATED
