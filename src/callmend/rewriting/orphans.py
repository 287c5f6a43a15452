"""Comments on what goes: they stay, as the file's owner wrote them, and are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.statements import starts_its_line
from callmend.languages.ecmascript.tree import show, span


def orphan_notes(program: Program, edits: Sequence[Edit]) -> Iterator[Note]:
    """What is told of comments that stood right above, or behind, what edits take away.

    `// needed` behind a header that goes, `// where to` above a URL that nothing reads any more.
    """
    taken = sorted(edit for edit in edits if not edit.text.strip() and edit.start < edit.end)
    if not taken:
        return
    for comment in program.tree.comments:
        if any(edit.span.touches(span(comment)) and edit.text.strip() for edit in edits):
            continue
        where = next((at for edit in taken if (at := _place(program, comment, edit))), None)
        if where is not None and not any(e.span.contains(span(comment)) for e in taken):
            told = f"the comment `{show(comment)}` stood {where} what went"
            yield Note(span(comment), told, always=True)


def _place(program: Program, comment: Node, edit: Edit) -> str | None:
    """Where a comment stands of what an edit takes away; None for elsewhere."""
    source = program.source
    taken = source.data[edit.start : edit.end]
    gone = taken.strip(b" \t\r\n,;")
    if not gone or gone.startswith((b"//", b"/*")):
        return None
    if starts_its_line(source, comment):
        first = edit.start + len(taken) - len(taken.lstrip())
        between = source.data[comment.end_byte : first]
        return "above" if not between.strip() and between.count(b"\n") == 1 else None
    line = source.line_start(comment.start_byte)
    alone = edit.start <= line + len(source.indent_at(comment.start_byte))
    behind = source.data[edit.end : comment.start_byte]
    return "behind" if alone and edit.end <= comment.start_byte and not behind.strip() else None
