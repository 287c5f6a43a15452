"""Values of a body's `metadata`: what is certainly no text goes as JSON text, all else as it is."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_TARGETS = pytest.mark.parametrize("target", ["assistants", "responses"])
_HELPER = """\
type Origin = { card: string; attempt: number };
export async function ask(text: string, by: any, origin: Origin, turn: number, tag: string) {
  const limit = 3;
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      workflow_id: process.env.WF,
      input: { message: text },
      METADATA,
    }),
  });
  if (!res.ok) throw new Error('no');
  const run = await res.json();
  return run.output_text ?? '';
}
"""
_MADE_UP = """\
import OpenAI from 'openai';
const openai = new OpenAI();
export async function ask(text: string, turn: number) {
  const run = await openai.workflows.runs.create({
    workflow_id: process.env.WF,
    input: { message: text },
    metadata: { turn },
  });
  return run.output_text ?? '';
}
"""
WRITTEN = {
    "an-object-by-its-type": ("{ origin }", "{ origin: JSON.stringify(origin) }"),
    "a-number-by-its-type": ("{ by: turn }", "{ by: JSON.stringify(turn) }"),
    "a-number": ("{ 'version': 2 }", "{ 'version': JSON.stringify(2) }"),
    "a-constant-number": ("{ limit }", "{ limit: JSON.stringify(limit) }"),
    "a-list": ("{ tags: ['a', tag] }", "{ tags: JSON.stringify(['a', tag]) }"),
    "a-truth": (
        "{ test: true, on: !by }",
        "{ test: JSON.stringify(true), on: JSON.stringify(!by) }",
    ),
    "a-comparison": ("{ long: text.length > 9 }", "{ long: JSON.stringify(text.length > 9) }"),
    "a-time": ("{ at: Date.now() }", "{ at: JSON.stringify(Date.now()) }"),
    "beside-texts": ("{ tag, turn, x: 'y' }", "{ tag, turn: JSON.stringify(turn), x: 'y' }"),
}
KEPT = {
    "texts": "{ tag, from: 'web', at: `${limit}` }",
    "unknown": "{ user: by.id, name: by }",
    "whole": "by",
    "spread": "{ ...by, tag }",
    "made-texts": "{ turn: String(turn), origin: JSON.stringify(origin) }",
    "nothing": "{ tag: null }",
}


def _migrated(source: str, target: str) -> tuple[str, list[str]]:
    migration = check(source.encode(), "ask.ts", Settings(target=target))
    assert [finding.bucket for finding in migration.findings] == [Bucket.MIGRATED]
    return migration.result.decode(), [note.text for f in migration.findings for note in f.notes]


@_TARGETS
@pytest.mark.parametrize(("given", "written"), WRITTEN.values(), ids=WRITTEN)
def test_what_is_no_text_goes_as_json_text(given: str, written: str, target: str) -> None:
    result, notes = _migrated(_HELPER.replace("METADATA", f"metadata: {given}"), target)
    assert f"metadata: {written}," in result
    assert any("of `metadata` goes as JSON text" in note for note in notes)


@_TARGETS
@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_what_may_be_a_text_stays(given: str, target: str) -> None:
    result, notes = _migrated(_HELPER.replace("METADATA", f"metadata: {given}"), target)
    assert f"metadata: {given}," in result
    assert not any("`metadata`" in note for note in notes)


@_TARGETS
def test_of_a_made_up_method_too(target: str) -> None:
    result, _ = _migrated(_MADE_UP, target)
    assert "metadata: { turn: JSON.stringify(turn) }" in result
