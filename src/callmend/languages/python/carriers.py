"""Where a dict literal of a Python file gets to: through names, functions and their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition

#: How many expressions are followed.
_MOST = 200


def reaches_only(program: Program, literal: cst.Dict, calls: Sequence[cst.Call]) -> bool:
    """Whether a dict literal gets to some calls and to nothing else that is in the file."""
    waiting: list[cst.CSTNode] = [literal]
    for _ in range(_MOST):
        if not waiting:
            return True
        node = waiting.pop()
        if any(program.tree.is_inside(node, call) for call in calls):
            continue
        carried = _carried(program, node)
        if carried is None:
            return False
        waiting += carried
    return False


def _carried(program: Program, node: cst.CSTNode) -> list[cst.CSTNode] | None:
    """The expressions that have the value of one as well; None where they are not known."""
    parent = program.tree.parent(node)
    if isinstance(parent, cst.Return):
        function = program.tree.function_of(parent)
        callers = program.sites.of(function) if isinstance(function, cst.FunctionDef) else None
        return [*callers.calls] if callers is not None and callers.closed else None
    found: Definition | None = None
    if isinstance(parent, (cst.Assign, cst.AnnAssign)):
        known = [d for d in _definitions(program, parent) if d.value is node]
        targets = parent.targets if isinstance(parent, cst.Assign) else [parent]
        found = known[0] if len(known) == len(targets) == 1 else None
    call = program.tree.parent(parent) if isinstance(parent, cst.Arg) else None
    if isinstance(call, cst.Call) and isinstance(parent, cst.Arg):
        called = program.sites.called(call)
        param = None if called is None else program.sites.param(call, called, parent)
        found = None if param is None else Definition(param.name.value, param, None)
    if found is None:
        return None
    mine, maybe = program.flow.uses(found)
    return [*mine, *maybe]


def _definitions(program: Program, node: cst.Assign | cst.AnnAssign) -> Iterator[Definition]:
    scope = program.tree.function_of(node)
    for definitions in program.scopes.bound(scope).values():
        yield from (each for each in definitions if each.node is node)
