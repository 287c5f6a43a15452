"""The conditions under which a node runs, and whether two nodes run under the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import compact, what_changes
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    Tree,
    field,
    items,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.records import record

_CASES = frozenset({"switch_case", "switch_default"})
_ENDS = frozenset({"return_statement", "throw_statement"})


@record(frozen=True, slots=True)
class Guard:
    """One condition around a node: the `if` or `case`, and which of its branches the node is in.

    ``holds`` is False in the `else` branch, and behind an `if` that leaves the function, for which
    ``leaves`` is set. ``names`` are the declarations that the condition's names refer to (by their
    offsets, -1 for a name that the file does not declare), so that a shadowed name is another one.
    """

    statement: Node
    condition: Node
    holds: bool
    leaves: bool = False
    names: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[bytes, tuple[int, ...]]:
        """The condition without its blanks and outer parentheses, to compare spellings."""
        key = compact(unwrapped(self.condition))
        if self.statement.type in _CASES:
            key = _switch_value(self) + b" case " + key
        return key, self.names


def guards_of(tree: Tree, scopes: Scopes, node: Node) -> tuple[Guard, ...]:
    """The conditions around a node up to its function, innermost first."""
    return tuple(replace(g, names=_declared(scopes, g)) for g in _conditions(tree, node))


def _declared(scopes: Scopes, guard: Guard) -> tuple[int, ...]:
    bindings = [scopes.binding(name) for name in scopes.names_in(guard.condition)]
    return tuple(-1 if b is None else b.name_node.start_byte for b in bindings)


def _conditions(tree: Tree, node: Node) -> Iterator[Guard]:
    current = node
    for parent in tree.ancestors(node):
        if parent.type in FUNCTIONS:
            break
        if parent.type == "if_statement":
            condition = field(parent, "condition")
            if condition is not None and current.type != "parenthesized_expression":
                yield Guard(parent, condition, current.type != "else_clause")
        elif parent.type == "ternary_expression":
            condition = field(parent, "condition")
            if condition is not None and current != condition:
                yield Guard(parent, condition, current == field(parent, "consequence"))
        elif parent.type in _CASES:
            value = field(parent, "value") or parent.children[0]
            if current != value:
                yield Guard(parent, value, holds=True)
        if parent.type in BLOCKS:
            yield from _left_before(tree, parent, current)
        current = parent


def _left_before(tree: Tree, block: Node, node: Node) -> Iterator[Guard]:
    """The conditions under which code above a node in its block has left the function."""
    leaving = tree.leaving.get(block.id)
    if leaving is None:
        # Asked for at each use of a name: what a long block holds is looked at once.
        leaving = []
        for sibling in block.named_children:
            if sibling.type == "if_statement" and field(sibling, "alternative") is None:
                branch = field(sibling, "consequence")
                if branch is not None and _leaves(branch):
                    leaving.append(sibling)
        tree.leaving[block.id] = leaving
    for sibling in reversed(leaving):
        condition = field(sibling, "condition")
        if condition is not None and sibling.end_byte <= node.start_byte:
            yield Guard(sibling, condition, holds=False, leaves=True)


def _leaves(branch: Node, ends: frozenset[str] = _ENDS) -> bool:
    """Whether a branch ends by leaving the function (or, with other ends, the `switch`)."""
    while branch.type in BLOCKS:
        value = field(branch, "value")
        statements = [n for n in items(branch) if n != value]
        if not statements:
            return False
        branch = statements[-1]
        if branch.type in BLOCKS and branch.type != "statement_block":
            return False
    return branch.type in ends


def excludes(mine: tuple[Guard, ...], others: tuple[Guard, ...]) -> bool:
    """Whether a node under ``others`` never runs when one under ``mine`` does."""
    keys = [other.key for other in others]
    for guard in mine:
        key = None if may_differ(guard.condition) else guard.key
        for other, its_key in zip(others, keys, strict=True):
            if guard.holds != other.holds and (
                key == its_key or guard.statement == other.statement
            ):
                return True
            if guard.statement.type in _CASES and _cases_of_one_switch(guard, other):
                return True
    return False


def _cases_of_one_switch(guard: Guard, other: Guard) -> bool:
    """Two cases of one `switch`, of which neither runs on into the next."""
    one, two = guard.statement, other.statement
    if one.type not in _CASES or two.type not in _CASES or one == two:
        return False
    if one.parent != two.parent:
        return _cases_of_equal_switches(guard, other)
    first = one if one.start_byte < two.start_byte else two
    return _leaves(first, _ENDS | {"break_statement"})


def _cases_of_equal_switches(guard: Guard, other: Guard) -> bool:
    """Cases of two `switch` statements over the same value, the second without the first's."""
    if _switch_value(guard) != _switch_value(other) or guard.key == other.key:
        return False
    body = other.statement.parent
    # Where the other switch has a case for our value, its other cases do not run for it, if
    # no case runs on into the next.
    cases = [] if body is None else [c for c in items(body) if c.type in _CASES]
    values = [compact(value) for c in cases if (value := field(c, "value")) is not None]
    return compact(guard.condition) in values and all(
        _leaves(case, _ENDS | {"break_statement"}) for case in cases[:-1]
    )


def _switch_value(guard: Guard) -> bytes:
    body = guard.statement.parent
    value = field(None if body is None else body.parent, "value")
    return b"" if value is None else compact(value)


def implies(others: tuple[Guard, ...], mine: tuple[Guard, ...]) -> bool:
    """Whether a node under ``others`` runs only when the conditions ``mine`` hold.

    Behind a condition that leaves the function, all that follows runs only when it does not hold.
    """
    statements = {(other.statement.id, other.holds) for other in others}
    keys = {(other.key, other.holds) for other in others}
    return all(
        guard.leaves
        or (guard.statement.id, guard.holds) in statements
        or (guard.key, guard.holds) in keys
        for guard in mine
    )


def check_stable(
    tree: Tree, scopes: Scopes, mine: tuple[Guard, ...], start: Node, end: Node
) -> None:
    """Refuse when a condition may have changed between two nodes of one function.

    Raises:
        RefusedError: a name or member in a condition is assigned in between (a name also by another
            function), or the condition may answer differently the second time.
    """
    for guard in mine:
        if start.start_byte >= guard.statement.start_byte and (
            end.end_byte <= guard.statement.end_byte
        ):
            continue
        changed = what_changes(tree, scopes, guard.condition, start, end)
        if changed is not None:
            raise RefusedError(Reason.GUARD_CHANGES, changed)
