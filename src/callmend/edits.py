"""Byte-span algebra: spans, edits, and how a set of edits is applied to a file's bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class OverlapError(ValueError):
    """Two edits of one set claim the same bytes, so no order of applying them is right."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of 0-based byte offsets, ``start <= end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def contains(self, other: Span) -> bool:
        """Whether every byte of other lies in this span."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        """Whether the two share a byte or a border."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the bytes ``start:end`` of a file by text; ``start == end`` inserts."""

    start: int
    end: int
    text: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    @property
    def span(self) -> Span:
        """The replaced bytes."""
        return Span(self.start, self.end)


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits by position, without those that are given twice to the letter.

    Raises:
        OverlapError: two edits share a byte, or two different insertions stand at one offset.
    """
    result: list[Edit] = []
    for edit in sorted(edits):
        if result:
            last = result[-1]
            if edit == last:
                continue
            if edit.start < last.end or edit.end == last.start:
                raise OverlapError(
                    f"edits overlap: {last.start}..{last.end} and {edit.start}..{edit.end}"
                )
        result.append(edit)
    return tuple(result)


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits made.

    Raises:
        OverlapError: see `ordered`.
        ValueError: an edit reaches beyond the data.
    """
    parts: list[bytes] = []
    position = 0
    for edit in ordered(edits):
        if edit.end > len(data):
            raise ValueError(f"edit {edit.start}..{edit.end} is outside of {len(data)} bytes")
        parts.append(data[position : edit.start])
        parts.append(edit.text)
        position = edit.end
    parts.append(data[position:])
    return b"".join(parts)


def kept(edits: Iterable[Edit], size: int) -> Iterator[tuple[Span, int]]:
    """The runs of bytes that no edit touches: (span in the old data, start in the new data)."""
    position = 0
    shift = 0
    for edit in ordered(edits):
        yield Span(position, edit.start), position + shift
        shift += len(edit.text) - (edit.end - edit.start)
        position = edit.end
    yield Span(position, size), position + shift


def compose(first: Iterable[Edit], second: Iterable[Edit], size: int) -> tuple[Edit, ...]:
    """The edits that do at once what ``first`` and then ``second`` do to ``size`` bytes.

    The offsets of ``second`` are those of the bytes that ``first`` leaves. What touches becomes one
    edit.

    Raises:
        OverlapError: see `ordered`; of either of the two.
    """
    # What `first` leaves, as pieces: a span of the old bytes, or new bytes.
    pieces: list[Span | bytes] = []
    position = 0
    for edit in ordered(first):
        pieces += [Span(position, edit.start), edit.text]
        position = edit.end
    pieces.append(Span(position, size))
    result: list[Edit] = []
    position, text = 0, b""
    for piece in _cut(pieces, ordered(second)):
        if isinstance(piece, bytes):
            text += piece
            continue
        if text or piece.start > position:
            result.append(Edit(position, piece.start, text))
        position, text = piece.end, b""
    if text or position < size:
        result.append(Edit(position, size, text))
    return tuple(result)


def _cut(pieces: Iterable[Span | bytes], edits: tuple[Edit, ...]) -> Iterator[Span | bytes]:
    """The pieces with edits made to what they spell; no piece is empty."""
    at = 0  # where the current piece starts in what the pieces spell
    waiting = list(reversed(edits))
    gone = 0  # up to where an edit has replaced what the pieces spell
    for piece in pieces:
        length = len(piece) if isinstance(piece, bytes) else piece.end - piece.start
        start, end = at, at + length
        at = end
        while waiting and waiting[-1].start < end:
            edit = waiting.pop()
            yield from _part(piece, max(start, gone) - start, edit.start - start)
            yield edit.text
            gone = edit.end
        yield from _part(piece, max(start, gone) - start, length)
    for edit in reversed(waiting):
        yield edit.text


def _part(piece: Span | bytes, start: int, end: int) -> Iterator[Span | bytes]:
    """A part of a piece by offsets into it, if there is any."""
    if start < end:
        if isinstance(piece, bytes):
            yield piece[start:end]
        else:
            yield Span(piece.start + start, piece.start + end)
