"""Whether a Python function that declares to return a text returns what an expression gives."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition

#: How a text is declared, that there may be none of.
_TEXTS = frozenset({"str", "str|None", "None|str", "Optional[str]", "typing.Optional[str]"})


def is_returned_as_text(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a part of what a name holds is returned by a function that declares a text.

    It may be returned with a method on it, `part.text.value.strip()`, or by a name of its own.
    """
    tree = program.tree
    function = tree.function_of(node)
    if not isinstance(function, cst.FunctionDef) or function.returns is None:
        return False
    declared = "".join(tree.source(function.returns.annotation).split()).strip("'\"")
    if declared not in _TEXTS or program.scopes.scope_of("str", node) is not None:
        return False
    if not _is_of_a_name(node):
        return False
    parent = tree.parent(node)
    while isinstance(parent, (cst.Attribute, cst.Call)):
        parent = tree.parent(parent)
    if isinstance(parent, cst.Return):
        return True
    target = parent.targets[0].target if isinstance(parent, cst.Assign) else None
    if not isinstance(parent, cst.Assign) or not isinstance(target, cst.Name):
        return False
    mine, _ = program.flow.uses(Definition(target.value, parent, parent.value))
    return any(isinstance(tree.parent(use), cst.Return) for use in mine)


def _is_of_a_name(node: cst.BaseExpression) -> bool:
    """Whether only attributes and places of a name are read."""
    while isinstance(node, (cst.Attribute, cst.Subscript)) and not node.lpar:
        node = node.value
    return isinstance(node, cst.Name)
