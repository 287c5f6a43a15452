"""Runs a part of a Python file on made-up values: its expressions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from callmend.languages.python.py_names import Names
from callmend.languages.python.py_values import (
    BLANK,
    Builtin,
    Closure,
    Scope,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
)
from callmend.languages.ways import Oracle

#: How long a text or a list may be that is made of others.
_MOST = 20_000
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitOr: operator.or_,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
#: The types of values that are Python's own here too.
PLAIN = (str, bytes, int, float, bool, type(None), list, dict, tuple, set, frozenset)


class Expressions(Names):
    """Literals, operators, comprehensions; what is called, `Interpreter` knows."""

    def __init__(self, module: ast.Module, parents: dict[int, ast.AST], oracle: Oracle) -> None:
        super().__init__(module, parents, oracle)
        #: The texts that were parsed as JSON.
        self.parsed: list[str] = []

    def expression(self, node: ast.AST) -> Any:
        """The value of an expression."""
        if id(node) in self._given:
            return self._given[id(node)]
        self._step(node)
        run = getattr(self, "_of_" + type(node).__name__.lower(), None)
        if run is None:
            raise StuckError(node)
        return run(node)

    # literals

    def _of_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _of_joinedstr(self, node: ast.JoinedStr) -> str:
        return "".join(self.as_text(self.expression(part), part) for part in node.values)

    def _of_formattedvalue(self, node: ast.FormattedValue) -> str:
        return self.as_text(self.expression(node.value), node.value)

    def as_text(self, value: Any, node: ast.AST) -> str:
        """A value as `str` gives it."""
        if isinstance(value, str):
            return value
        if isinstance(value, Unknown | Builtin | Thing | Closure):
            return BLANK
        if isinstance(value, ThrownError):
            return " ".join(self.as_text(each, node) for each in value.given) or BLANK
        return str(value)

    def _listed(self, nodes: Iterable[ast.AST]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self.elements(self.expression(node.value), node)
            else:
                found.append(self.expression(node))
        return found

    def _of_list(self, node: ast.List) -> list[Any]:
        return self._listed(node.elts)

    def _of_tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._listed(node.elts))

    def _of_set(self, node: ast.Set) -> set[Any]:
        return set(self.native(lambda: set(self._listed(node.elts)), node))

    def _of_dict(self, node: ast.Dict) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            given = self.expression(value)
            if key is not None:
                found[self.expression(key)] = given
            elif isinstance(given, dict):
                found |= given
        return found

    # operators

    def _of_await(self, node: ast.Await) -> Any:
        return self.entered(self.expression(node.value))

    def _of_starred(self, node: ast.Starred) -> Any:
        return self.expression(node.value)

    def _of_namedexpr(self, node: ast.NamedExpr) -> Any:
        value = self.expression(node.value)
        self.assign(node.target, value)
        return value

    def _of_ifexp(self, node: ast.IfExp) -> Any:
        holds = self.truth(self.expression(node.test), node.test)
        return self.expression(node.body if holds else node.orelse)

    def _of_boolop(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self.expression(part)
            if part is not node.values[-1]:
                if self.truth(value, part) is isinstance(node.op, ast.Or):
                    return value
        return value

    def _of_unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.expression(node.operand)
        if isinstance(node.op, ast.Not):
            return not self.truth(value, node.operand)
        if isinstance(value, Unknown):
            return value
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        raise StuckError(node)

    def _of_binop(self, node: ast.BinOp) -> Any:
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(left, str) and isinstance(node.op, ast.Mod):
            given = right if isinstance(right, tuple) else (right,)
            return left + "".join(self.as_text(each, node) for each in given)
        if isinstance(left, str) and isinstance(right, Unknown):
            right = BLANK
        if isinstance(right, str) and isinstance(left, Unknown):
            left = BLANK
        if Unknown in (type(left), type(right)):
            return Unknown()
        return self._computed(node.op, left, right, node)

    def _computed(self, op: ast.AST, left: Any, right: Any, node: ast.AST) -> Any:
        if type(op) not in _OPERATORS or not isinstance(left, PLAIN):
            raise StuckError(node)
        if isinstance(op, ast.Mult):
            if _size(left) * _size(right) > _MOST:
                raise StuckError(node)
        return self.native(lambda: _OPERATORS[type(op)](left, right), node)

    def native(self, compute: Callable[[], Any], node: ast.AST) -> Any:
        """What Python itself computes, or raises, on plain values.

        Raises:
            ThrownError: it raises.
            StuckError: it is larger than anything that is read.
        """
        try:
            value = compute()
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as raised:
            self.leaves = node
            raise ThrownError(type(raised).__name__) from None
        if isinstance(value, str | list | tuple | dict | bytes) and len(value) > _MOST:
            raise StuckError(node)
        return value

    def _of_compare(self, node: ast.Compare) -> Any:
        left = self.expression(node.left)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.expression(right_node)
            if not self._compared(op, left, right, node):
                return False
            left = right
        return True

    def _compared(self, op: ast.AST, left: Any, right: Any, node: ast.AST) -> bool:
        self.compares(left, right)
        if isinstance(op, ast.In | ast.NotIn):
            known = isinstance(right, PLAIN) and not isinstance(left, Unknown)
            if not known or any(isinstance(each, Unknown) for each in _members(right)):
                return self.oracle.decide(("node", id(node)))
            found = self.native(lambda: left in right, node)
            return bool(found) is isinstance(op, ast.In)
        if isinstance(op, ast.Is | ast.IsNot) and (left is None or right is None):
            # What a model holds is an object of its own, and none where there is one.
            if not any(isinstance(each, Unknown) for each in (left, right)):
                return (left is right) is isinstance(op, ast.Is)
        if any(isinstance(each, Unknown | Thing) for each in (left, right)):
            return self.oracle.decide(("node", id(node)))
        if isinstance(left, Builtin) or isinstance(right, Builtin):
            return bool(_OPERATORS[type(op)](left, right))
        return bool(self._computed(op, left, right, node))

    def compares(self, left: Any, right: Any) -> None:
        """Two values are compared."""

    def misses(self, owner: Any, key: Any) -> None:
        """A key is asked for that is not there, or a text is gone through as a list is."""

    def wants(self, value: Any) -> None:
        """A part is asked for whether it is a text, and it is none."""

    def from_json(self, value: Any) -> Any:
        """What JSON gives."""
        return value

    def truth(self, value: Any, node: ast.AST) -> bool:
        """Whether a value counts as true."""
        if isinstance(value, Unknown):
            return self.oracle.decide(("node", id(node)))
        if isinstance(value, Thing):
            return bool(value.state.get("ok", True))
        return bool(value)

    # comprehensions

    def _of_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> list[Any]:
        return [self.expression(node.elt) for _ in self._rounds(node.generators)]

    _of_generatorexp = _of_listcomp
    _of_setcomp = _of_listcomp

    def _of_dictcomp(self, node: ast.DictComp) -> dict[Any, Any]:
        return {
            self.expression(node.key): self.expression(node.value)
            for _ in self._rounds(node.generators)
        }

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[None]:
        before, self.scope = self.scope, Scope(parent=self.scope)
        try:
            yield from self._nested(generators)
        finally:
            self.scope = before

    def _nested(self, generators: list[ast.comprehension]) -> Iterator[None]:
        if not generators:
            yield
            return
        [first, *rest] = generators
        for element in self.elements(self.expression(first.iter), first.iter):
            self._step(first.iter)
            self.assign(first.target, element)
            if all(self.truth(self.expression(each), each) for each in first.ifs):
                yield from self._nested(rest)

    def elements(self, value: Any, node: ast.AST) -> Iterable[Any]:
        """What a loop over a value goes through."""
        if isinstance(value, Unknown):
            return [Unknown()]
        if isinstance(value, str | bytes | list | tuple | dict | set | frozenset):
            if isinstance(value, str):
                self.misses(value, 0)
            return [*value]
        if isinstance(value, int | float | None):
            self.leaves = node
            raise ThrownError("TypeError")
        raise StuckError(node)

    def entered(self, value: Any) -> Any:
        """What `await` and `with` give for a value."""
        is_promise = isinstance(value, Thing) and value.kind == "promise"
        return value.state["of"] if is_promise else value


def _members(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple | set | frozenset | dict) else ()


def _size(value: Any) -> float:
    if isinstance(value, int | float):
        return abs(value)
    return len(value) if isinstance(value, str | bytes | list | tuple) else _MOST
