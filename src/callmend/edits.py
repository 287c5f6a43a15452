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
