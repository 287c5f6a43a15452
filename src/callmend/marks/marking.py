"""Taking a file's markers out before it is planned, and putting those that are due back in.

A file is planned without its markers, so that they change nothing about what becomes of its calls.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from callmend.edits import Edit, Span, apply, kept
from callmend.findings import Diagnostic, Finding, Migration
from callmend.marks.wording import HINT, UNREADABLE, words
from callmend.records import record
from callmend.source import BOM, SourceFile

if TYPE_CHECKING:
    from callmend.marks import ecmascript, python
    from callmend.reasons import Reason


@record(frozen=True, slots=True)
class Bare:
    """A file without its markers: the new bytes, and the edits of the old ones that give them."""

    data: bytes
    edits: tuple[Edit, ...] = ()

    def old(self, offset: int, *, end: bool = False) -> int:
        """Where an offset of the new bytes is in the old ones: behind a marker, ends before it."""
        for edit in self.edits:
            if offset < edit.start or (end and offset == edit.start):
                break
            offset += edit.end - edit.start
        return offset

    def old_span(self, where: Span) -> Span:
        """Where a span of the new bytes is in the old ones."""
        start = self.old(where.start)
        return Span(start, max(start, self.old(where.end, end=True)))

    def for_the_file(self, migration: Migration, source: bytes) -> Migration:
        """A migration of the new bytes as one of the old ones, in which nothing changes yet."""
        return replace(
            migration,
            source=source,
            result=source,
            edits=(),
            findings=tuple(map(self._finding, migration.findings)),
            diagnostics=tuple(
                replace(remark, span=self.old_span(remark.span)) for remark in migration.diagnostics
            ),
            origins=tuple(
                replace(origin, span=self.old_span(origin.span)) for origin in migration.origins
            ),
        )

    def _finding(self, finding: Finding) -> Finding:
        notes = (replace(note, span=self.old_span(note.span)) for note in finding.notes)
        spans = ((edit, self.old_span(edit.span)) for edit in finding.edits)
        return replace(
            finding,
            span=self.old_span(finding.span),
            detail=self._detail(finding.detail),
            notes=tuple(notes),
            edits=tuple(Edit(where.start, where.end, edit.text) for edit, where in spans),
        )

    def _detail(self, detail: str) -> str:
        """What was met, with the old numbers of the lines that it names."""

        def old_line(match: re.Match[str]) -> str:
            start = SourceFile("", self.data).line_starts[int(match[1]) - 1]
            taken = sum(edit.start < self.old(start) for edit in self.edits)
            return f"in line {int(match[1]) + taken}"

        return re.sub(r"\bin line (\d+)", old_line, detail)

    def lines(self, source: bytes) -> list[tuple[int, bytes]]:
        """Each marker's line: where it was taken out of the new bytes, and its bytes."""
        found = []
        shift = 0
        for edit in self.edits:
            found.append((edit.start - shift, source[edit.start : edit.end]))
            shift += edit.end - edit.start
        return found


def bare(file: SourceFile, *, readable: bool) -> Bare:
    """A file without its markers; with what it has where it cannot be read."""
    if not readable or HINT not in file.data:
        return Bare(file.data)
    edits = [
        Edit(_line(file, where.start), file.line_end(where.start), b"")
        for where in _places(file).markers()
    ]
    return Bare(apply(file.data, edits), tuple(edits))


