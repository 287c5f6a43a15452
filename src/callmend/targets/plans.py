"""What a target gives back for one call: the edits, the remarks, and what the edits replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.records import record

if TYPE_CHECKING:
    from tree_sitter import Node  # only for this type: Python files need no tree-sitter

#: What is told of elements of a body.
AS_METADATA = "`metadata` goes as JSON text: the API takes texts there, of at most 512 characters"


@record(frozen=True, slots=True)
class Plan:
    """A planned rewrite of one call.

    ``notes`` are for the reviewer; ``message`` says in a few words what the call becomes.
    ``appended`` are functions for the end of the file, each there once however many calls need it.
    ``gone`` are expressions without effects that are not evaluated any more, so that constants
    which only they use can go too; ``kept`` are expressions of the dead request that the new code
    reads at another place. ``covers`` are the other dead calls that are changed with it, by
    their spans, each with those of the edits that are its own, and ``covered`` says what becomes of
    them. ``superseded`` are comments that go with the dead call.
    """

    edits: tuple[Edit, ...]
    message: str
    notes: tuple[Note, ...] = ()
    appended: tuple[bytes, ...] = ()
    gone: tuple[Node, ...] = ()
    kept: tuple[Node, ...] = ()
    superseded: tuple[Node, ...] = ()
    covers: tuple[tuple[Span, tuple[Edit, ...]], ...] = ()
    covered: str = "asks for a run that never was; now asks for the answer of the call that is made"
