"""Runs a part of a Python file on made-up values: what its names hold where the run starts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from callmend.languages.python import py_library
from callmend.languages.python.interpreter import Def, Statements
from callmend.languages.python.py_values import Closure, Made, Scope, Unknown

#: Calls that compute nothing, by which a name may be given a value before the run starts.
_EMPTY = frozenset({"dict", "list", "set", "tuple"})


class Names(Statements):
    """Looks names up, in the scopes of the run and in what stands before its start."""

    def _of_name(self, node: ast.Name) -> Any:
        scope: Scope | None = self.scope
        while scope is not None:
            if node.id in scope.values:
                return scope.values[node.id]
            found = self._before(scope, node.id)
            if found is not None:
                scope.values[node.id] = found[0]
                return found[0]
            scope = scope.parent
        return py_library.BUILTINS.get(node.id, Unknown(node.id))

    def _before(self, scope: Scope, name: str) -> tuple[Any] | None:
        """What a name of a scope holds where the run starts, None where it is none of it."""
        function = scope.node
        if isinstance(function, Def):
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
            if any(argument.arg == name for argument in every):
                return (Unknown(name),)
        values = [n for n in self._bindings(function) if _binds(n, name)]
        if not values:
            return None
        [first, *others] = values
        if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef):
            return (Closure(first, scope),)
        if isinstance(first, ast.ClassDef):
            return (Made(first, scope),)
        if isinstance(first, ast.Import | ast.ImportFrom):
            return (py_library.imported(first, name),)
        value = getattr(first, "value", None)
        if others or not isinstance(first, ast.Assign | ast.AnnAssign) or value is None:
            return (Unknown(name),)
        is_one = isinstance(first, ast.AnnAssign) or isinstance(first.targets[0], ast.Name)
        return (self.expression(value) if is_one and _is_plain(value) else Unknown(name),)

    def _bindings(self, function: ast.AST | None) -> Iterator[ast.AST]:
        """The statements of a function or the file that bind names before the run starts there."""
        start = self._start
        behind = start is not None and function is not None and self.is_inside(start, function)
        until = getattr(start, "lineno", 0) if behind else 10**9
        if function is self.module and self.function_of(start or self.module) is not self.module:
            until = 10**9
        for node in ast.walk(function) if function is not None else ():
            if not isinstance(node, ast.stmt) or self.function_of(node) is not function:
                continue
            always = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import
            if node.lineno < until or isinstance(node, always | ast.ImportFrom):
                yield node


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a statement binds a name."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name == name
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any((a.asname or a.name.partition(".")[0]) == name for a in node.names)
    targets: list[ast.AST] = []
    if isinstance(node, ast.Assign):
        targets = [*node.targets]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For | ast.AsyncFor):
        targets = [node.target]
    elif isinstance(node, ast.With | ast.AsyncWith):
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
    elif isinstance(node, ast.Try):
        return any(handler.name == name for handler in node.handlers)
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
        for target in targets
        for each in ast.walk(target)
    )


def _is_plain(node: ast.AST) -> bool:
    """Whether an expression computes nothing, so that it may be looked up at any time."""
    if isinstance(node, ast.Call):
        is_empty = isinstance(node.func, ast.Name) and node.func.id in _EMPTY
        return is_empty and not node.args and not node.keywords
    return isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Lambda)
