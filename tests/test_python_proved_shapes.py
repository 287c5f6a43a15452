"""Python readings whose shape is taken where running the file proves it."""

from __future__ import annotations

import pytest

from callmend.engine import migrate
from callmend.findings import Bucket
from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_ASK = """\
import os

import requests

ABOVE
def ask(message):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['KEY']}"},
        json={"workflow_id": os.environ["WF"], "input": {"message": message}},
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
"""
_DIG = """
def dig(node):
    if node is None:
        return ""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return " ".join(filter(None, map(dig, node)))
    INSIDE
    return ""

"""
_BY_KEYS = """for key in ("text", "message", "content", "output"):
        found = dig(node[key]) if node.get(key) else ""
        if found:
            return found"""


def _program(reading: str, above: str = "") -> bytes:
    return (_ASK.replace("ABOVE\n", above + "\n") + reading).encode()


#: What reads the answer, and the line by which the adapted one has its text there.
PROVED = {
    "text-object-or-list": (
        _program(
            '    text = ""\n'
            '    if isinstance(data["output"], str):\n        text = data["output"]\n'
            '    elif isinstance(data["output"], dict):\n'
            '        text = data["output"].get("text", "")\n'
            '    elif isinstance(data["output"], list):\n'
            '        text = " ".join(each["text"] for each in data["output"])\n'
            '    return {"reply": text}\n'
        ),
        '"output": ',
    ),
    "appended-and-the-first-taken": (
        _program(
            "    tried = []\n"
            '    if data.get("output_text"):\n        tried.append(data["output_text"])\n'
            '    if data.get("answer"):\n        tried.append(data["answer"])\n'
            '    for each in data.get("items", []):\n        tried.append(each["text"])\n'
            '    return tried[0] if tried else "No answer"\n'
        ),
        '"output_text": text,',
    ),
    "values-that-are-joined": (
        _program(
            '    found = data.get("outputs", {})\n    return " ".join(v for v in found.values())\n'
        ),
        '"outputs": {"text": text},',
    ),
    "digger-that-joins-what-it-finds-in-lists": (
        _program("    return dig(data)\n", _DIG.replace("INSIDE", _BY_KEYS)),
        '"content": [{"type": "output_text", "text": text}],',
    ),
}
LEFT = {
    "is-written-beside-another-field": (
        _program("    return f\"{data['output']['text']} {data.get('summary')}\"\n"),
        Reason.OTHER_READ,
    ),
    "comes-with-a-field-that-is-not-there": (
        _program(
            '    items = [each["text"] for each in data.get("items", [])]\n'
            '    return {"reply": data["output_text"], "sources": data["sources"]}\n'
        ),
        Reason.OTHER_READ,
    ),
    "comes-with-all-that-a-digger-finds": (
        _program(
            "    return dig(data)\n",
            _DIG.replace("INSIDE", 'return " ".join(map(dig, node.values()))'),
        ),
        Reason.ANSWER_NOT_UNDERSTOOD,
    ),
}


@_TARGETS
@pytest.mark.parametrize(("source", "line"), PROVED.values(), ids=PROVED)
def test_the_text_arrives_alone(source: bytes, line: str, target: str) -> None:
    migration = check(source, settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    assert line in migration.result.decode()


@_TARGETS
@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_the_call_is_left_where_the_text(source: bytes, reason: Reason, target: str) -> None:
    migration = migrate(source, "program.py", Settings(target=target))
    assert [finding.reason for finding in migration.findings] == [reason]
    assert not migration.changed
