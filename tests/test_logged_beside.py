"""What goes to the console beside a reading in place is told: the new answer has other parts."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_FILE = """\
export async function ask(message) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, input: { message } }),
  });
  if (!res.ok) throw new Error('failed');
  const data = await res.json();
  $LOGS
  const answer = data.output?.message || data.output || '';
  return answer;
}
"""
_LOGS = {
    "the-output": ("console.log('raw', data.output);", ["`data.output`"]),
    "two-parts": (
        "console.log(data.output?.message); console.debug(data.steps);",
        ["`data.output?.message`", "`data.steps`"],
    ),
    "its-id": ("console.log(data.id);", []),
    "its-state": ("console.log(data.status, data.usage);", []),
    "all-of-it": ("console.log(data);", []),
    "the-status": ("console.log(res.status);", []),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("logs", "told"), _LOGS.values(), ids=_LOGS)
def test_a_part_that_is_logged_is_told(logs: str, told: list[str], target: str) -> None:
    source = _FILE.replace("$LOGS", logs)
    migration = check(source.encode(), "ask.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert logs in migration.result.decode()
    assert "workflowAnswer" not in migration.result.decode()
    notes = [note.text for note in finding.notes if " is logged; " in note.text]
    assert [note.partition(" is logged")[0] for note in notes] == told
