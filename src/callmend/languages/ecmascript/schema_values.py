"""Whether a schema of zod in this file refuses a value for sure: `z.object({ n: z.number() })`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.members import Members
from callmend.languages.ecmascript.schemas import is_of_zod
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import (
    called,
    field,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_MOST_STEPS = 16
#: Methods after which a schema lets through no more than before, whatever it then gives.
_NO_MORE = frozenset(
    {
        b"brand", b"check", b"describe", b"email", b"endsWith", b"includes", b"int", b"length",
        b"max", b"meta", b"min", b"nonempty", b"nullable", b"nullish", b"optional", b"overwrite",
        b"passthrough", b"pipe", b"readonly", b"default",
        b"refine", b"regex", b"startsWith", b"strict", b"strip", b"superRefine", b"toLowerCase",
        b"transform", b"trim", b"url", b"uuid",
    }
)  # fmt: skip
_OBJECTS = frozenset({b"looseObject", b"object", b"strictObject"})
_UNIONS = frozenset({b"discriminatedUnion", b"union"})
_NULLABLE = frozenset({b"nullable", b"nullish"})
_KINDS: dict[bytes, type | tuple[type, ...]] = {
    b"array": (list, tuple),
    b"boolean": bool,
    b"number": (int, float),
    b"string": str,
}
#: Where a schema may let through that there is nothing.
_OPTIONAL = re.compile(
    rb"\.(?:any|catch|custom|default|lazy|nullish|optional|prefault|preprocess|undefined|unknown|void)\b"
)


class Refusals:
    """What the schemas of one file refuse; ``miss`` is told each member that is not there."""

    def __init__(self, scopes: Scopes, miss: Callable[[dict[Any, Any], str], None]) -> None:
        self._constants = Members(scopes)
        self._miss = miss
        self._guesses = 0

    def refuses(self, schema: Node | None, value: Any, steps: int = _MOST_STEPS) -> bool:
        """Whether a schema lets a value through under no circumstances.

        What is not known of the one or the other is let through.
        """
        node = None if schema is None else self._constants.constant(schema)
        if node is None or steps == 0 or node.type != "call_expression" or not is_of_zod(node):
            return False
        callee, given = called(node), items(field(node, "arguments") or node)
        owner, method = field(callee, "object"), text_of(callee, "property")
        if owner is None or not _is_known(value):
            return False
        if text(owner) == b"z":
            return self._kind_refuses(method, given, value, steps - 1)
        if method in _NULLABLE and value is None:
            return False
        if method == b"or":
            return self._each_refuses([owner, *given], value, steps - 1)
        if method == b"array":
            return not isinstance(value, list | tuple)
        if method == b"strict" and _has_more(_literal(owner), value):
            return True
        if method == b"extend" and given and isinstance(value, dict):
            more = self._members_refuse(given[0], value, steps - 1)
            return self.refuses(owner, value, steps - 1) or more
        return method in _NO_MORE and self.refuses(owner, value, steps - 1)

    def _kind_refuses(self, kind: bytes, given: list[Node], value: Any, steps: int) -> bool:
        """Whether `z.KIND(...)` refuses a value."""
        if kind in _KINDS:
            return not isinstance(value, _KINDS[kind])
        lists = [each for each in given if each.type == "array"]
        if kind in _UNIONS:
            return bool(lists) and self._each_refuses(items(lists[0]), value, steps)
        if kind not in _OBJECTS:
            return False
        if not isinstance(value, dict):
            # Of one among several, what is read then says what is missing.
            self._miss_all(given, value)
            return not self._guesses
        if not given:
            return False
        if kind == b"strictObject" and _has_more(given[0], value):
            return True
        return self._members_refuse(given[0], value, steps)

    def _each_refuses(self, schemas: Iterable[Node], value: Any, steps: int) -> bool:
        """Whether none of several schemas lets a value through; none tells what it misses."""
        self._guesses += 1
        refused = [self.refuses(schema, value, steps) for schema in schemas]
        self._guesses -= 1
        return all(refused)

    def _members_refuse(self, literal: Node, value: dict[Any, Any], steps: int) -> bool:
        """Whether a member's schema refuses what an object has in its place, or has not."""
        refused = False
        for member in items(literal) if literal.type == "object" else []:
            key = key_name(member) if member.type == "pair" else None
            if key is None:
                continue
            name = key.decode("utf-8", "replace")
            if name in value:
                refused = self.refuses(member_value(member), value[name], steps) or refused
            elif not _may_lack(self._constants.constant(member_value(member))):
                refused = True
                if not self._guesses:
                    self._miss(value, name)
        return refused

    def _miss_all(self, given: list[Node], value: Any) -> None:
        """Tell the members that a value has not which is no object at all."""
        for member in items(given[0]) if given and not self._guesses else []:
            key = key_name(member) if member.type == "pair" else None
            if key is not None and not _may_lack(self._constants.constant(member_value(member))):
                self._miss(value, key.decode("utf-8", "replace"))


def _may_lack(schema: Node | None) -> bool:
    """Whether an object need not have a member of this schema."""
    code = b"" if schema is None else text(schema)
    return not code.startswith(b"z.") or _OPTIONAL.search(code) is not None


def _has_more(literal: Node | None, value: Any) -> bool:
    """Whether an object has members that the literal does not name."""
    named = None if literal is None or literal.type != "object" else items(literal)
    if named is None or not isinstance(value, dict):
        return False
    known = {key_name(member) for member in named}
    return None not in known and any(name.encode() not in known for name in value)


def _literal(schema: Node) -> Node | None:
    """The literal of `z.object({ ... })`."""
    node = unwrapped(schema)
    if node.type != "call_expression" or text(called(node)) != b"z.object":
        return None
    return next(iter(items(field(node, "arguments") or node)), None)


def _is_known(value: Any) -> bool:
    """Whether what kind of value it is, is known."""
    return value is None or isinstance(value, bool | int | float | str | list | tuple | dict)
