"""Where a Python file calls its own functions, and which argument a parameter is given."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from callmend.languages.python.scopes import Scopes, is_static, parameters

#: Decorators that change nothing of how a method is called.
_PLAIN = frozenset({"staticmethod", "classmethod", "override", "typing.override",
                    "typing_extensions.override"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Callers:
    """The calls of one function in its file.

    ``closed`` tells that the file uses the function in no other way: it is not handed on, not
    decorated by what may call it, and no other function of the file has its name.
    """

    calls: tuple[cst.Call, ...]
    closed: bool


class CallSites:
    """Finds the calls of the functions of one file by their names."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self._functions: dict[str, list[cst.FunctionDef]] = {}
        for node in self._tree.nodes:
            if isinstance(node, cst.FunctionDef):
                self._functions.setdefault(node.name.value, []).append(node)

    def is_method_name(self, name: str) -> bool:
        """Whether a function of the file has a name."""
        return name in self._functions

    def of(self, function: cst.FunctionDef) -> Callers:
        """The calls of a function, in source order."""
        name = function.name.value
        closed = len(self._functions[name]) == 1 and self._is_plain(function)
        calls: list[cst.Call] = []
        for use in self._uses(function):
            parent = self._tree.parent(use)
            if isinstance(parent, cst.Call) and parent.func is use:
                calls.append(parent)
            else:
                closed = False
        return Callers(tuple(calls), closed)

    def called(self, call: cst.Call) -> cst.FunctionDef | None:
        """The function of this file that a call certainly calls by its name, or None."""
        node = call.func
        method = isinstance(node, cst.Attribute)
        name = node.attr.value if isinstance(node, cst.Attribute) else ""
        name = node.value if isinstance(node, cst.Name) else name
        found = self._functions.get(name, [])
        if len(found) != 1 or self._is_method(found[0]) is not method:
            return None
        return found[0] if any(use is node for use in self._uses(found[0])) else None

    def argument(
        self, call: cst.Call, function: cst.FunctionDef, param: cst.Param
    ) -> cst.BaseExpression | None:
        """What a call gives a parameter; None where that cannot be told, or is the default."""
        return next((a.value for a in call.args if self.param(call, function, a) is param), None)

    def param(self, call: cst.Call, function: cst.FunctionDef, arg: cst.Arg) -> cst.Param | None:
        """The parameter that an argument of a call is for."""
        every = parameters(function)
        if any(other.star for other in call.args):
            return None
        if arg.keyword is not None:
            named = [p for p in every if p.name.value == arg.keyword.value]
            return named[0] if named and not named[0].star else None
        given = [*function.params.posonly_params, *function.params.params]
        if self._is_method(function) and not is_static(function):
            given = given[1:]
        place = [other for other in call.args if other.keyword is None].index(arg)
        return given[place] if place < len(given) else None

    def _uses(self, function: cst.FunctionDef) -> list[cst.CSTNode]:
        name = function.name.value
        if self._is_method(function):
            return [node for node in self._tree.every(cst.Attribute) if node.attr.value == name]
        home = self._scopes.scope_of(name, function)
        return [use for use in self._scopes.uses(name) if self._scopes.scope_of(name, use) is home]

    def _is_method(self, function: cst.FunctionDef) -> bool:
        block = self._tree.parent(function)
        return block is not None and isinstance(self._tree.parent(block), cst.ClassDef)

    def _is_plain(self, function: cst.FunctionDef) -> bool:
        return all(self._tree.source(d.decorator) in _PLAIN for d in function.decorators)
