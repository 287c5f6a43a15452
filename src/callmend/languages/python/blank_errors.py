"""Readings of an answer's `error` in Python, which a Response has as None where there is none."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Readings

_ERROR = "error"


def looks_for_error(node: cst.CSTNode) -> bool:
    """Whether a node is `"error" in data`, or that it is not."""
    return (
        isinstance(node, cst.Comparison)
        and isinstance(node.left, cst.SimpleString)
        and node.left.evaluated_value == _ERROR
        and any(isinstance(each.operator, (cst.In, cst.NotIn)) for each in node.comparisons)
    )


def survives(program: Program, use: cst.BaseExpression) -> bool:
    """Whether a use of an answer does the same with an `error` that is None as without one.

    `"error" in data` is true of it, `data.get("error", {}).get("message")` fails.
    """
    tree = program.tree
    parent = tree.parent(use)
    if isinstance(parent, cst.ComparisonTarget):
        return not looks_for_error(tree.parent(parent) or parent)
    if isinstance(parent, cst.Subscript) and parent.value is use and index_of(parent) == _ERROR:
        return not _is_read_on(program, parent) or is_asked_before(program, parent)
    call = None if parent is None else tree.parent(parent)
    if isinstance(parent, cst.Attribute) and isinstance(call, cst.Call) and call.func is parent:
        if parent.attr.value == "get" and get_key(call) == _ERROR and len(call.args) > 1:
            is_none = tree.source(call.args[1].value) == "None"
            return is_none or is_asked_before(program, call)
    return True


def _is_read_on(program: Program, node: cst.BaseExpression) -> bool:
    parent = program.tree.parent(node)
    return isinstance(parent, (cst.Subscript, cst.Attribute)) and parent.value is node


def is_asked_before(program: Program, node: cst.BaseExpression) -> bool:
    """Whether code only runs where an `error` was there and was something."""
    tree = program.tree
    child: cst.CSTNode = node
    for parent in tree.ancestors(node):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            return False
        if isinstance(parent, (cst.If, cst.IfExp)):
            test, then = parent.test, parent.body
            if child is then and not isinstance(test, cst.UnaryOperation):
                inside = [test, *tree.below(test)]
                named = any(
                    isinstance(n, cst.SimpleString) and n.raw_value == _ERROR for n in inside
                )
                if named and not any(isinstance(n, (cst.In, cst.NotIn)) for n in inside):
                    return True
        if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And):
            if child is parent.right and '"error"' in tree.source(parent.left).replace("'", '"'):
                return True
        child = parent
    return False


def is_told_apart(program: Program, readings: Readings) -> bool:
    """Whether a file tells an error in a branch of its own: `if "error" in data: return ...`."""
    nodes = [path.node for path in readings.paths if path.names[0] == _ERROR]
    return bool(nodes) and all(_is_in_a_branch(program, node, nodes) for node in nodes)


def _is_in_a_branch(
    program: Program, node: cst.BaseExpression, errors: list[cst.BaseExpression]
) -> bool:
    """Whether the code around a reading runs for an error only, and nothing behind it then."""
    tree = program.tree
    for parent in tree.ancestors(node):
        if isinstance(parent, cst.If):
            test = parent.test
            asks = test in errors or (
                looks_for_error(test)
                and not any(isinstance(n, cst.NotIn) for n in tree.below(test))
            )
            inside = tree.is_inside(node, test) or tree.is_inside(node, parent.body)
            return asks and inside and program.flow.leaves(parent.body)
        if isinstance(parent, (cst.FunctionDef, cst.Lambda, cst.IfExp)):
            return False
    return False
