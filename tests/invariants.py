"""What holds for every migration of every file, worked out without callmend's own checks."""

from __future__ import annotations

import re
from functools import cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from callmend.endpoints import catalogue
from callmend.engine import migrate
from callmend.findings import Bucket, Migration
from callmend.settings import Settings

#: The end of what is told of a call that was tried after another one failed.
_WENT = "and this went"
_POLLS = (
    "sdk-workflows-read",
    *(e.id for e in catalogue() if e.part and e.method == "GET" and "workflows" in e.id),
    *("agents-runs-id", "agents-id-runs-id"),
)
#: The four comments of the specification that describe the dead call and go with it.
SUPERSEDED = (
    "// WORKFLOW MODE: Use ChatKit Workflows API",
    "// Include field context in the user message for workflow",
    "// Build conversation history for workflow",
    "// Workflow response format",
)


@cache
def _parser(path_suffix: str) -> Parser:
    plain = path_suffix in (".ts", ".mts", ".cts")
    grammar = tree_sitter_typescript
    return Parser(Language(grammar.language_typescript() if plain else grammar.language_tsx()))


def nodes_of(source: bytes, path: str) -> list[Node]:
    """Every node of a file, each before its children."""
    stack = [_parser("." + path.rsplit(".", 1)[-1]).parse(source).root_node]
    found = []
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.children))
    return found


def errors_of(source: bytes, path: str) -> list[tuple[int, int]]:
    """Where the grammar cannot read a file."""
    nodes = nodes_of(source, path)
    return [(n.start_byte, n.end_byte) for n in nodes if n.is_error or n.is_missing]


def comments_of(source: bytes, path: str) -> list[str]:
    """A file's comments in their order."""
    nodes = nodes_of(source, path)
    return [source[n.start_byte : n.end_byte].decode() for n in nodes if n.type == "comment"]


#: `migrate`, once for each file however many tests ask.
migrated = cache(migrate)


def check(source: bytes, path: str, settings: Settings | None = None) -> Migration:
    """Migrate a file and check all that must hold whatever is in it.

    Raises:
        AssertionError: something does not hold.
    """
    migration = migrated(source, path, settings)
    assert migration.failure is None, migration.failure
    result = migration.result
    inserted = _check_edits(migration)
    _check_findings(migration)
    _check_parse(migration, inserted)
    _check_comments(migration)
    _check_lines(migration)

    again = migrate(result, path, settings)
    assert again.failure is None, again.failure
    assert again.edits == ()
    assert again.result == result
    if settings is None or settings.base_url == Settings().base_url:
        speaking = (Bucket.MIGRATED, Bucket.ALREADY_MIGRATED)
        if settings is not None and settings.target == "responses":
            # What is migrated calls a live endpoint, and is found no more.
            speaking = (Bucket.ALREADY_MIGRATED, Bucket.ALREADY_MIGRATED)
        # What asked for a dead run asks for the answer of a call that is counted itself.
        calls = [f for f in migration.findings if f.endpoint not in _POLLS]
        # What was tried after another call failed is there no more.
        calls = [f for f in calls if not f.message.endswith(_WENT)]
        before = sum(finding.bucket in speaking for finding in calls)
        after = sum(finding.bucket is Bucket.ALREADY_MIGRATED for finding in again.findings)
        assert after == before, "what was written is not recognised as migrated"
    return migration


def _check_edits(migration: Migration) -> list[tuple[int, int]]:
    """Whether the edits, and nothing else, lead to the result; where their text stands in it."""
    parts = []
    inserted = []
    position = size = 0
    for edit in sorted(migration.edits, key=lambda e: (e.start, e.end)):
        assert position <= edit.start <= edit.end <= len(migration.source)
        size += edit.start - position
        inserted.append((size, size + len(edit.text)))
        size += len(edit.text)
        parts += [migration.source[position : edit.start], edit.text]
        position = edit.end
    parts.append(migration.source[position:])
    assert b"".join(parts) == migration.result
    return inserted


def _check_findings(migration: Migration) -> None:
    spans = [finding.span for finding in migration.findings]
    assert len(set(spans)) == len(spans), "one call is in two buckets"
    for finding in migration.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(migration.source)
        assert (finding.reason is not None) is (finding.bucket is Bucket.LEFT)
        assert bool(finding.edits) is (finding.bucket is Bucket.MIGRATED)
    shares = sorted(edit for finding in migration.findings for edit in finding.edits)
    assert shares == sorted(migration.edits)
    assert migration.changed is bool(shares)


def _check_parse(migration: Migration, inserted: list[tuple[int, int]]) -> None:
    before = errors_of(migration.source, migration.path)
    after = errors_of(migration.result, migration.path)
    assert len(after) <= len(before), "the result has a syntax error that was not there"
    for start, end in after:
        assert not any(start <= stop and begin <= end for begin, stop in inserted)


def _check_comments(migration: Migration) -> None:
    every = comments_of(migration.source, migration.path)
    own = [c for c in every if c not in SUPERSEDED and "@ts-expect-error" not in c]
    if any(f.message.endswith(_WENT) for f in migration.findings):
        # What says which of the dead paths is tried goes with the call that tried it.
        kept = comments_of(migration.result, migration.path)
        own = [c for c in own if c in kept or not re.search(r"/(?:workflows?|runs?|invoke)\b", c)]
    there = iter(comments_of(migration.result, migration.path))
    for comment in own:
        assert comment in there, f"lost, or not in its order: {comment}"


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
