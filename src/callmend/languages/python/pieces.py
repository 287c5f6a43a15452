"""One element of a body in Python, whatever puts it there."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.reasons import Reason
from callmend.records import record


@record(frozen=True, slots=True)
class Piece:
    """One element of a body: its key, its value, and the node that puts it there.

    ``path`` is how it is read where the body is made; empty where that is its value as it is
    written. ``certain`` tells that it is always put there, ``default`` that it is only where none
    is. ``inside`` is the key of the element in which it is put.
    """

    key: str
    value: cst.BaseExpression
    at: cst.CSTNode
    path: str = ""
    certain: bool = True
    inside: str = ""
    default: bool = False


def refused(program: Program, node: cst.CSTNode) -> RefusedError:
    """That what is in a body depends on a node, which does not tell."""
    shown = program.tree.show_line(node)
    return RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"what is in it depends on {shown}")
