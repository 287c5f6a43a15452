"""The comments of a Python file that edits take out: a call whose comment would go is left."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.python.program import Program
from callmend.reasons import Reason


def check_comments(program: Program, edits: Sequence[Edit]) -> None:
    """Refuse edits that lose a comment, wherever in what they replace it stands.

    Raises:
        RefusedError: naming its line.
    """
    tree = program.tree
    written = b"\n".join(edit.text for edit in edits)
    removed = [edit for edit in edits if edit.end > edit.start]
    taken: dict[bytes, int] = {}
    for node in tree.every(cst.Comment):
        where = tree.span(node)
        if any(edit.start <= where.start and where.end <= edit.end for edit in removed):
            comment = program.text.encode(node.value)
            taken[comment] = taken.get(comment, 0) + 1
            if written.count(comment) < taken[comment]:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {tree.line(node)}")
