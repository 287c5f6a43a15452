"""Small programs around a dead call, put together from named parts, for the tests of the engine."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from callmend.engine import migrate
from callmend.findings import Finding, Migration
from callmend.settings import Settings

URL = "https://api.openai.com/v1/workflows/runs"
LIVE_URL = "https://api.openai.com/v1/threads/runs"
HEAD = "export async function ask(key: string, id: string, text: string) {"
OPTIONS = """{
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Authorization': `Bearer ${key}` },
    body: JSON.stringify({ workflow_id: id, input: { message: text } })
  }"""
REQUEST = f"const response = await fetch('{URL}', {OPTIONS});"
PARSE = "const data = await response.json();"
READ = "const answer = data.output?.message || data.output || '';"
RETURN = "return answer;"

_FENCE = re.compile(r"^```typescript\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def function(*statements: str, head: str = HEAD) -> str:
    """A function of the given statements, two blanks deep."""
    return "\n  ".join([head, *statements]) + "\n}\n"


def replaced(text: str, old: str, new: str) -> str:
    """The text with one part exchanged, which has to be in it exactly once."""
    assert text.count(old) == 1, f"{text.count(old)} times in the text: {old}"
    return text.replace(old, new)


def asking(old: str, new: str) -> str:
    """The plain program with one part of its request exchanged."""
    return function(replaced(REQUEST, old, new), PARSE, READ, RETURN)


def calling(function_and_url: str) -> str:
    """The plain program with another call: what is called, `(`, and the URL's expression."""
    return asking(f"fetch('{URL}'", function_and_url)


def reading(*statements: str) -> str:
    """The plain program with other statements behind its request."""
    return function(REQUEST, *statements)


PLAIN = function(REQUEST, PARSE, READ, RETURN)


@cache
def specification() -> dict[str, str]:
    """The four code blocks of the user's specification, by name."""
    document = Path(__file__).with_name("specification.md").read_text(encoding="utf-8")
    names = ("old request", "new request", "old reading", "new reading")
    return dict(zip(names, _FENCE.findall(document), strict=False))


def migrated(source: str | bytes, path: str = "a.ts", settings: Settings | None = None) -> str:
    """What a source becomes; it has to be rewritten.

    Raises:
        AssertionError: it is left, or callmend broke one of its own invariants.
    """
    migration = run(source, path, settings)
    assert migration.changed, [describe(finding) for finding in migration.findings]
    return migration.result.decode()


def run(source: str | bytes, path: str = "a.ts", settings: Settings | None = None) -> Migration:
    """Migrate a source; that none of callmend's own invariants broke is checked.

    Raises:
        AssertionError: one of them broke.
    """
    data = source.encode() if isinstance(source, str) else source
    migration = migrate(data, path, settings)
    assert migration.failure is None, migration.failure
    return migration


def describe(finding: Finding) -> str:
    """A finding for an assertion's message."""
    reason = "" if finding.reason is None else finding.reason.code
    return f"{finding.rule} {finding.bucket.value} {reason} {finding.detail}"