def marks(
    result: SourceFile,
    findings: Iterable[Finding],
    planned: Iterable[Edit],
    before: Sequence[tuple[int, bytes]],
    size: int,
    *,
    put: bool,
) -> tuple[Edit, ...]:
    """The markers for a planned file, as insertions into its result.

    Args:
        result: The file without markers after its edits.
        findings: What is found in it.
        planned: The edits that led to it.
        before: The markers that were taken out, by their offset before these edits.
        size: The file's size before these edits.
        put: Whether to put new markers and to change old ones; else the old ones of calls that are
            still left come back as they were.
    """
    due: dict[int, list[bytes]] = {}
    places = None
    for finding in findings:
        if finding.reason is None or finding.reason in UNREADABLE:
            continue
        places = places if places is not None else _places(result)
        at = places.above(finding.span.start)
        if at is not None:
            marker = (
                result.data[_line(result, at) : at]
                + places.sign
                + words(finding.reason, result.path)
            )
            due.setdefault(at, []).append(marker + result.eol_at(at))
    runs = list(kept(planned, size))
    moved = [(_forward(runs, offset), line) for offset, line in before]
    edits: dict[int, bytes] = {}
    for at, lines in due.items():
        line = _line(result, at)
        had = [(here, text) for here, text in moved if _is_above(result.data, here, line)]
        if put:
            text = b"".join(dict.fromkeys(lines))
            edits[had[0][0] or 0 if had else line] = text
        else:
            for here, text in had:
                edits[here or 0] = edits.get(here or 0, b"") + text
    return tuple(Edit(at, at, text) for at, text in sorted(edits.items()))


def changed(inserted: Iterable[Edit], before: Iterable[tuple[int, bytes]]) -> int:
    """How many markers of the result were not there before, to the letter."""
    lines = [line for edit in inserted for line in edit.text.splitlines(keepends=True)]
    new = Counter(lines)
    new.subtract(line for _, line in before)
    return sum(count for count in new.values() if count > 0)


def taken_out(source: bytes, result: bytes, bare: Bare) -> Iterator[Diagnostic]:
    """A remark for each marker of the source that the result has no more."""
    there = Counter(line.strip() for line in result.split(b"\n") if HINT in line)
    for edit in bare.edits:
        words = source[edit.start : edit.end].strip()
        if there[words] > 0:
            there[words] -= 1
        else:
            message = "this marker is out of date: its call is not left, or for another reason"
            yield Diagnostic("stale-marker", Span(edit.start, edit.end), message)


def not_put(
    file: SourceFile, migration: Migration, bare: Bare, obstacle: Reason | None
) -> Iterator[Diagnostic]:
    """A remark for each call that is left and has no place for a marker."""
    for finding in migration.findings:
        if finding.reason is None or (obstacle is None and is_marked(file, finding)):
            continue
        reason = obstacle or finding.reason
        why = reason.summary if reason in UNREADABLE else "no statement that it is in was found"
        yield Diagnostic("no-marker", bare.old_span(finding.span), f"no marker is put: {why}")


def is_marked(file: SourceFile, finding: Finding) -> bool:
    """Whether a call that is left has a place for a marker above it."""
    readable = finding.reason is not None and finding.reason not in UNREADABLE
    return readable and _places(file).above(finding.span.start) is not None


def _forward(runs: Iterable[tuple[Span, int]], offset: int) -> int | None:
    """Where an offset that no edit touched has moved to."""
    found = None
    for span, start in runs:
        if span.start <= offset <= span.end:
            found = start + offset - span.start
    return found


def _is_above(data: bytes, start: int | None, end: int) -> bool:
    """Whether only comments and blank lines stand between two offsets."""
    if start is None or start > end:
        return False
    lines = data[start:end].split(b"\n")
    return all(line.strip()[:1] in (b"", b"/", b"*", b"#") for line in lines)


def _line(file: SourceFile, offset: int) -> int:
    """The start of an offset's line, behind a byte order mark."""
    start = file.line_start(offset)
    return start + (len(BOM) if start == 0 and file.data.startswith(BOM) else 0)


def _places(file: SourceFile) -> ecmascript.Places | python.Places:
    language = file.language
    if language is None:
        raise ValueError(f"{file.path}: no language")
    if language.value == "python":
        from callmend.marks import python  # noqa: PLC0415  # its parser, for such a file only

        return python.Places(file, language)
    from callmend.marks import ecmascript  # noqa: PLC0415  # tree-sitter, likewise

    return ecmascript.Places(file, language)
