"""What functions of other files are known to do with an answer that they are given."""

from __future__ import annotations

import re
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.answer_objects import Instance
from callmend.languages.ecmascript.answer_platform import Platform
from callmend.languages.ecmascript.answer_syntax import reducer_of
from callmend.languages.ecmascript.answer_values import Made, Members, has_text
from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Closure,
    StuckError,
    Thing,
    ThrownError,
)
from callmend.languages.ecmascript.members import Members as Constants
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.schema_values import Refusals
from callmend.languages.ecmascript.tree import field, items, key_name, member_value, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_EXITS = frozenset({"process.exit", "Deno.exit", "Bun.exit"})
_ASSERTS = frozenset({"assert", "assert.ok", "invariant", "tiny_invariant"})
_EQUAL = frozenset({"equal", "strictEqual", "deepEqual", "deepStrictEqual"})
_PARSES = frozenset({"parse", "parseAsync", "safeParse", "safeParseAsync"})
#: How a schema is made, or what it is called: `z.object({ ... })`, `RunSchema`.
_SCHEMA = re.compile(rb"^(?:z|zod|v|s|yup|t|Type)\.|[sS]chema$")
_OPTIONAL = re.compile(rb"\.(?:optional|nullish|default|catch)\(")


class LeftError(Exception):
    """The program ends here; ``fails`` tells that it ends as one that failed."""

    def __init__(self, *, fails: bool) -> None:
        super().__init__()
        self.fails = fails


class Elsewhere(Platform):
    """Runs code that calls functions of other files."""

    def __init__(self, program: Program, oracle: Oracle, answer: Made) -> None:
        super().__init__(program, oracle, answer)
        self._back: Any = None

    def elsewhere(self, name: str, given: list[Any], node: Node) -> Any:
        """A call of what is not in this file; most libraries give what a callback gives them."""
        own = self._this[-1] if self._this else None
        if name.endswith("setState") and isinstance(own, Instance) and given:
            # React's: what is set is joined with what was there.
            before = own.get("state")
            after = self.call(given[0], [before]) if isinstance(given[0], Closure) else given[0]
            states = [each for each in (before, after) if isinstance(each, dict)]
            own["state"] = {k: v for each in states for k, v in each.items()}
            return UNDEFINED
        reducer = reducer_of(self.scopes, field(node, "function"))
        if reducer is not None and given:
            key = b"state " + name.encode()
            self.members[key] = self.call(Closure(reducer), [self.members.get(key, {}), given[0]])
            return UNDEFINED
        plain = self._plainly(name.removeprefix("node:"), given, node)
        if plain is not NotImplemented:
            return plain
        before, self._back = self._back, None
        found = super().elsewhere(name, given, node)
        back, self._back = self._back, before
        return found if back is None else back

    def called_back(
        self,
        closure: Closure,
        given: list[Any],
        *,
        deferred: bool,  # noqa: ARG002 - what is called later shows the text too
    ) -> None:
        """A function that another file's is given: what it gives back may be shown there."""
        try:
            back = self.call(closure, given)
        except ThrownError:
            raise StuckError(closure.node) from None
        if has_text(back) or isinstance(back, Thing):
            self._back = back
            self.sink("callback", closure.node, (back,))

    def _plainly(self, name: str, given: list[Any], node: Node) -> Any:
        """What a call gives whose function is known by its name; NotImplemented for others."""
        first = given[0] if given else UNDEFINED
        if name in _EXITS:
            self.failed = node
            raise LeftError(fails=first not in (0, UNDEFINED))
        asserts, _, how = name.rpartition(".")
        if name in _ASSERTS or (asserts == "assert" and how in _EQUAL and len(given) > 1):
            holds = self.same(first, given[1], node) if how in _EQUAL else self.truth(first, node)
            if not holds:
                self.failed = node
                raise ThrownError({"message": "assertion", "name": "AssertionError"})
            return UNDEFINED
        if how in _PARSES and given and self._is_schema(node):
            return self._let_through(first, node, safe=how.startswith("safe"))
        return NotImplemented

    def _let_through(self, value: Any, call: Node, *, safe: bool) -> Any:
        """What a schema gives: what it is given, where no member is missing that it asks for."""
        owner = field(unwrapped(field(call, "function") or call), "object")
        schema = None if owner is None else Constants(self.scopes).constant(owner)
        wanted = required_of(schema) if isinstance(value, Members) else ()
        missing = [name for name in wanted if name.decode() not in value]
        for name in missing:
            self.miss(value, name.decode(), call)
        told = Refusals(self.scopes, lambda owner, name: self.miss(owner, name, call))
        is_object = isinstance(value, Members)
        refused = bool(missing) or (is_object and told.refuses(owner, value))
        if refused and not safe:
            self.failed = call
            raise ThrownError({"message": "no such answer", "name": "ZodError"})
        return {"success": not refused, "data": UNDEFINED if refused else value} if safe else value

    def _is_schema(self, call: Node) -> bool:
        owner = field(unwrapped(field(call, "function") or call), "object")
        if owner is None:
            return False
        binding = self.scopes.binding(owner)
        value = None if binding is None else field(binding.declarator, "value")
        made_by = text(unwrapped(value if value is not None else owner))
        return _SCHEMA.search(text(owner)) is not None or re.match(_SCHEMA, made_by) is not None


def required_of(schema: Node | None) -> tuple[bytes, ...]:
    """The members that an object needs for a schema: those of `z.object({ ... })`."""
    if schema is None or text_of(field(schema, "function") or schema, "property") != b"object":
        return ()
    given = items(field(schema, "arguments") or schema)
    members = items(given[0]) if given and given[0].type == "object" else []
    found = [(key_name(member), text(member_value(member))) for member in members]
    return tuple(name for name, code in found if name and not _OPTIONAL.search(code))
