"""A failed run is thrown where a package's client or a helper answers: what asks for it is told."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_BY_SDK = """\
import OpenAI from 'openai';
const openai = new OpenAI();
export async function ask(message) {
  let run = await openai.workflows.runs.create({ workflow_id: 'wf_1', input: { message } });
  READS
  return run.output_text;
}
"""
_BY_HELPER = """\
async function post(path, body) {
  const res = await fetch(`https://api.openai.com/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${res.status}`);
  return res.json();
}
export async function ask(message) {
  const run = await post('/workflows/runs', { workflow_id: 'wf_1', input: { message } });
  READS
  return run.output_text;
}
"""
_FILES = pytest.mark.parametrize("file", [_BY_SDK, _BY_HELPER], ids=["sdk", "helper"])


def _told(file: str, reads: str, target: str) -> list[str]:
    migration = check(file.replace("READS", reads).encode(), "a.js", Settings(target=target))
    assert [f.bucket for f in migration.findings] == [Bucket.MIGRATED]
    notes = [note for finding in migration.findings for note in finding.notes if note.always]
    return [note.text for note in notes if "a failed run is thrown, before" in note.text]


ASKED = {
    "failed": ("if (run.status === 'failed') return null;", "run.status === 'failed'"),
    "not-completed": ("if (run.status !== 'completed') return '';", "run.status !== 'completed'"),
    "one-of-several": (
        "if (['failed', 'cancelled'].includes(run.status)) return '';",
        "['failed', 'cancelled'].includes(run.status)",
    ),
}


@_FILES
@_TARGETS
@pytest.mark.parametrize(("reads", "shown"), ASKED.values(), ids=ASKED)
def test_what_asks_for_a_failed_run_is_told(file: str, reads: str, shown: str, target: str) -> None:
    assert _told(file, reads, target) == [f"a failed run is thrown, before `{shown}` is asked"]


NOT_ASKED = {
    "nothing": "",
    "logged": "console.log(run.status);",
    "within-a-branch": "if (message) console.log(run.status);",
}


@_FILES
@_TARGETS
@pytest.mark.parametrize("reads", NOT_ASKED.values(), ids=NOT_ASKED)
def test_a_state_that_is_only_shown_is_not(file: str, reads: str, target: str) -> None:
    assert _told(file, reads, target) == []
