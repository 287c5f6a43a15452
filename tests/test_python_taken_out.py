"""Assignments to a body that go: an `if` that only led to them goes too, or `pass` stands there."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_PROGRAM = """\
import os

import requests


def ask(text, version=None, user=None):
    payload = {"workflow_id": os.environ["WF"], "input": {"message": text}}
    session = os.environ.get("SESSION")
MORE
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": "Bearer sk-1"},
        json=payload,
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
"""
_VERSION = 'payload["version"] = version'
_USER = 'payload["user"] = user'


def _between(more: str) -> str:
    """What stands in the place of some lines in the migrated file."""
    source = _PROGRAM.replace("MORE", "\n".join("    " + line for line in more.split("\n")))
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED], migration.findings
    text = migration.result.decode()
    above = text.index('("SESSION")\n') + len('("SESSION")\n')
    lines = text[above : text.index("    response = ")].splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        pytest.param(f"if version:\n    {_VERSION}", "", id="one"),
        pytest.param(f"if version and user:\n    {_VERSION}\n    {_USER}", "", id="two"),
        pytest.param(
            f"if version is not None:\n    if user in (1, 2):\n        {_USER}\n    {_VERSION}",
            "",
            id="nested",
        ),
        pytest.param(
            f"if not version:\n    if user:\n        {_USER}", "", id="nested-with-nothing-else"
        ),
        pytest.param(
            'if session:\n    payload["session"] = session',
            "if session:\n    pass",
            id="a-variable-that-nothing-else-reads",
        ),
        pytest.param(
            'if session:\n    payload["session"] = session\nprint(session)',
            "print(session)",
            id="a-variable-that-is-read-elsewhere",
        ),
        pytest.param(
            f"if check(version):\n    {_VERSION}\n    {_USER}",
            "if check(version):\n    pass",
            id="a-test-that-may-do-something",
        ),
        pytest.param(
            f"if check(version):\n    if user:\n        {_USER}",
            "if check(version):\n    pass",
            id="nested-in-a-test-that-may-do-something",
        ),
        pytest.param(
            f"if version:\n    {_VERSION}\nelse:\n    print(1)",
            "if version:\n    pass\nelse:\n    print(1)",
            id="another-branch",
        ),
        pytest.param(
            f"# as the gateway wants it\nif version:\n    {_VERSION}",
            "# as the gateway wants it\nif version:\n    pass",
            id="a-comment-above",
        ),
        pytest.param(
            f"if version:\n    print(version)\n    {_VERSION}",
            "if version:\n    print(version)",
            id="something-beside-it",
        ),
        pytest.param(
            f"for _ in range(2):\n    if version:\n        {_VERSION}",
            "for _ in range(2):\n    if version:\n        pass",
            id="alone-in-a-loop",
        ),
        pytest.param(
            f"if version: {_VERSION}", "if version: pass", id="on-one-line"
        ),
        pytest.param(
            f"{_VERSION}; {_USER}", "pass; pass", id="two-on-a-line"
        ),
    ],
)  # fmt: skip
def test_what_only_leads_to_a_field_that_goes_goes_too(more: str, wanted: str) -> None:
    assert _between(more) == wanted
