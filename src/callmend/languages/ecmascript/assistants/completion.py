"""Whether code is reached by a completed run only."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.predicates import conjuncts
from callmend.languages.ecmascript.assistants.runs import Runs
from callmend.languages.ecmascript.guards import Guard
from callmend.languages.ecmascript.tree import Tree, field, text, unwrapped
from callmend.languages.ecmascript.values import text_of


class Completion:
    """Reads guards of one flow's run."""

    def __init__(self, tree: Tree, runs: Runs) -> None:
        self._tree = tree
        self._runs = runs

    def is_completed(self, guard: Guard) -> bool:
        """Whether what a guard guards is reached by a completed run only."""
        if guard.statement.type in ("switch_case", "switch_default"):
            body = self._tree.parent(guard.statement)
            switched = None if body is None else self._tree.parent(body)
            value = field(switched, "value")
            same = value is not None and self._runs.is_status(unwrapped(value))
            return same and text(guard.condition)[1:-1] == b"completed"
        if guard.holds:
            return any(self._says(part, b"===") for part in conjuncts(guard.condition))
        return any(self._says(part, b"!==") for part in _disjuncts(guard.condition))

    def _says(self, node: Node, operator: bytes) -> bool:
        """Whether a comparison is `status === 'completed'` (or `!==`)."""
        node = unwrapped(node)
        if node.type != "binary_expression":
            return False
        if text_of(node, "operator") not in (operator, operator[:-1]):
            return False
        left, right = field(node, "left"), field(node, "right")
        if left is None or right is None:
            return False
        if unwrapped(left).type == "string":
            left, right = right, left
        return self._runs.is_status(left) and text(unwrapped(right))[1:-1] == b"completed"


def _disjuncts(node: Node) -> list[Node]:
    node = unwrapped(node)
    left, right = field(node, "left"), field(node, "right")
    if node.type == "binary_expression" and text_of(node, "operator") == b"||":
        if left is not None and right is not None:
            return [*_disjuncts(left), *_disjuncts(right)]
    return [node]
