"""What JavaScript's platform makes of an answer: copies, texts, lists of its members."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript import js_library
from callmend.languages.ecmascript.answer_lists import of_elements
from callmend.languages.ecmascript.answer_syntax import Syntax
from callmend.languages.ecmascript.answer_values import (
    Made,
    Members,
    copied,
    is_nan,
    is_text,
)
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    Method,
    Pattern,
    Thing,
    ThrownError,
    Unknown,
    texts_in,
)
from callmend.languages.ecmascript.program import Program

_OBJECTS = ("assign", "entries", "freeze", "fromEntries", "hasOwn", "keys", "values")


class Platform(Syntax):
    """Knows what functions of the platform give for an answer."""

    def __init__(self, program: Program, oracle: Oracle, answer: Made) -> None:
        super().__init__(program, oracle, answer)
        #: The values of texts that are their JSON.
        self._written: dict[str, Any] = {}
        #: Where the text is parsed, as the model is asked for JSON.
        self.parsed_at: Node | None = None

    # what is made of it

    def of_platform(self, name: str, given: list[Any], node: Node) -> Any:
        """What the platform makes of values; NotImplemented for what is no part of it."""
        first = given[0] if given else UNDEFINED
        if name == "JSON.parse" and isinstance(first, str):
            if first in self._written:
                return copied(self._written[first])
            if is_text(first):
                self.asked = True
                self.parsed_at = node
                return Unknown("JSON")
        elif name == "JSON.stringify":
            whole: Any = js_library.call_builtin(self, name, [first], node)
            self._written[whole] = copied(first)
            return whole
        elif name == "structuredClone":
            return copied(first)
        elif name.startswith("Object.") and name not in ("Object.groupBy", "Object.is"):
            return self._of_objects(name[7:], given, node)
        elif name in ("Number", "parseInt", "parseFloat"):
            self.asked = self.asked or is_text(first)
            return _number(first)
        elif name in ("isNaN", "Number.isNaN"):
            return is_nan(first) if isinstance(first, int | float) else Unknown(name)
        elif name == "Object.is" and len(given) > 1:
            return self.same(first, given[1], node)
        elif name.startswith("Promise."):
            return self._of_promises(name[8:], first)
        elif name == "Array.from" and isinstance(first, list):
            made = [*first]
            return made if len(given) == 1 else of_elements(self, made, "map", given[1:], node)
        elif name in ("Object.groupBy", "Map.groupBy") and len(given) > 1:
            groups: dict[str, Any] = {}
            for each in self.elements(first, node):
                key = self.called(given[1], [each], node, node)
                groups.setdefault(str(self.key(key)), []).append(each)
            return groups
        elif name == "Array.of":
            return given
        elif name == "Reflect.get" and len(given) == 2:
            return self.member(first, given[1], node)
        return NotImplemented

    def is_whole_json(self, value: str) -> bool:
        """Whether a text is the JSON of the whole answer."""
        written = self._written.get(value)
        return isinstance(written, Members) and written.way == ()

    def _of_promises(self, name: str, first: Any) -> Any:
        if name in ("all", "race", "any") and isinstance(first, list):
            if name == "all":
                return first
            return first[0] if first else UNDEFINED
        if name == "allSettled" and isinstance(first, list):
            return [{"status": "fulfilled", "value": each} for each in first]
        if name == "reject":
            raise ThrownError(first)
        return NotImplemented

    def _of_objects(self, name: str, given: list[Any], node: Node) -> Any:
        first = given[0] if given else UNDEFINED
        if name not in _OBJECTS or isinstance(first, Unknown):
            return Unknown() if isinstance(first, Unknown) else NotImplemented
        if name == "fromEntries" and isinstance(first, list):
            pairs = [each for each in first if isinstance(each, list) and len(each) == 2]
            return {str(k): v for k, v in pairs}
        if name == "freeze":
            return first
        if name == "assign" and isinstance(first, dict):
            for each in given[1:]:
                if isinstance(each, dict):
                    first.update(each)
            sources = [each for each in given if isinstance(each, Members)]
            if not isinstance(first, Members) and len(sources) == 1:
                return self.like(first, sources[0])
            return first
        if isinstance(first, str) and is_text(first):
            self.garbled = self.garbled or node  # its letters
        if isinstance(first, list | str) and name != "hasOwn":
            first = {str(n): v for n, v in enumerate(self.elements(first, node))}
        if isinstance(first, dict):
            if name == "hasOwn":
                return self.has(first, given[1] if len(given) > 1 else UNDEFINED, node)
            made = {
                "keys": list(first),
                "values": list(first.values()),
                "entries": [[k, v] for k, v in first.items()],
            }
            return made[name]
        if first in (None, UNDEFINED):
            self.failed = node
            raise ThrownError({"message": "cannot convert to object"})
        return []

    def as_text(self, value: Any, node: Node) -> str:
        """A value as it is joined to a text; an object or a list is none of its text."""
        if isinstance(value, dict) and not ("message" in value and "name" in value):
            self._garble(value, node)
            return "[object Object]"
        if isinstance(value, list):
            return ",".join(
                "" if each in (None, UNDEFINED) else self.as_text(each, node) for each in value
            )
        if value is None:
            return "null"
        if isinstance(value, Closure | Builtin | Method | Pattern):
            return ""
        if isinstance(value, float):
            return str(value)
        return super().as_text(value, node)

    def _garble(self, value: Any, node: Node) -> None:
        if any(map(is_text, texts_in(value))) and not is_logged(self.tree, node):
            self.garbled = self.garbled or node

    def same(self, left: Any, right: Any, node: Node) -> bool:
        """Whether two values are the same."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, str) and is_text(one):
                if not isinstance(other, str):
                    if isinstance(other, Unknown):
                        break
                    return False
                if other == "" or is_text(other):
                    return other != ""
                self.asked = True
                return self.oracle.decide(("node", node.id))
        if isinstance(left, dict | list) or isinstance(right, dict | list):
            return left is right
        return super().same(left, right, node)

    def elements(self, value: Any, node: Node) -> Iterable[Any]:
        """What a loop over a value goes through."""
        if isinstance(value, str) and is_text(value):
            self.miss(value, "0", node)
            return [value]
        if isinstance(value, Thing) and value.kind in ("map", "set"):
            return self.items_of(value)
        if value is None or value is UNDEFINED or isinstance(value, dict | int):
            self.failed = node
            if isinstance(value, dict):
                self.miss(value, "0", node)
            raise ThrownError({"message": "is not iterable"})
        return super().elements(value, node)


def _number(value: Any) -> Any:
    """A value as a number, where it is known."""
    if value is UNDEFINED or isinstance(value, dict):
        return math.nan
    if value is None or isinstance(value, bool | int | float):
        return value or 0 if value is None or isinstance(value, bool) else value
    known = isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,9}", value)
    return int(value) if known else Unknown("number")
