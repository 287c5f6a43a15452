"""A ladder of guesses beside the one that finds the text: it finds it too, or is told."""

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
  const run = await res.json();
$READS
}
"""
_TEXT = "  const text = typeof run.output_text === 'string' ? run.output_text : run.summary;\n"
_RAW = "  const raw = run.result?.response ?? run.result?.answer ?? run.result ?? null;\n"
_GIVEN = "output_text: text, result: { response: text }, id:"
_PLAIN = "output_text: text, id:"

#: How the answer is read, the object that is given, and what is told to be missing.
READS = {
    "each-under-a-name-of-its-own": (_TEXT + _RAW + "  return { text, raw };", _GIVEN, ""),
    "the-second-one-goes-to-another-file": (
        _TEXT + _RAW + "  save(raw);\n  return text;",
        _GIVEN,
        "",
    ),
    "both-in-one-text": (_TEXT + _RAW + "  return `${text} ${raw ?? ''}`;", _PLAIN, "result"),
    "both-in-one-list": (_TEXT + _RAW + "  return [text, raw];", _PLAIN, "result"),
    "only-where-there-is-no-text": (
        _TEXT + "  if (text) return { text };\n" + _RAW + "  return { raw };",
        _PLAIN,
        "",
    ),
    "one-guess-is-no-ladder": (
        _TEXT + "  const raw = run.result ?? null;\n  return { text, raw };",
        _PLAIN,
        "result",
    ),
    "one-guess-of-several": (
        _TEXT + "  const raw = run.result;\n  return text || raw;",
        _PLAIN,
        "",
    ),
    "one-guess-for-a-condition": (
        _TEXT + "  const raw = run.result;\n  if (raw) wait();\n  return text;",
        _PLAIN,
        "",
    ),
    "words-beside-it": (_TEXT + "  return { text, note: run.meta?.text };", _PLAIN, "meta"),
    "words-beside-it-first": (
        "  const note = run.meta?.text ?? run.metadata?.message;\n"
        + _TEXT
        + "  return { text, note };",
        _PLAIN,
        "meta",
    ),
    "a-word-about-the-run": (_TEXT + "  return { text, model: run.model };", _PLAIN, "model"),
    "a-word-about-the-run-taken-out": (
        _TEXT + "  const { model } = run;\n  return { text, model };",
        _PLAIN,
        "model",
    ),
    "a-word-about-the-run-shown": (
        _TEXT + "  show(`by ${run.model ?? 'a model'}`);\n  return text;",
        _PLAIN,
        "model",
    ),
    "a-word-about-the-run-logged": (
        _TEXT + "  console.log('by', run.model);\n  return text;",
        _PLAIN,
        "",
    ),
    "an-error-has-it": (
        _TEXT + "  if (!text) throw new Error(run.detail ?? run.model);\n  return { text };",
        _PLAIN,
        "",
    ),
    "elements-of-a-list": (
        _TEXT + "  const raw = run.items?.[0]?.text ?? run.items?.[0]?.body ?? null;\n"
        "  return { text, raw };",
        _PLAIN,
        "items",
    ),
    "a-refusal": (
        _TEXT + "  const no = run.refusal?.text ?? run.blocked?.message;\n"
        "  if (no) throw new Error('refused');\n  return { text };",
        _PLAIN,
        "refusal",
    ),
    "what-was-asked": (
        _TEXT + "  const asked = run.input?.text ?? run.question?.text ?? message;\n"
        "  return { text, asked };",
        _PLAIN,
        "input",
    ),
    "what-may-be-asked-next": (
        _TEXT + "  const next = run.output?.summary ?? run.result?.summary ?? null;\n"
        "  return { text, next };",
        _PLAIN,
        "summary",
    ),
}


@pytest.mark.parametrize("target", ["assistants", "responses"])
@pytest.mark.parametrize(("reads", "given", "missing"), READS.values(), ids=READS)
def test_a_second_ladder_finds_the_text_or_is_told(
    reads: str, given: str, missing: str, target: str
) -> None:
    source = _FILE.replace("$READS", reads)
    migration = check(source.encode(), "ask.mjs", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    assert given in migration.result.decode()
    told = [note.text for note in finding.notes if note.text.endswith("is not in the new answer")]
    assert all(missing in each for each in told)
    assert bool(told) == bool(missing)
