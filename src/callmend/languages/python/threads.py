"""Which thread of the Assistants API a call means, by the expression of its id."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.tree import dotted, unawaited

#: A thread's identity: what kind of name it has, and that name.
Key = tuple[str, object]
_MOST_DEPTH = 6


class Threads:
    """Tells the threads of one file's calls apart."""

    def __init__(self, program: Program, calls: Sequence[SdkCall]) -> None:
        self._program = program
        self._tree = program.tree
        self._calls = calls

    def argument(self, call: SdkCall) -> cst.BaseExpression | None:
        """The argument that names a call's thread."""
        given = keywords(call.call)
        if given is None or not call.method.startswith("threads."):
            return None
        return given.get("thread_id")

    def key(self, call: SdkCall, depth: int = 0) -> Key | None:
        """The identity of a call's thread; None where it has none that can be followed."""
        if call.method == "threads.create" or call.method.startswith("threads.create_and"):
            return ("thread", id(call.call))
        argument = self.argument(call)
        return None if argument is None else self.of(argument, depth)

    def of(self, node: cst.BaseExpression, depth: int = 0) -> Key:
        """The identity of the thread whose id an expression is."""
        if depth < _MOST_DEPTH and isinstance(node, cst.Attribute):
            made = self._made(node.value)
            if made is not None and self._is_its_id(made, node.attr.value):
                key = self.key(made, depth + 1)
                if key is not None:
                    return key
        if isinstance(node, cst.Name):
            definition = self._program.flow.definition(node.value, node)
            if isinstance(definition, Definition):
                assigned = isinstance(definition.node, (cst.Assign, cst.AnnAssign))
                if assigned and definition.value is not None and depth < _MOST_DEPTH:
                    behind = self.of(definition.value, depth + 1)
                    if behind[0] == "thread":
                        return behind
                return ("name", id(definition.node))
        scope = self._program.scopes.scope_of(_root(node), node)
        return ("text", (id(scope), self._spelt(node)))

    def _is_its_id(self, made: SdkCall, name: str) -> bool:
        of_thread = made.method in ("threads.create", "threads.retrieve")
        return name == ("id" if of_thread else "thread_id")

    def _made(self, node: cst.BaseExpression) -> SdkCall | None:
        """The call that a variable's value certainly comes from."""
        if not isinstance(node, cst.Name):
            return None
        definition = self._program.flow.definition(node.value, node)
        value = definition.value if isinstance(definition, Definition) else None
        called = None if value is None else unawaited(value)
        return next((call for call in self._calls if call.call is called), None)

    def _spelt(self, node: cst.BaseExpression) -> str:
        """An expression in one spelling."""
        return ast.unparse(ast.parse(cst.Module(()).code_for_node(node).strip(), mode="eval"))

    def maker(self, key: Key) -> SdkCall | None:
        """The call that makes the thread with this identity."""
        for call in self._calls:
            if call.method == "threads.create" and self.key(call) == key:
                return call
        return None

    def changes_between(
        self, node: cst.BaseExpression, first: cst.CSTNode, last: cst.CSTNode
    ) -> bool:
        """Whether something between two places of one function may name another thread."""
        spelt, root = self._spelt(node), _root(node)
        low, high = self._tree.order(first), self._tree.order(last)
        for inner in self._tree.own(self._tree.function_of(first)):
            if not low < self._tree.order(inner) < high:
                continue
            targets: list[cst.BaseExpression] = []
            if isinstance(inner, cst.Assign):
                targets = [target.target for target in inner.targets]
            elif isinstance(inner, (cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr)):
                targets = [inner.target]
            for target in targets:
                if self._spelt(target) == spelt or _names(target, root):
                    return True
        return False


def _root(node: cst.BaseExpression) -> str:
    """The first name of a path."""
    while isinstance(node, (cst.Attribute, cst.Subscript, cst.Call)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return dotted(node)


def _names(target: cst.BaseExpression, name: str) -> bool:
    if isinstance(target, (cst.Tuple, cst.List)):
        return any(_names(element.value, name) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == name
