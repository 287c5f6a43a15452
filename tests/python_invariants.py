"""What holds for every migration of a Python file, worked out without callmend's own checks."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.languages.python.runs import POLLS
from callmend.settings import Settings


def comments_of(source: bytes) -> list[str]:
    """A file's comments in their order; none for a file that is no Python."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    except (SyntaxError, UnicodeDecodeError, LookupError, tokenize.TokenError):
        return []
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def parses(source: bytes) -> bool:
    """Whether CPython can read a file."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def check(
    source: bytes,
    path: str = "input.py",
    settings: Settings | None = None,
    *,
    is_run_again: bool = True,
) -> Migration:
    """Migrate a file and check all that must hold whatever is in it.

    Without ``is_run_again`` it is left to the engine to see that a second run plans nothing (it
    makes a failure of it, which is checked here): a third of the time, and the same for each
    variant of a file for which it was checked here.

    Raises:
        AssertionError: something does not hold.
    """
    migration = migrate(source, path, settings)
    assert migration.failure is None, migration.failure
    _check_edits(migration)
    _check_findings(migration)
    if parses(source):
        assert parses(migration.result), "the result is no Python any more"
    there = iter(comments_of(migration.result))
    for comment in comments_of(source):
        assert comment in there, f"lost, or not in its order: {comment}"
    _check_lines(migration)
    if not is_run_again:
        return migration
    again = migrate(migration.result, path, settings)
    assert again.failure is None, again.failure
    assert again.edits == ()
    if settings is None or settings.target == "assistants":
        speaking = (Bucket.MIGRATED, Bucket.ALREADY_MIGRATED)
        # What asked for a dead run asks for the answer of a call that is counted itself.
        calls = [f for f in migration.findings if f.endpoint not in POLLS]
        before = sum(finding.bucket in speaking for finding in calls)
        after = sum(finding.bucket is Bucket.ALREADY_MIGRATED for finding in again.findings)
        assert after == before, "what was written is not recognised as migrated"
    return migration


def _check_edits(migration: Migration) -> None:
    parts = []
    position = 0
    for edit in sorted(migration.edits, key=lambda e: (e.start, e.end)):
        assert position <= edit.start <= edit.end <= len(migration.source)
        parts += [migration.source[position : edit.start], edit.text]
        position = edit.end
    parts.append(migration.source[position:])
    assert b"".join(parts) == migration.result


def _check_findings(migration: Migration) -> None:
    spans = [finding.span for finding in migration.findings]
    assert len(set(spans)) == len(spans), "one call is in two buckets"
    for finding in migration.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(migration.source)
        assert (finding.reason is not None) is (finding.bucket is Bucket.LEFT)
        assert bool(finding.edits) is (finding.bucket is Bucket.MIGRATED)
    shares = sorted(edit for finding in migration.findings for edit in finding.edits)
    assert shares == sorted(migration.edits)


def _check_lines(migration: Migration) -> None:
    old, new = migration.source, migration.result
    assert old.startswith(b"\xef\xbb\xbf") is new.startswith(b"\xef\xbb\xbf")
    assert old.endswith(b"\n") is new.endswith(b"\n")
    if b"\r\n" not in old:
        assert b"\r" in old or b"\r" not in new
    elif old.count(b"\r\n") == old.count(b"\n"):
        assert new.count(b"\r\n") == new.count(b"\n")
    blanks = re.compile(rb"^[ \t]+\r?$", re.MULTILINE)
    assert len(blanks.findall(new)) <= len(blanks.findall(old)), "a line of blanks was inserted"
