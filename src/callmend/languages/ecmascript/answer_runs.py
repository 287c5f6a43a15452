"""Runs what a file does with an adapted answer, and notes what it misses in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript import js_library
from callmend.languages.ecmascript.answer_lists import LISTS, of_elements
from callmend.languages.ecmascript.answer_values import (
    Made,
    Members,
    Way,
    copied,
    is_text,
)
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import method_of
from callmend.languages.ecmascript.interpreter import Ended, Oracle
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_expressions import child
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Closure,
    Method,
    Pattern,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
    texts_in,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.tree import field, is_inside, items, key_name, text
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: What gives a text that is made of the one that it is asked of.
_TEXTS = frozenset(
    {
        "at", "charAt", "concat", "normalize", "padEnd", "padStart", "repeat", "replace",
        "replaceAll", "slice", "substr", "substring", "toLocaleLowerCase", "toLocaleUpperCase",
        "toLowerCase", "toString", "toUpperCase", "toWellFormed", "trim", "trimEnd", "trimLeft",
        "trimRight", "trimStart", "valueOf",
    }
)  # fmt: skip
#: What asks something of a text.
_ASKED = frozenset(
    {
        "charCodeAt", "codePointAt", "endsWith", "includes", "indexOf", "lastIndexOf",
        "localeCompare", "match", "matchAll", "search", "split", "startsWith",
    }
)  # fmt: skip
_WHOLE = frozenset({"clone", "json", "text"})
_ORDERS = (b"<", b"<=", b">", b">=")
_MORE_BUILTINS = {name: Builtin(name) for name in ("Reflect", "parseFloat", "parseInt")}
_OBJECTS = ("assign", "entries", "freeze", "fromEntries", "hasOwn", "keys", "values")


@record(frozen=True, slots=True)
class Miss:
    """Something that is read of a part of the answer, and is not there; ``node`` reads it."""

    way: Way
    name: bytes
    node: Node


class AnswerRun(Interpreter):
    """One way through the code behind a request.

    ``used`` tells that something is asked of the text itself, ``failed`` is where it throws, or
    where something else than the text is made of the answer.
    """

    ended = Ended()
    stuck: Node | None = None
    failed: Node | None = None
    function: Node

    def __init__(self, program: Program, oracle: Oracle, answer: Made) -> None:
        super().__init__(program, oracle)
        self.answer = answer
        self.misses: list[Miss] = []
        self.asked = False
        self.garbled: Node | None = None
        self._written: dict[str, Any] = {}
        self._depth = 0

    def give(self, call: Node, value: Any) -> None:
        """What a call gives instead of being made."""
        self._given[call.id] = value

    def shown(self, function: Node) -> bool:
        """Whether the text goes out of a function: to what it calls, its caller, a variable."""
        outside = [
            self.values[id(binding)]
            for binding in self.assigned
            if function.parent is None or not is_inside(binding.name_node, function)
        ]
        given = [sink.given for sink in self.sinks if not sink.name.startswith("console.")]
        found = [*given, *self.members.values(), *outside, self.ended.returned]
        return any(is_text(each) for each in texts_in(found))

    # what is asked of the answer

    def member(self, owner: Any, name: Any, node: Node) -> Any:
        """A member of a value; what the answer does not have is noted."""
        if isinstance(owner, str) and is_text(owner):
            return self._of_text(owner, name, node)
        if isinstance(owner, dict) and name == "hasOwnProperty":
            return Method(owner, name)
        if isinstance(owner, list) and isinstance(name, str):
            if name in LISTS:
                return Method(owner, name)
            found = js_library.member(owner, name, node)
        elif isinstance(owner, int | float) and not isinstance(name, Unknown):
            return Unknown(f"{name}")
        else:
            try:
                found = super().member(owner, name, node)
            except ThrownError:
                self.failed = node
                raise
        if found is UNDEFINED and isinstance(name, str):
            self._miss(owner, name, node)
        return found

    def _miss(self, owner: Any, name: Any, node: Node) -> None:
        way = self.answer.way_of(owner)
        if way is not None and not is_logged(self.tree, node):
            self.misses.append(Miss(way, str(name).encode(), node))

    def _of_text(self, owner: str, name: Any, node: Node) -> Any:
        if name == "length":
            self.asked = True
            return Unknown("length")
        if name in _TEXTS or name in _ASKED or name in js_library.OF_PROMISES:
            return Method(owner, name)
        self._miss(owner, name, node)
        return UNDEFINED if not isinstance(name, Unknown) else Unknown()

    def called(self, callee: Any, given: list[Any], node: Node, function: Node) -> Any:
        """What a call gives."""
        if isinstance(callee, Method):
            owner, name = callee.owner, callee.name
            if is_text(owner) and name not in js_library.OF_PROMISES:
                return self._asked_of_text(owner, name, given)
            if isinstance(owner, Pattern) and any(map(is_text, given)):
                self.asked = True
                return Unknown()
            if name == "hasOwnProperty" and isinstance(owner, dict) and given:
                return self._has(owner, given[0], node)
            if isinstance(owner, list) and name in LISTS:
                return of_elements(self, owner, name, given, node)
            if isinstance(owner, Thing) and "answer" in owner.state and name in _WHOLE:
                return self._of_answer(owner, name, node)
            if isinstance(owner, Builtin):
                found = self._of_platform(f"{owner.name}.{name}", given, node)
                if found is not NotImplemented:
                    return found
        if isinstance(callee, Builtin):
            found = self._of_platform(callee.name, given, node)
            if found is not NotImplemented:
                return found
        if isinstance(callee, Closure):
            return self._called_own(callee, given, node)
        return super().called(callee, given, node, function)

    def _of_answer(self, owner: Thing, name: str, node: Node) -> Any:
        """What a response gives of the answer that it brings."""
        value = copied(self.answer.value)
        if name == "clone":
            return owner
        return value if name == "json" else self._of_platform("JSON.stringify", [value], node)

    def _called_own(self, callee: Closure, given: list[Any], node: Node) -> Any:
        self._depth += 1
        try:
            if self._depth > 25:
                raise StuckError(node)
            return self.call(callee, given)
        finally:
            self._depth -= 1

    def _asked_of_text(self, owner: str, name: str, given: list[Any]) -> Any:
        if name == "concat":
            return owner + "".join(each for each in given if isinstance(each, str))
        if name in _TEXTS:
            return owner
        self.asked = True
        return [owner] if name == "split" else Unknown(name)

    def _has(self, owner: dict[str, Any], name: Any, node: Node) -> Any:
        if isinstance(name, Unknown):
            return Unknown()
        if name not in owner:
            self._miss(owner, name, node)
        return name in owner

    # what is made of it

    def _of_platform(self, name: str, given: list[Any], node: Node) -> Any:
        """What the platform makes of values; NotImplemented for what is no part of it."""
        first = given[0] if given else UNDEFINED
        if name == "JSON.parse" and isinstance(first, str):
            if first in self._written:
                return copied(self._written[first])
            if is_text(first):
                self.asked = True  # the model is asked for JSON
                return Unknown("JSON")
        elif name == "JSON.stringify":
            whole: Any = js_library.call_builtin(self, name, [first], node)
            self._written[whole] = copied(first)
            return whole
        elif name == "structuredClone":
            return copied(first)
        elif name.startswith("Object."):
            return self._of_objects(name[7:], given, node)
        elif name in ("Number", "parseInt", "parseFloat"):
            self.asked = self.asked or is_text(first)
            return Unknown(name)
        elif name.startswith("Promise."):
            return self._of_promises(name[8:], first)
        elif name == "Array.from" and isinstance(first, list):
            made = [*first]
            return made if len(given) == 1 else of_elements(self, made, "map", given[1:], node)
        elif name == "Array.of":
            return given
        elif name == "Reflect.get" and len(given) == 2:
            return self.member(first, given[1], node)
        return NotImplemented

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
                return self._like(first, sources[0])
            return first
        if isinstance(first, list | str) and name != "hasOwn":
            first = {str(n): v for n, v in enumerate(self.elements(first, node))}
        if isinstance(first, dict):
            if name == "hasOwn":
                return self._has(first, given[1] if len(given) > 1 else UNDEFINED, node)
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

    def _like(self, value: dict[str, Any], source: Members) -> Members:
        made = Members(value)
        made.way = source.way
        return made

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
            self._miss(value, "0", node)
            return [value]
        if value is None or value is UNDEFINED or isinstance(value, dict | int):
            self.failed = node
            if isinstance(value, dict):
                self._miss(value, "0", node)
            raise ThrownError({"message": "is not iterable"})
        return super().elements(value, node)

    # expressions that the answer's readers are written with

    def _of_identifier(self, node: Node) -> Any:
        name = text(node).decode("utf-8", "replace")
        if self.scopes.binding(node) is None and name not in self.values:
            if name in _MORE_BUILTINS or name == "structuredClone":
                return Builtin(name)
        return super()._of_identifier(node)

    _of_shorthand_property_identifier = _of_identifier

    def _of_member_expression(self, node: Node) -> Any:
        if text_of(node, "object") == b"this" and text(node) not in self.members:
            method = method_of(self.tree, text_of(node, "property"), node)
            if method is not None:
                closure = Closure(method)
                gets = any(child.type == "get" for child in method.children)
                return self._called_own(closure, [], node) if gets else closure
        return super()._of_member_expression(node)

    def _of_subscript_expression(self, node: Node) -> Any:
        return super()._of_member_expression(node)

    def _of_call_expression(self, node: Node) -> Any:
        try:
            return super()._of_call_expression(node)
        except ThrownError as thrown:
            if isinstance(thrown.value, dict) and "is no function" in str(thrown.value):
                self.failed = child(node, "function")
            raise

    def _of_binary_expression(self, node: Node) -> Any:
        operator = text_of(node, "operator")
        if operator in _ORDERS or operator in (b"in", b"instanceof", b"%", b"/", b"**", b"-", b"*"):
            left = self.expression(child(node, "left"))
            right_node = child(node, "right")
            if operator == b"instanceof":
                name = text(right_node)
                return isinstance(left, list) if name == b"Array" else isinstance(left, dict)
            return self._computed(operator, left, self.expression(right_node), node)
        return super()._of_binary_expression(node)

    def _computed(self, operator: bytes, left: Any, right: Any, node: Node) -> Any:
        if operator == b"in":
            if isinstance(right, dict):
                return self._has(right, left, node)
            if isinstance(right, str):
                raise ThrownError({"message": "cannot use 'in' on a text"})
            return Unknown()
        if type(left) is int and type(right) is int:
            known = {
                b"<": left < right, b"<=": left <= right, b">": left > right, b">=": left >= right,
                b"-": left - right, b"*": left * right,
            }  # fmt: skip
            return known.get(operator, Unknown())
        if operator in _ORDERS and UNDEFINED in (left, right):
            return False
        return Unknown()

    def _of_object(self, node: Node) -> Any:
        sources = []
        for item in items(node):
            if item.type == "spread_element":
                found = self.expression(items(item)[0])
                sources += [found] if isinstance(found, Members) else []
            elif item.type == "pair" and key_name(item) is None:
                raise StuckError(item)
        made = super()._of_object(node)
        return self._like(made, sources[0]) if sources else made

    def _assign_part(self, part: Node, value: Any) -> None:
        pattern = part.parent
        if part.type == "rest_pattern" and isinstance(value, dict) and pattern is not None:
            named = {key_name(p) or text_of(p, "left") for p in items(pattern) if p != part}
            rest = {k: v for k, v in value.items() if k.encode() not in named}
            made = self._like(rest, value) if isinstance(value, Members) else rest
            self.assign(items(part)[0], made)
            return
        super()._assign_part(part, value)

    def assign(self, target: Node, value: Any) -> None:
        """Put a value into a variable, a member or a pattern."""
        if target.type == "array_pattern" and isinstance(value, list):
            for number, part in enumerate(items(target)):
                if part.type == "rest_pattern":
                    self.assign(items(part)[0], value[number:])
                else:
                    self.assign(part, value[number] if number < len(value) else UNDEFINED)
            return
        super().assign(target, value)

    # statements

    def _throw_statement(self, node: Node) -> None:
        self.failed = node
        super()._throw_statement(node)

    def _for_in_statement(self, node: Node) -> None:
        left, right, body = field(node, "left"), field(node, "right"), field(node, "body")
        if text_of(node, "operator") != b"in" or self._enters(body):
            super()._for_in_statement(node)
            return
        if left is None or right is None or body is None:
            raise StuckError(node)
        self._leave_entry(node)
        value = self.expression(right)
        if isinstance(value, list):
            names = [str(number) for number in range(len(value))]
        else:
            names = list(value) if isinstance(value, dict) else []
            if isinstance(value, Unknown):
                raise StuckError(node)
        for name in names:
            self._step(node)
            self.assign(left, name)
            if not self._round(body):
                break


def response_of(answer: Made, what: What) -> Any:
    """What a request gives that brings an answer, each time a new one."""
    if what is What.BODY:
        return copied(answer.value)
    if what is What.AXIOS:
        body = copied(answer.value)
        return {"data": body, "status": 200, "statusText": "OK", "headers": Unknown("headers")}
    response = Thing("response", {"ok": True, "status": 200, "answer": answer})
    if what is What.UNDICI:
        return {"statusCode": 200, "headers": Unknown("headers"), "body": response}
    return response
