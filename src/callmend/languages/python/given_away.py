"""Functions that are handed on by their names, and what is then read of what they give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import libcst as cst

from callmend.languages.python.program import Program

#: What an answer has that is written for a reader which is not seen.
_THERE = frozenset({"error", "id", "output", "output_text", "status", "usage"})


def read_of_it(
    program: Program, handed: Iterable[cst.CSTNode], names: Collection[str]
) -> cst.CSTNode | None:
    """What may read a field of an answer that comes back by `pool.map(ask, ...)`, and is not there.

    Args:
        program: the file's.
        handed: the places where the answer goes on.
        names: those under which a text stands.
    """
    functions = {program.tree.function_of(node) for node in handed}
    for function in functions:
        if isinstance(function, cst.FunctionDef) and _is_handed_on(program, function):
            return next(_readings(program, names), None)
    return None


def _is_handed_on(program: Program, function: cst.FunctionDef) -> bool:
    """Whether something is given a function by its name: `executor.submit(ask, text)`."""
    name = function.name.value
    home = program.scopes.scope_of(name, function)
    for use in program.scopes.uses(name):
        parent = program.tree.parent(use)
        if isinstance(parent, cst.Arg) and program.scopes.scope_of(name, use) is home:
            return True
    return False


def _readings(program: Program, names: Collection[str]) -> Iterator[cst.CSTNode]:
    """Readings by a key that only an answer of another shape has; the first key of each chain."""
    for node in program.tree.nodes:
        inner: cst.BaseExpression | None = None
        key: cst.BaseExpression | None = None
        if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Index):
            inner, key = node.value, node.slice[0].slice.value
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            if node.func.attr.value == "get" and node.args:
                inner, key = node.func.value, node.args[0].value
        if inner is None or not isinstance(key, cst.SimpleString):
            continue
        if _is_keyed(inner):
            continue
        word = key.evaluated_value
        if isinstance(word, str) and word in names and word not in _THERE:
            if not isinstance(program.tree.parent(node), cst.AssignTarget):
                yield node


def _is_keyed(node: cst.BaseExpression) -> bool:
    """Whether something is read by a key already: its own first key is looked at."""
    while True:
        if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Index):
            if isinstance(node.slice[0].slice.value, cst.SimpleString):
                return True
            node = node.value
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            return node.func.attr.value == "get"
        else:
            return False
