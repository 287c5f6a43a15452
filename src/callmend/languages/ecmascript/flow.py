"""Which request's value a variable holds where it is used: followed by conditions and writes."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.guards import check_stable, excludes, guards_of, implies
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    LOOPS,
    Tree,
    field,
    is_inside,
    show_line,
    text,
)
from callmend.reasons import Reason
from callmend.records import record

_FIRST_VALUES = frozenset({b"null", b"undefined", b"''", b'""', b"``", b"{}"})


@record(frozen=True, slots=True)
class Bound:
    """A variable: the node it is assigned or declared at, its name, its binding if declared."""

    name: bytes
    node: Node
    binding: Binding | None


def loops_around(tree: Tree, node: Node) -> list[Node]:
    """The loops around a node up to its function, innermost first."""
    found = []
    for parent in tree.ancestors(node):
        if parent.type in FUNCTIONS:
            break
        if parent.type in LOOPS:
            found.append(parent)
    return found


class Flow:
    """Follows what one request puts into variables of its function."""

    def __init__(self, tree: Tree, scopes: Scopes, call: Node) -> None:
        self.tree = tree
        self.scopes = scopes
        self.call = call
        self.function = tree.function_of(call)
        self.guards = guards_of(tree, scopes, call)

    def response(self) -> Bound:
        """The variable that the request is awaited into.

        Raises:
            RefusedError: there is none, or its function cannot wait for anything.
        """
        node, parent = self.tree.outer(self.call)
        if parent is None or parent.type != "await_expression":
            raise RefusedError(Reason.RESPONSE_NOT_BOUND, "the request is not awaited")
        node, parent = self.tree.outer(parent)
        bound = self.bound_by(node, parent)
        if bound is None:
            raise RefusedError(Reason.RESPONSE_NOT_BOUND)
        if self.function != self.tree.root and not any(
            child.type == "async" for child in self.function.children
        ):
            raise RefusedError(Reason.NOT_ASYNC, show_line(self.function))
        return bound

    def bound_by(self, value: Node, parent: Node | None) -> Bound | None:
        """The variable that takes a value, ``parent`` being what stands around the value."""
        if parent is None:
            return None
        if parent.type == "variable_declarator" and field(parent, "value") == value:
            name = field(parent, "name")
        elif parent.type == "assignment_expression" and field(parent, "right") == value:
            name = field(parent, "left")
            around = self.tree.parent(parent)
            if around is None or around.type != "expression_statement":
                return None
        else:
            return None
        if name is None or name.type != "identifier":
            return None
        return Bound(text(name), name, self.scopes.binding(name))

    def uses(self, bound: Bound) -> list[Node]:
        """The later uses of a variable in the request's function, writes left out."""
        if bound.binding is not None:
            nodes = bound.binding.references
        else:
            nodes = self.scopes.free.get(bound.name, [])
        return [
            node
            for node in nodes
            if is_inside(node, self.function)
            and node.start_byte > self.call.end_byte
            and not self.scopes.is_write(node)
        ]

    def strays(self, bound: Bound) -> list[Node]:
        """The uses of a variable that see our value although they stand elsewhere.

        Those in other functions that can see it, and those above the request in a loop that runs
        again with the value of the round before.
        """
        if bound.binding is None:
            return []
        loops = [
            n
            for n in loops_around(self.tree, self.call)
            if not is_inside(bound.binding.name_node, n)
        ]
        return [
            node
            for node in bound.binding.references
            if not self.scopes.is_write(node)
            and (
                not is_inside(node, self.function)
                or (
                    node.start_byte < self.call.start_byte
                    and (
                        self.tree.function_of(node) != self.function
                        or any(is_inside(node, loop) for loop in loops)
                    )
                )
            )
        ]

    def serves_us(self, use: Node, source: Bound) -> bool:
        """Whether a use of a variable can see what our request put there."""
        return not excludes(
            self.guards, guards_of(self.tree, self.scopes, use)
        ) and not self._overwritten(use, source)

    def _overwritten(self, use: Node, source: Bound) -> bool:
        """Whether a later assignment in the use's own block replaces our value before the use."""
        for write in self.writes(source):
            if not source.node.start_byte < write.start_byte < use.start_byte:
                continue
            statement = self.tree.statement_of(write)
            block = self.tree.parent(statement)
            if block is not None and is_inside(use, block) and block != self.tree.root:
                if self.tree.function_of(write) == self.tree.function_of(use):
                    return True
        return False

    def writes(self, bound: Bound) -> list[Node]:
        """The assignments to a variable, its declaration left out."""
        if bound.binding is not None:
            return bound.binding.writes
        return [n for n in self.scopes.free.get(bound.name, []) if self.scopes.is_write(n)]

    def only_ours(self, use: Node, *bounds: Bound) -> None:
        """Refuse a use that may also see another request's value.

        Raises:
            RefusedError: shared, under another condition, or under one that may have changed.
        """
        guards = guards_of(self.tree, self.scopes, use)
        for bound in bounds:
            mine = guards_of(self.tree, self.scopes, bound.node)
            others = [w for w in self.writes(bound) if w != bound.node]
            if not others and not self._has_first_value(bound):
                continue
            conditional = [guard for guard in mine if not guard.leaves]
            if conditional and implies(guards, mine):
                check_stable(self.tree, self.scopes, mine, self.call, use)
                if all(excludes(mine, guards_of(self.tree, self.scopes, w)) for w in others):
                    continue
                if all(w.start_byte < self.call.start_byte for w in others):
                    continue
                raise RefusedError(Reason.SHARED_READ, show_line(use))
            if all(w.start_byte < self.call.start_byte for w in others) and not conditional:
                continue
            own = [
                g
                for g in guards
                if not g.leaves and not any(is_inside(self.call, b) for b in [g.statement])
            ]
            reason = Reason.DIFFERING_GUARDS if own and conditional else Reason.SHARED_READ
            raise RefusedError(reason, show_line(use))

    def _has_first_value(self, bound: Bound) -> bool:
        """Whether the variable's declaration gives it another value than ours."""
        if bound.binding is None or bound.binding.name_node == bound.node:
            return False
        value = field(bound.binding.declarator, "value")
        return value is not None and text(value) not in _FIRST_VALUES
