"""The conditions under which a node runs, and whether two nodes run under the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    descendants,
    field,
    text,
    unwrapped,
)
from callmend.reasons import Reason


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition around a node: the `if` or `case`, and which of its branches the node is in.

    ``holds`` is False in the `else` branch.
    """

    statement: Node
    condition: Node
    holds: bool

    @property
    def key(self) -> bytes:
        """The condition without its blanks and outer parentheses, to compare spellings."""
        return _compact(unwrapped(self.condition))


def _compact(node: Node) -> bytes:
    return b" ".join(text(leaf) for leaf in descendants(node) if not leaf.children and text(leaf))


def guards_of(tree: Tree, node: Node) -> tuple[Guard, ...]:
    """The conditions around a node up to its function, innermost first."""
    found = []
    current = node
    for parent in tree.ancestors(node):
        if parent.type in FUNCTIONS:
            break
        if parent.type == "if_statement":
            condition = field(parent, "condition")
            if condition is not None and current.type != "parenthesized_expression":
                found.append(Guard(parent, condition, current.type != "else_clause"))
        elif parent.type == "ternary_expression":
            condition = field(parent, "condition")
            if condition is not None and current != condition:
                found.append(Guard(parent, condition, current == field(parent, "consequence")))
        elif parent.type == "switch_case":
            value = field(parent, "value")
            if value is not None and current != value:
                found.append(Guard(parent, value, holds=True))
        current = parent
    return tuple(found)


def excludes(mine: tuple[Guard, ...], others: tuple[Guard, ...]) -> bool:
    """Whether a node under ``others`` never runs when one under ``mine`` does."""
    for guard in mine:
        for other in others:
            same = guard.statement == other.statement or guard.key == other.key
            if same and guard.holds != other.holds:
                return True
            if _cases_of_one_switch(guard, other):
                return True
    return False


def _cases_of_one_switch(guard: Guard, other: Guard) -> bool:
    return (
        guard.statement.type == other.statement.type == "switch_case"
        and guard.statement != other.statement
        and guard.statement.parent == other.statement.parent
    )


def implies(others: tuple[Guard, ...], mine: tuple[Guard, ...]) -> bool:
    """Whether a node under ``others`` runs only when the conditions ``mine`` hold."""
    return all(
        any(
            (guard.statement == other.statement or guard.key == other.key)
            and guard.holds == other.holds
            for other in others
        )
        for guard in mine
    )


def check_stable(
    tree: Tree, scopes: Scopes, mine: tuple[Guard, ...], start: Node, end: Node
) -> None:
    """Refuse when a condition may have changed between two nodes of one function.

    Raises:
        RefusedError: a name in a condition is assigned in between, or by another function.
    """
    for guard in mine:
        if start.start_byte >= guard.statement.start_byte and (
            end.end_byte <= guard.statement.end_byte
        ):
            continue
        for name in scopes.names_in(guard.condition):
            binding = scopes.binding(name)
            if binding is not None and changes_between(tree, binding, start, end):
                detail = f"`{text(name).decode('utf-8', 'replace')}` is assigned again"
                raise RefusedError(Reason.GUARD_CHANGES, detail)


def changes_between(tree: Tree, binding: Binding, start: Node, end: Node) -> bool:
    """Whether a name may be assigned after ``start`` and before ``end`` run, both in one function.

    A write in another function counts, as that may run while this one waits.
    """
    function = tree.function_of(start)
    return any(
        tree.function_of(write) != function or start.start_byte <= write.start_byte < end.end_byte
        for write in binding.writes
    )
