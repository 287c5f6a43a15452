"""Texts that a file makes of a whole run that failed: `return f"Run failed: {run}"`."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.raw_loops import Loops

_TEXTS = frozenset({"str", "repr", "json.dumps"})


def tells_a_failure(program: Program, loops: Loops, node: cst.CSTNode) -> bool:
    """Whether a value is only put into a text, where a run has certainly failed."""
    tree = program.tree
    parent = tree.parent(node)
    if isinstance(parent, cst.Arg):
        call = tree.parent(parent)
        if not isinstance(call, cst.Call):
            return False
        name = program.scopes.imported(call.func) or tree.source(call.func)
        if name not in _TEXTS:
            return False
    elif not isinstance(parent, cst.FormattedStringExpression):
        return False
    child: cst.CSTNode = node
    for around in tree.ancestors(node):
        if isinstance(around, cst.If) and child in (around.body, around.orelse):
            inside = child is around.body
            failed, completed = (loops.holds(around.test, s) for s in ("failed", "completed"))
            if failed is inside and completed is not inside and completed is not None:
                return True
        if isinstance(around, (cst.FunctionDef, cst.Lambda)):
            return False
        child = around
    return False
