"""What is told of fields that the new answer does not have: each once, and none that follows."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.snippets import run

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_CALL = """\
export async function ask(message) {
  const response = await fetch('https://api.openai.com/v1/workflows/wf_1/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: { message } }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const data = await response.json();
  READ
}
"""
_READS = {
    "what-is-read-and-called-of-missing-ones": (
        "let output = data.outputs?.output_text ?? data.outputs?.parsed ?? data;\n"
        "  if (typeof output === 'string') {\n"
        "    try { output = JSON.parse(output); } catch {}\n  }\n"
        "  if (typeof output === 'string' && output.trim()) return output;\n"
        "  const calls = output.tool_calls || [];\n"
        "  if (Array.isArray(calls) && calls.length > 0) {\n"
        "    for (const call of calls) console.log(call.args);\n  }\n"
        "  return JSON.stringify(output);",
        ["`data.outputs?.parsed`", "`output.tool_calls`"],
    ),
    "two-fields": (
        "return { text: data.output_text, lang: data.lang, mode: data.mode };",
        ["`data.lang`", "`data.mode`"],
    ),
    "none": ("return data.output_text.trim();", []),
}


@_TARGETS
@pytest.mark.parametrize(("read", "told"), _READS.values(), ids=_READS)
def test_each_missing_field_is_told_once(read: str, told: list[str], target: str) -> None:
    migration = run(_CALL.replace("READ", read), settings=Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    notes = [note.text for note in finding.notes if "is not in the new answer" in note.text]
    assert [note.partition(" is not")[0] for note in notes] == told
