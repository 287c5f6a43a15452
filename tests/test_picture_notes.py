"""Pictures among fields that go as JSON text are told: the model sees none in a text."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

PARTS = {"assistants": "`image_url`", "responses": "`input_image`"}
_FILE = """\
export async function grade(text, photos, count) {
  const res = await fetch('https://api.openai.com/v1/workflows/runs', {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow_id: process.env.FLOW, $INPUT }),
  });
  if (!res.ok) throw new Error('failed');
  return res.json();
}
"""

#: What is asked, and the members that are told.
TOLD = {
    "beside-a-text": ("input: { input_as_text: text, images: photos }", ["images: photos"]),
    "in-short": ("input: { text, photos }", ["photos"]),
    "within-an-object": (
        "inputs: { text, task: { imageUrl: photos[0], level: 2 } }",
        ["imageUrl: photos[0]"],
    ),
    "two-of-them": (
        "input: { text, screenshot: photos[0], 'answer_photos': photos }",
        ["screenshot: photos[0]", "'answer_photos': photos"],
    ),
}
QUIET = {
    "fields-of-a-form": "input: { text, level: count }",
    "a-number-of-pictures": "input: { text, images: 3 }",
    "one-text": "input: { text }",
}


def _notes(asked: str, target: str) -> list[str]:
    migration = check(_FILE.replace("$INPUT", asked).encode(), "a.js", Settings(target=target))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    return [note.text for note in finding.notes if note.always and "sees no picture" in note.text]


@pytest.mark.parametrize("target", PARTS)
@pytest.mark.parametrize(("asked", "members"), TOLD.values(), ids=TOLD)
def test_a_picture_that_goes_as_text_is_told(asked: str, members: list[str], target: str) -> None:
    notes = _notes(asked, target)
    assert [note.partition("` is sent")[0][1:] for note in notes] == members
    assert all(PARTS[target] in note for note in notes)


@pytest.mark.parametrize("target", PARTS)
@pytest.mark.parametrize("asked", QUIET.values(), ids=QUIET)
def test_other_fields_are_not(asked: str, target: str) -> None:
    assert _notes(asked, target) == []
