"""Messages in Python: whether an expression is certainly a list of {role, content}, or a text."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted
from callmend.languages.python.values import key_of
from callmend.reasons import Reason

_ROLES = frozenset({"user", "assistant"})


class Messages:
    """Judges expressions of one file."""

    def __init__(self, program: Program) -> None:
        self._tree = program.tree
        self._flow = program.flow
        self._resolver = program.resolver

    def is_text(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is certainly a string."""
        if isinstance(node, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)):
            return True
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            return self.is_text(node.left) or self.is_text(node.right)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            return node.func.attr.value in ("strip", "format") and self.is_text(node.func.value)
        definitions = self._resolver.definitions(node)
        if len(definitions) != 1:
            return False
        found = definitions[0]
        annotation = getattr(found.node, "annotation", None)
        if isinstance(annotation, cst.Annotation):
            if self._tree.source(annotation.annotation) == "str":
                return True
        return found.value is not None and self.is_text(found.value)

    def check(self, node: cst.BaseExpression, depth: int = 0) -> None:
        """Check that an expression is certainly a list of {role, content}.

        Raises:
            RefusedError: naming what is no such list.
        """
        wrong = RefusedError(Reason.HISTORY_SHAPE, f"`{self._tree.show(node)}`")
        if depth > 6:
            raise wrong
        if isinstance(node, cst.List):
            for element in node.elements:
                if isinstance(element, cst.StarredElement):
                    self.check(element.value, depth + 1)
                else:
                    self._check_message(element.value)
        elif isinstance(node, cst.ListComp):
            self._check_message(node.elt)
        elif isinstance(node, cst.Subscript):
            if not isinstance(node.slice[0].slice, cst.Slice):
                raise wrong
            self.check(node.value, depth + 1)
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            self.check(node.left, depth + 1)
            self.check(node.right, depth + 1)
        elif isinstance(node, cst.Call) and dotted(node.func) in ("list", "reversed"):
            self.check(node.args[0].value if node.args else node, depth + 1)
        elif isinstance(node, cst.Name):
            self._check_named(node, wrong, depth)
        else:
            raise wrong

    def _check_named(self, node: cst.Name, wrong: RefusedError, depth: int) -> None:
        definitions = self._resolver.definitions(node)
        if len(definitions) != 1 or definitions[0].value is None:
            raise wrong
        if not isinstance(definitions[0].node, (cst.Assign, cst.AnnAssign)):
            raise wrong
        self.check(definitions[0].value, depth + 1)
        mine, maybe = self._flow.uses(definitions[0])
        for use in (*mine, *maybe):
            parent = self._tree.parent(use)
            if isinstance(parent, cst.Subscript):
                if isinstance(self._tree.parent(parent), (cst.AssignTarget, cst.AugAssign)):
                    raise wrong
            if not isinstance(parent, cst.Attribute):
                continue
            call = self._tree.parent(parent)
            if parent.attr.value == "append" and isinstance(call, cst.Call) and call.args:
                self._check_message(call.args[0].value)
            elif parent.attr.value not in ("copy", "index", "count"):
                raise wrong

    def _check_message(self, node: cst.BaseExpression) -> None:
        shown = f"`{self._tree.show(node)}`"
        if not isinstance(node, cst.Dict):
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        by_name = {key_of(element): element for element in node.elements}
        if set(by_name) != {"role", "content"}:
            raise RefusedError(Reason.HISTORY_SHAPE, shown)
        role = by_name["role"]
        for value in _alternatives(role.value):
            if isinstance(value, cst.SimpleString) and value.evaluated_value not in _ROLES:
                # CreateMessageRequest.role is `user` or `assistant` only.
                raise RefusedError(Reason.HISTORY_SHAPE, f"the role {self._tree.show(value)}")


def _alternatives(node: cst.BaseExpression) -> Sequence[cst.BaseExpression]:
    if isinstance(node, cst.IfExp):
        return [*_alternatives(node.body), *_alternatives(node.orelse)]
    return [node]
