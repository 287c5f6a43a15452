"""Functions that are handed on, or have no name, and what is then read of what they give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import libcst as cst

from callmend.languages.python.ladders import last_key
from callmend.languages.python.program import Program

#: What an answer has that is written for a reader which is not seen.
_THERE = frozenset({"error", "id", "output", "output_text", "status", "usage"})


def read_of_it(
    program: Program, handed: Iterable[cst.CSTNode], names: Collection[str]
) -> cst.CSTNode | None:
    """What may read a field of an answer that comes back by `pool.map(ask, ...)`, and is not there.

    So may it be where a `lambda` gives the answer.

    Args:
        program: the file's.
        handed: the places where the answer goes on.
        names: those under which a text stands.
    """
    functions = {
        node if isinstance(node, cst.Lambda) else program.tree.function_of(node) for node in handed
    }
    for function in functions:
        named = isinstance(function, cst.FunctionDef) and _is_handed_on(program, function)
        if named or isinstance(function, cst.Lambda):
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
    """Readings by a key that only an answer of another shape has: the first key of each chain.

    Behind `["output"]` it is the second one: there is a list.
    """
    for node in program.tree.nodes:
        if not isinstance(node, (cst.Subscript, cst.Call)):
            continue
        key = last_key(node)
        if key not in names:
            continue
        behind = is_behind_output(node)
        first = _owner(node) if behind else node
        if (key in _THERE and not behind) or _is_keyed(_owner(first)):
            continue
        if not isinstance(program.tree.parent(node), cst.AssignTarget):
            yield node


def is_behind_output(node: cst.CSTNode) -> bool:
    """Whether a reading by a key is one of `data["output"]`, where a live answer has a list."""
    return last_key(_owner(node)) == "output"


def _owner(node: cst.CSTNode) -> cst.BaseExpression:
    """What is read by a key: `data` of `data["text"]` and of `data.get("text")`."""
    if isinstance(node, cst.Subscript):
        return node.value
    called = cst.ensure_type(node, cst.Call).func
    return cst.ensure_type(called, cst.Attribute).value


def _is_keyed(node: cst.BaseExpression) -> bool:
    """Whether something is read by a key already: its own first key is looked at."""
    while isinstance(node, cst.Subscript):
        if last_key(node) is not None:
            return True
        node = node.value
    called = node.func if isinstance(node, cst.Call) else None
    return isinstance(called, cst.Attribute) and called.attr.value == "get"
