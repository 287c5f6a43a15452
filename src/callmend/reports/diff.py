r"""A patch in git's format, from the old bytes, the new bytes and the edits between them.

The patch is bytes, because a file's lines are: a line ends at ``\n`` and nowhere else, so ``\r``,
a form feed or U+2028 are content and come through as they are. `patch` is what `git apply` takes.

Only the lines that an edit touches are compared, so a small edit in a large file costs little.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callmend.edits import Edit, ordered
from callmend.records import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CONTEXT = 3
#: Above this product of line counts a region is replaced as a whole: difflib would take seconds.
_COMPARE_UP_TO = 250_000

_BOLD, _CYAN, _RED, _GREEN, _RESET = b"\x1b[1m", b"\x1b[36m", b"\x1b[31m", b"\x1b[32m", b"\x1b[m"
#: The bytes for which git quotes a name, and the spelling of those that have a short one.
_QUOTED = re.compile(rb"[\x00-\x1f\x7f-\xff\"\\]")
_SHORT = {
    b"\a": b"\\a", b"\b": b"\\b", b"\t": b"\\t", b"\n": b"\\n", b"\v": b"\\v", b"\f": b"\\f",
    b"\r": b"\\r", b'"': b'\\"', b"\\": b"\\\\",
}  # fmt: skip


@record(frozen=True, slots=True)
class Change:
    """Old lines ``old_start:old_end`` become new lines ``new_start:new_end``, counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def patch(
    path: str, old: bytes, new: bytes, edits: Iterable[Edit] = (), *, color: bool = False
) -> bytes:
    r"""The patch that turns old into new; empty when they are equal.

    Args:
        path: The file's name in the patch: relative, with ``/``, undecodable bytes as surrogates.
        old: The whole file as it is.
        new: The whole file as it will be.
        edits: The edits that turn old into new. None given: the files are compared from end to end.
        color: Whether to add ANSI colours as git does; such a patch is for people, not for git.
    """
    if old == new:
        return b""
    old_lines, new_lines = _lines(old), _lines(new)
    changes: list[Change] = []
    for region in _regions(old, new, tuple(edits)):
        changes += _compare(old_lines, new_lines, region)
    a, b = _name("a/" + path), _name("b/" + path)
    # git puts a TAB behind a name with a blank, so that the name's end is certain.
    tab = b"\t" if " " in path else b""
    parts = [
        _paint(b"diff --git " + a + b" " + b + b"\n", _BOLD, color),
        _paint(b"--- " + a + tab + b"\n", _BOLD, color),
        _paint(b"+++ " + b + tab + b"\n", _BOLD, color),
    ]
    for hunk in _hunks(changes):
        first, last = hunk[0], hunk[-1]
        before = min(CONTEXT, first.old_start)
        after = min(CONTEXT, len(old_lines) - last.old_end)
        position = first.old_start - before
        header = _header(hunk, before, after) + _function(old_lines, position)
        parts.append(_paint(header + b"\n", _CYAN, color))
        for change in hunk:
            parts += _marked(b" ", old_lines[position : change.old_start], b"", color)
            parts += _marked(b"-", old_lines[change.old_start : change.old_end], _RED, color)
            parts += _marked(b"+", new_lines[change.new_start : change.new_end], _GREEN, color)
            position = change.old_end
        parts += _marked(b" ", old_lines[position : position + after], b"", color)
    return b"".join(parts)


