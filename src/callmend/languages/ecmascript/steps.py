"""The assignments to a variable that have run before a use of it: a text that is put together."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import branch_of, field

#: Functions that can be called above the place where they stand.
_HOISTED = frozenset({"function_declaration", "generator_function_declaration"})
#: How many uses of hoisted functions are looked at for one use of a variable.
_MOST_USES = 200


def assigned_in_order(
    scopes: Scopes, binding: Binding, use: Node
) -> list[tuple[Node, bool]] | None:
    """The assignments to a variable that have run, each once, before a use of it.

    With each of them whether it runs only sometimes, as `if (version) url += query` does. None when
    one stands in a loop or a function of its own, sets another text under a condition, or does more
    than `=` and `+=`.
    """
    tree = scopes.tree
    declaration = tree.parent(binding.declarator)
    block = None if declaration is None else tree.parent(declaration)
    if declaration is None or block is None or block.type == "for_statement":
        return None
    at = _earliest(scopes, use, tree.function_of(declaration), frozenset(), iter(range(_MOST_USES)))
    if at is None:
        return None
    inside = at != use.start_byte
    steps = []
    for write in binding.writes:
        assignment = tree.parent(write)
        statement = None if assignment is None else tree.parent(assignment)
        if assignment is None or statement is None or field(assignment, "left") != write:
            return None
        adds = text_of(assignment, "operator") == b"+="
        if assignment.type != "assignment_expression" and not adds:
            return None
        if statement.type != "expression_statement":
            return None
        around = branch_of(tree, statement) if adds else None
        if tree.parent(statement if around is None else around) != block:
            return None
        if statement.start_byte < declaration.end_byte:
            return None
        if statement.end_byte <= at:
            steps.append((assignment, around is not None))
        elif inside:
            return None
    return steps if at >= declaration.end_byte else None


def grown_parts(scopes: Scopes, name: Node) -> list[Node]:
    """The parts of a text that a variable holds where it is used, where it got more of it.

    What it gets only under a condition is left out. Empty where it is no such variable.
    """
    binding = scopes.binding(name) if name.type == "identifier" else None
    declared = None if binding is None else field(binding.declarator, "value")
    if binding is None or declared is None or not binding.writes:
        return []
    if field(binding.declarator, "name") != binding.name_node:
        return []
    steps = assigned_in_order(scopes, binding, name)
    if steps is None or any(step.type == "assignment_expression" for step, _ in steps):
        return []
    added = [field(step, "right") for step, sometimes in steps if not sometimes]
    return [declared, *(part for part in added if part is not None)]


def _earliest(
    scopes: Scopes, node: Node, outer: Node, seen: frozenset[int], left: Iterator[int]
) -> int | None:
    """Behind which byte of a function a node within it is first run, inner functions too.

    That is where an inner function is made, or where one that is hoisted is first named. None
    where the node is not inside the function, or where more uses than are ``left`` would have to
    be looked at: in a bundle every function is named in others.
    """
    if next(left, None) is None:
        return None
    tree = scopes.tree
    at, around = node.start_byte, tree.function_of(node)
    while around != outer:
        if around == tree.root:
            return None
        name = field(around, "name") if around.type in _HOISTED else None
        binding = None if name is None else scopes.binding(name)
        if binding is not None and binding.references:
            inner = seen | {around.id}
            uses = [u for u in binding.references if tree.function_of(u).id not in inner]
            found = [_earliest(scopes, use, outer, inner, left) for use in uses]
            return None if None in found else min((n for n in found if n), default=None)
        at, around = around.start_byte, tree.function_of(around)
    return at
