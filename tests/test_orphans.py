"""Comments on what goes stay in the file, and are told."""

from __future__ import annotations

import pytest

from callmend.findings import Bucket
from callmend.settings import Settings
from tests.invariants import check

_FILE = """\
export async function ask(message) {
  $ABOVE
  const url = `https://api.openai.com/v1/workflows/${process.env.FLOW}/runs`;$BEHIND

  // ask
  const res = await fetch(url, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${process.env.KEY}`, // from the vault
      $HEADER
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ input: { message } }),
  });
  if (!res.ok) throw new Error('failed');
  const data = await res.json();
  // the text
  return data.output?.text ?? data.output_text;
}
"""


def _notes(**parts: str) -> list[str]:
    source = _FILE
    for name in ("ABOVE", "BEHIND", "HEADER"):
        source = source.replace("$" + name, parts.get(name.lower(), ""))
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    [finding] = migration.findings
    assert finding.bucket is Bucket.MIGRATED
    for comment in parts.values():
        assert comment.strip().split("\n")[0].encode() in migration.result or "//" not in comment
    return [note.text for note in finding.notes if note.always and "what went" in note.text]


def test_a_comment_above_what_went_is_told() -> None:
    assert _notes(above="// where to") == ["the comment `// where to` stood above what went"]


def test_a_comment_above_a_header_that_went_is_told() -> None:
    notes = _notes(header="// without it: 400\n      'OpenAI-Beta': 'workflows=v1',")
    assert notes == ["the comment `// without it: 400` stood above what went"]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="comments-on-what-stays"),
        pytest.param({"above": "// the first thing\n"}, id="a-blank-line-between"),
        pytest.param(
            {"above": "// keyed\n  const key = process.env.KEY;"}, id="other-code-between"
        ),
        pytest.param({"header": "// plain\n      'X-App': 'desk',"}, id="a-header-that-stays"),
    ],
)
def test_a_comment_on_what_stays_is_not(parts: dict[str, str]) -> None:
    assert _notes(**parts) == []


def test_a_comment_behind_what_went_is_told() -> None:
    source = _FILE.replace("$ABOVE\n", "\n").replace("$BEHIND", "  // the run")
    source = source.replace("$HEADER", "'OpenAI-Beta': 'workflows=v1', // needed")
    migration = check(source.encode(), "a.js", Settings(target="responses"))
    notes = [note.text for finding in migration.findings for note in finding.notes]
    assert "the comment `// needed` stood behind what went" in notes
    assert "the comment `// the run` stood behind what went" in notes
    assert b"// needed" in migration.result
    assert b"// the run" in migration.result