def _lines(data: bytes) -> list[bytes]:
    r"""The lines with their ``\n``; the last has none where the file does not end with one."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


@dataclass(slots=True)
class _Region:
    """Byte ranges of whole lines, old and new, that hold one edit or several close ones."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def _regions(old: bytes, new: bytes, edits: tuple[Edit, ...]) -> Iterator[Change]:
    """Ranges of whole lines outside of which the two files are equal, by the edits."""
    if not edits:
        yield Change(0, _count_lines(old, 0, len(old)), 0, _count_lines(new, 0, len(new)))
        return
    regions: list[_Region] = []
    shift = 0
    for edit in ordered(edits):
        start = old.rfind(b"\n", 0, edit.start) + 1
        # One line more than needed when the edit ends on a border; comparing takes it off again.
        end = old.find(b"\n", edit.end) + 1 or len(old)
        begin = start + shift
        shift += len(edit.text) - (edit.end - edit.start)
        if regions and start <= regions[-1].old_end:
            regions[-1].old_end = max(end, regions[-1].old_end)
            regions[-1].new_end = regions[-1].old_end + shift
        else:
            regions.append(_Region(start, end, begin, end + shift))
    old_at = new_at = old_line = new_line = 0
    for region in regions:
        old_first = old_line + old.count(b"\n", old_at, region.old_start)
        new_first = new_line + new.count(b"\n", new_at, region.new_start)
        old_at, new_at = region.old_end, region.new_end
        old_line = old_first + _count_lines(old, region.old_start, region.old_end)
        new_line = new_first + _count_lines(new, region.new_start, region.new_end)
        yield Change(old_first, old_line, new_first, new_line)


def _count_lines(data: bytes, start: int, end: int) -> int:
    """How many lines the range holds, the last of which may lack its newline."""
    return data.count(b"\n", start, end) + (start < end and not data.endswith(b"\n", start, end))


def _compare(old: Sequence[bytes], new: Sequence[bytes], region: Change) -> Iterator[Change]:
    """The changes within a region, in order, with equal lines between them."""
    low, new_low = region.old_start, region.new_start
    high, new_high = region.old_end, region.new_end
    while low < high and new_low < new_high and old[low] == new[new_low]:
        low, new_low = low + 1, new_low + 1
    while low < high and new_low < new_high and old[high - 1] == new[new_high - 1]:
        high, new_high = high - 1, new_high - 1
    if low == high or new_low == new_high or (high - low) * (new_high - new_low) > _COMPARE_UP_TO:
        if low < high or new_low < new_high:
            yield Change(low, high, new_low, new_high)
        return
    import difflib  # noqa: PLC0415  # 5 ms at start-up, and most runs compare nothing

    matcher = difflib.SequenceMatcher(None, old[low:high], new[new_low:new_high], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield Change(low + i1, low + i2, new_low + j1, new_low + j2)


def _hunks(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes in groups, no two of which share a line of context."""
    hunk: list[Change] = []
    for change in changes:
        if hunk and change.old_start - hunk[-1].old_end > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _header(hunk: Sequence[Change], before: int, after: int) -> bytes:
    """The ``@@`` line, for this many lines of context before and after the changes."""
    first, last = hunk[0], hunk[-1]
    old = _range(first.old_start - before, last.old_end + after)
    new = _range(first.new_start - before, last.new_end + after)
    return b"@@ -%b +%b @@" % (old, new)


def _function(lines: Sequence[bytes], before: int) -> bytes:
    """What git puts behind the ``@@``: the last line before the hunk that starts with a word."""
    for line in reversed(lines[:before]):
        if line[:1].isalpha() or line[:1] in (b"_", b"$"):
            return b" " + line.rstrip()[:80].decode("utf-8", "ignore").encode()
    return b""


def _range(start: int, end: int) -> bytes:
    """Lines from 0 as a hunk's header counts them: from 1, an empty range by the line before."""
    if end - start == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + (end > start), end - start)


def _marked(mark: bytes, lines: Iterable[bytes], paint: bytes, color: bool) -> Iterator[bytes]:
    for line in lines:
        marked = mark + line
        if line.endswith(b"\n"):
            yield _paint(marked, paint, color)
        else:
            yield _paint(marked + b"\n", paint, color) + b"\\ No newline at end of file\n"


def _paint(line: bytes, paint: bytes, color: bool) -> bytes:
    """The line with its colour, which ends before the line's end so that it never runs on."""
    if not color or not paint:
        return line
    text = line.rstrip(b"\r\n")
    return paint + text + _RESET + line[len(text) :]


def _name(path: str) -> bytes:
    """A name as git writes it: as it is, or C-quoted when a byte of it asks for that."""
    raw = os.fsencode(path)
    quoted = _QUOTED.sub(lambda match: _SHORT.get(match[0]) or b"\\%03o" % ord(match[0]), raw)
    return raw if quoted == raw else b'"' + quoted + b'"'
