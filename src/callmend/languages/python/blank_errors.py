"""Readings of an answer's `error` in Python, which a Response has as None where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.languages.python.ladders import get_key, index_of
from callmend.languages.python.literals import is_logged, logs
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Path, Readings
from callmend.languages.python.tree import Tree

_ERROR = "error"
_NOTHING = frozenset({"None", "''", '""', "[]", "{}", "()", "False"})


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
    if nodes:
        return all(_is_in_a_branch(program, node, nodes) for node in nodes)
    texts = readings.texts()
    return any(_tells_of_none(program, node, texts) for node in _branches(program, texts))


def _branches(program: Program, texts: Sequence[Path]) -> Iterator[cst.If]:
    """The branches of the functions in which an answer's text is read."""
    functions = {program.tree.function_of(path.node) for path in texts}
    for function in functions:
        for node in program.tree.own(function):
            if isinstance(node, cst.If):
                yield node


def _tells_of_none(program: Program, branch: cst.If, texts: Sequence[Path]) -> bool:
    """`if "output" not in data:` and what tells somebody that there is no answer.

    What only gives nothing, or writes to a log, tells nobody: an error says more.
    """
    test, tree = branch.test, program.tree
    if not isinstance(test, cst.Comparison) or not isinstance(test.left, cst.SimpleString):
        return False
    [asked, *more] = test.comparisons
    if more or not isinstance(asked.operator, cst.NotIn) or not program.flow.leaves(branch.body):
        return False
    key, owner = test.left.evaluated_value, tree.source(asked.comparator)
    if not any(path.names[0] == key and _root(tree, path.node) == owner for path in texts):
        return False
    for node in tree.own(branch.body):
        if isinstance(node, cst.Raise):
            return True
        if isinstance(node, cst.Return) and node.value is not None:
            return tree.source(node.value) not in _NOTHING
        if isinstance(node, cst.Call) and not is_logged(program, node) and not logs(program, node):
            return True
    return False


def _root(tree: Tree, node: cst.BaseExpression) -> str:
    """What a reading starts from: `data` of `data["output"].get("message")`."""
    while True:
        if isinstance(node, cst.Call):
            node = node.func
        elif isinstance(node, (cst.Attribute, cst.Subscript)):
            node = node.value
        else:
            return tree.source(node)


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
