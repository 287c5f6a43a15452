"""Whether a thread's id that this file makes may also be one that was kept from before."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from callmend.languages.python.kinds import Kind
from callmend.languages.python.program import Program

#: How many functions an id is followed through to where it comes from.
_DEEPEST = 4


def may_be_kept(
    program: Program, kinds: Mapping[cst.CSTNode, Kind], node: cst.BaseExpression, depth: int = 0
) -> bool:
    """Whether what an id is read from may hold one that this run of the program did not make.

    That is a name that is also given something else, a field of an object that comes from
    elsewhere (a row, a record), or a parameter that is given such a one.
    """
    if depth > _DEEPEST:
        return False
    if isinstance(node, cst.Attribute):
        if node.value in kinds:  # of a thread or a run
            return may_be_kept(program, kinds, node.value, depth + 1)
        return not _is_own(program, node)
    if not isinstance(node, cst.Name):
        return False
    found = program.resolver.definitions(node)
    values = [d.value for d in found if d.value is not None]
    if len({kinds.get(value) for value in values}) > 1:
        return True
    given = [*values]
    for definition in found:
        function = program.tree.around(definition.node, cst.FunctionDef)
        if isinstance(definition.node, cst.Param) and isinstance(function, cst.FunctionDef):
            calls = program.sites.of(function).calls
            arguments = [program.sites.argument(call, function, definition.node) for call in calls]
            given += [argument for argument in arguments if argument is not None]
    return any(may_be_kept(program, kinds, value, depth + 1) for value in given)


def _is_own(program: Program, node: cst.Attribute) -> bool:
    """Whether a field is one of an object that the program makes itself, and fills here.

    What a class says of a field (`thread_id: str | None = None`, `thread_id = Column(...)`) is
    for whoever makes or loads such an object.
    """
    owner = node.value
    if not isinstance(owner, cst.Name):
        return False
    made = program.resolver.class_of(owner)
    found = program.resolver.definitions(owner)
    if made is None and len(found) == 1 and isinstance(found[0].value, cst.Call):
        made = program.resolver.class_named(found[0].value.func)
    if made is None:
        return False
    declared = program.scopes.bound(made).get(node.attr.value, ())
    return all(
        isinstance(d.node, cst.Assign) and not isinstance(d.value, cst.Call) for d in declared
    )
