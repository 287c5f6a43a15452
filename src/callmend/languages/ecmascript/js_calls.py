"""Runs a part of a file on made-up values: its members and calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript import js_library
from callmend.languages.ecmascript.callees import method_of
from callmend.languages.ecmascript.interpreter import is_generator
from callmend.languages.ecmascript.js_expressions import Expressions, child
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    Method,
    Part,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
)
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of

#: Functions of others that call what they are given at another time, or never.
_DEFERRING = frozenset(
    {"addEventListener", "catch", "off", "on", "once", "setInterval", "setTimeout"}
)


class Interpreter(Expressions):
    """Runs code from a call on; `js_library` knows what the platform does."""

    def _of_member_expression(self, node: Node) -> Any:
        owner = self.expression(child(node, "object"))
        optional = field(node, "optional_chain") is not None
        if owner in (None, UNDEFINED) and (optional or _is_chained(node)):
            return UNDEFINED
        name = self.name_of(node)
        if isinstance(owner, Unknown) and text(node) in self.members:
            return self.members[text(node)]
        return self.member(owner, name, node)

    _of_subscript_expression = _of_member_expression

    def member(self, owner: Any, name: Any, node: Node) -> Any:
        """A member of a value.

        Raises:
            ThrownError: there is none of `null` and `undefined`.
            StuckError: it is not known.
        """
        if isinstance(owner, Part):
            if name in ("startsWith", "endsWith", "includes", "trim", "toString"):
                return Method(owner, name)
            if name == "length":
                return Unknown("length") if self.oracle.decide(("true", owner.path)) else 0
            if isinstance(name, str | int):
                return Part((*owner.path, name))
            raise StuckError(node)
        if owner is None or owner is UNDEFINED:
            self.leaves = node
            raise ThrownError({"message": f"cannot read {name}"})
        if isinstance(owner, Unknown):
            return Unknown(f"{owner.shown}.{name}".strip("."))
        if isinstance(owner, dict | list) and isinstance(name, Unknown) and owner:
            raise StuckError(node)
        if isinstance(owner, dict):
            is_method = name in js_library.OF_OBJECTS
            return owner.get(str(name), Method(owner, name) if is_method else UNDEFINED)
        if isinstance(owner, list) and isinstance(name, int):
            return owner[name] if 0 <= name < len(owner) else UNDEFINED
        if isinstance(owner, str) and isinstance(name, int):
            return owner[name] if 0 <= name < len(owner) else UNDEFINED
        if isinstance(name, Unknown):
            return Unknown()
        return js_library.member(owner, str(name), node)

    def _of_call_expression(self, node: Node) -> Any:
        function = unwrapped(child(node, "function"))
        if function.type == "await_expression":  # `await a.b<T>(c)` is read like that
            function = unwrapped(items(function)[0])
        callee = self.expression(function)
        if callee in (None, UNDEFINED) if not isinstance(callee, Thing | Closure) else False:
            if b"?." in text(node):
                return UNDEFINED
            self.leaves = node
            raise ThrownError({"message": f"{text(function).decode()} is no function"})
        return self.called(callee, self._arguments(node), node, function)

    def _arguments(self, node: Node) -> list[Any]:
        found: list[Any] = []
        for given in items(field(node, "arguments") or node):
            if given.type == "spread_element":
                found += self.elements(self.expression(items(given)[0]), given)
            else:
                found.append(self.expression(given))
        return found

    def called(self, callee: Any, given: list[Any], node: Node, function: Node) -> Any:
        """What a call gives."""
        if isinstance(callee, Closure):
            return self.call(callee, given)
        if isinstance(callee, Method):
            if isinstance(callee.owner, Part):
                return self._asked_of_a_part(callee, given, node)
            return js_library.call(self, callee, given, node)
        if isinstance(callee, Builtin):
            return js_library.call_builtin(self, callee.name, given, node)
        if isinstance(callee, Unknown):
            own = self._generator(function)
            if own is not None:
                return self.call(Closure(own), given)
            return self.elsewhere(callee.shown or text(function).decode(), given, node)
        raise StuckError(node)

    def _generator(self, function: Node) -> Node | None:
        """The generator of the same class that `this.name` is; a call of it does nothing else."""
        if function.type != "member_expression" or text_of(function, "object") != b"this":
            return None
        method = method_of(self.tree, text_of(function, "property"), function)
        return method if method is not None and is_generator(method) else None

    def _asked_of_a_part(self, method: Method, given: list[Any], node: Node) -> Any:
        part: Part = method.owner
        if method.name in ("trim", "toString"):
            return part
        if len(given) == 1 and isinstance(given[0], str):
            return self.oracle.decide((method.name, part.path, given[0]))
        raise StuckError(node)

    def elsewhere(self, name: str, given: list[Any], node: Node) -> Any:
        """A call of what is not in this file: it is noted, and calls what it is given."""
        last = name.rpartition(".")[2]
        if last.startswith("set") and last[3:4].isupper() and len(given) == 1:
            # React's: what is set stays until it is set again.
            self._set_state(name, given[0])
            return UNDEFINED
        self.used += [each for each in given if isinstance(each, Part)]
        self.sink(name, node, tuple(given))
        for closure in _closures(given):
            count = len(items(field(closure.node, "parameters") or closure.node))
            self.called_back(closure, [Unknown()] * max(count, 1), deferred=last in _DEFERRING)
        return Unknown(f"{name}()")

    def called_back(self, closure: Closure, given: list[Any], *, deferred: bool) -> None:
        """A function of the file that another file's is given, and calls at once or later."""
        if not deferred:
            self.call(closure, given)

    def _set_state(self, name: str, given: Any) -> None:
        key = b"state " + name.encode()
        if isinstance(given, Closure):
            given = self.call(given, [self.members.get(key, Unknown())])
        if isinstance(given, Part):
            self.used.append(given)
        self.members[key] = given

    def _of_new_expression(self, node: Node) -> Any:
        made = self.expression(child(node, "constructor"))
        given = self._arguments(node)
        if isinstance(made, Builtin):
            return js_library.make(self, made.name, given, node)
        if isinstance(made, Unknown):
            return self.elsewhere("new " + made.shown, given, node)
        raise StuckError(node)

    def elements(self, value: Any, node: Node) -> Iterable[Any]:
        """What a loop over a value goes through."""
        if isinstance(value, list):
            return value
        if isinstance(value, str):
            return list(value)
        if isinstance(value, Thing) and value.kind == "stream":
            return self._chunks(value)
        if isinstance(value, Unknown):
            return [Unknown()]
        raise StuckError(node)

    def _chunks(self, stream: Thing) -> Iterator[Any]:
        while (chunk := js_library.next_chunk(self, stream)) is not None:
            yield chunk


def _closures(given: list[Any]) -> Iterator[Closure]:
    for each in given:
        if isinstance(each, Closure):
            yield each
        elif isinstance(each, dict):
            yield from (value for value in each.values() if isinstance(value, Closure))


def _is_chained(node: Node) -> bool:
    """Whether a `?.` further left makes the whole of nothing nothing: `a?.b.c`."""
    owner = field(node, "object")
    while owner is not None and owner.type in ("member_expression", "subscript_expression"):
        if field(owner, "optional_chain") is not None:
            return True
        owner = field(owner, "object")
    return False
