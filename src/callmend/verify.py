"""The invariants of a finished rewrite, checked on every run and not only in tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from callmend.edits import Edit, Span, kept, ordered
from callmend.records import record


@record(frozen=True, slots=True)
class Facts:
    """What a language says of one text: where it could not be parsed, and its comments."""

    errors: tuple[Span, ...]
    comments: tuple[bytes, ...]


#: How the words begin for a result that parses worse than the file did.
NEW_ERROR = "the result has a syntax error"


def broken_invariant(
    old: bytes,
    new: bytes,
    edits: Sequence[Edit],
    before: Facts,
    after: Facts,
    superseded: frozenset[bytes],
) -> str | None:
    """One line that says which invariant a rewrite breaks, or None.

    ``superseded`` are the comments that may go. Whether a second run plans nothing is the engine's
    to check, as it needs the whole engine.
    """
    for part, start in kept(edits, len(old)):
        size = part.end - part.start
        if new[start : start + size] != old[part.start : part.end]:
            return f"bytes outside of the edits changed at offset {part.start}"
    if len(new) != len(old) + sum(len(e.text) - (e.end - e.start) for e in ordered(edits)):
        return "bytes outside of the edits were added or lost"
    error = _new_error(old, edits, before, after)
    if error is not None:
        return f"{NEW_ERROR} at offset {error.start} that was not there before"
    lost = Counter(c for c in before.comments if c not in superseded) - Counter(after.comments)
    if lost:
        shown = next(iter(lost)).decode("utf-8", "replace")
        return f"a comment would be lost: {shown}"
    return None


def _new_error(old: bytes, edits: Sequence[Edit], before: Facts, after: Facts) -> Span | None:
    """The first syntax error of the result that the old text does not have at the same place."""
    if not after.errors:
        return None
    moved = {
        Span(error.start - part.start + start, error.end - part.start + start)
        for part, start in kept(edits, len(old))
        for error in before.errors
        if part.contains(error)
    }
    return next((error for error in after.errors if error not in moved), None)
