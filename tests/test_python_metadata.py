"""Values of a body's `metadata` in Python: what is certainly no text goes as JSON text."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.python_invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_SENT = '{"workflow_id": wf, "input": {"message": question}, "metadata": METADATA}'
_IMPORTS = 'import requests\n\nURL = "https://api.openai.com/v1/workflows/runs"'
_HEAD = f"""\
import time
from typing import Any

{_IMPORTS}


def ask(question: str, key: str, wf: str, by: Any, origin: dict[str, Any], turn: int, tag: str):
    limit = 3
"""
#: Programs by where their body is written.
BODIES = {
    "read-in-place": f"""\
{_HEAD}    r = requests.post(URL, headers={{"Authorization": key}}, json={_SENT})
    r.raise_for_status()
    return r.json()["output"]["message"]
""",
    "in-the-files-shape": f"""\
{_HEAD}    r = requests.post(URL, headers={{"Authorization": key}}, json={_SENT})
    r.raise_for_status()
    data = r.json()
    if "output_text" in data:
        return data["output_text"]
    return data
""",
    "built-before": f"""\
{_HEAD}    payload = dict(workflow_id=wf, input=question, metadata=METADATA)
    r = requests.post(URL, headers={{"Authorization": key}}, json=payload)
    r.raise_for_status()
    return r.json()["output"]["message"]
""",
    "made-up-method": f"""\
{_HEAD.replace(_IMPORTS, "from openai import OpenAI")}\
    client = OpenAI()
    run = client.workflows.runs.create(
        workflow_id=wf, input={{"message": question}}, metadata=METADATA
    )
    return run.output_text
""",
}
WRITTEN = {
    "an-object-by-its-type": ('{"origin": origin}', '{"origin": json.dumps(origin)}'),
    "a-number-by-its-type": ('{"by": turn}', '{"by": json.dumps(turn)}'),
    "a-number": ('{"version": 2}', '{"version": json.dumps(2)}'),
    "a-constant-number": ('{"limit": limit}', '{"limit": json.dumps(limit)}'),
    "a-list": ('{"tags": ["a", tag]}', '{"tags": json.dumps(["a", tag])}'),
    "a-truth": (
        '{"test": True, "on": not by}',
        '{"test": json.dumps(True), "on": json.dumps(not by)}',
    ),
    "a-comparison": ('{"long": turn > 9}', '{"long": json.dumps(turn > 9)}'),
    "a-length": ('{"size": len(question)}', '{"size": json.dumps(len(question))}'),
    "a-time": ('{"at": time.time()}', '{"at": json.dumps(time.time())}'),
    "beside-texts": (
        '{"tag": tag, "turn": turn, "x": "y"}',
        '{"tag": tag, "turn": json.dumps(turn), "x": "y"}',
    ),
    "in-brackets": ('{"turn": (turn), "x": "y"}', '{"turn": json.dumps((turn)), "x": "y"}'),
}
KEPT = {
    "texts": '{"tag": tag, "from": "web", "at": f"{limit}"}',
    "unknown": '{"user": by.id, "name": by}',
    "whole": "by",
    "spread": '{**by, "tag": tag}',
    "made-texts": '{"turn": str(turn), "padded": "-" * 3, "said": "%s" % turn}',
    "nothing": '{"tag": None}',
}


def _migrated(body: str, given: str, target: str) -> tuple[str, list[str]]:
    source = BODIES[body].replace("METADATA", given)
    migration = check(source.encode(), settings=Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode(), [note.text for f in migration.findings for note in f.notes]


def _flat(code: str) -> str:
    return "".join(code.split()).replace(",}", "}").replace(",]", "]").replace(",)", ")")


@_TARGETS
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("given", "written"), WRITTEN.values(), ids=WRITTEN)
def test_what_is_no_text_goes_as_json_text(
    given: str, written: str, body: str, target: str
) -> None:
    result, notes = _migrated(body, given, target)
    assert _flat(written) in _flat(result)
    assert "import json\n" in result
    assert any("of `metadata` goes as JSON text" in note for note in notes)


@_TARGETS
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_what_may_be_a_text_stays(given: str, body: str, target: str) -> None:
    result, notes = _migrated(body, given, target)
    assert _flat(given) in _flat(result)
    assert not any("`metadata`" in note for note in notes)
