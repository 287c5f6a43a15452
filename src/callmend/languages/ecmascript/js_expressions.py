"""Runs a part of a file on made-up values: its expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript import js_library
from callmend.languages.ecmascript.interpreter import Oracle, Statements
from callmend.languages.ecmascript.js_values import (
    BLANK,
    UNDEFINED,
    Closure,
    Part,
    PartType,
    Pattern,
    StuckError,
    Thing,
    Unknown,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.settled import key_of
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    WRAPPERS,
    field,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

#: How long a text or a list may be that is made of others.
MOST = 20_000
#: Values of declarations that may be looked up whenever a name is met: they compute nothing.
_PLAIN = FUNCTIONS | {
    "array",
    "false",
    "new_expression",
    "null",
    "number",
    "object",
    "regex",
    "string",
    "template_string",
    "true",
    "undefined",
}
_LITERALS = {
    "false": False,
    "null": None,
    "this": Unknown("this"),
    "true": True,
    "undefined": UNDEFINED,
}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "f": "\f", "v": "\v"}


class Expressions(Statements):
    """Names, literals, operators, assignments; what is called, `Interpreter` knows."""

    def __init__(self, program: Program, oracle: Oracle) -> None:
        super().__init__(program, oracle)
        #: The text whose JSON is an event that is not fixed yet.
        self.payload: str | None = None
        self.parsed: list[str] = []
        #: What parses JSON.
        self.parses: Node | None = None
        #: The parts of an event that were used as text, with what was decided until then.
        self.used: list[Part] = []

    def expression(self, node: Node) -> Any:
        """The value of an expression."""
        if node.id in self._given:
            return self._given[node.id]
        self._step(node)
        kind = node.type
        if kind in WRAPPERS:
            return self.expression(unwrapped(node))
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind in FUNCTIONS:
            return Closure(node)
        run = getattr(self, "_of_" + kind, None)
        if run is None:
            raise StuckError(node)
        return run(node)

    # names and literals

    def _of_identifier(self, node: Node) -> Any:
        name = text(node).decode("utf-8", "replace")
        binding = self.scopes.binding(node)
        if binding is None:
            if name in self.values:
                return self.values[name]
            return js_library.BUILTINS.get(name, Unknown(name))
        key = id(binding)
        if key not in self.values:
            self.values[key] = self._declared_value(binding)
        return self.values[key]

    _of_shorthand_property_identifier = _of_identifier

    def _declared_value(self, binding: Binding) -> Any:
        """What a name holds where the run starts."""
        shown = binding.name.decode("utf-8", "replace")
        declared = binding.declarator
        if binding.kind is Kind.FUNCTION and declared.type in FUNCTIONS:
            return Closure(declared)
        if binding.kind is Kind.IMPORT:
            return js_library.BUILTINS.get(shown, Unknown(shown))
        if declared.type != "variable_declarator" or field(declared, "name") != binding.name_node:
            return Unknown(shown)
        if any(write.start_byte < self.start for write in binding.writes):
            return Unknown(shown)
        value = field(declared, "value")
        if value is None:
            return UNDEFINED
        inner = unwrapped(value)
        return self.expression(inner) if inner.type in _PLAIN else Unknown(shown)

    def _of_number(self, node: Node) -> Any:
        try:
            return int(text(node).replace(b"_", b""), 0)
        except ValueError:
            return Unknown(text(node).decode("utf-8", "replace"))

    def _of_string(self, node: Node) -> str:
        return "".join(self._fragment(child) for child in node.named_children)

    def _fragment(self, node: Node) -> str:
        found = text(node).decode("utf-8", "replace")
        if node.type != "escape_sequence":
            return found
        if found[1] == "\n":
            return ""
        if found[1] in "xu":
            digits = found[2:].strip("{}")
            return chr(int(digits, 16))
        return _ESCAPES.get(found[1], found[1])

    def _of_template_string(self, node: Node) -> str:
        parts = []
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = items(child)[0]
                parts.append(self.as_text(self.expression(inner), inner))
            else:
                parts.append(self._fragment(child))
        return "".join(parts)

    def _of_regex(self, node: Node) -> Pattern:
        pattern, flags = text_of(node, "pattern"), text_of(node, "flags")
        return Pattern(pattern.decode("utf-8", "replace"), flags.decode())

    def _of_array(self, node: Node) -> list[Any]:
        found: list[Any] = []
        for item in items(node):
            if item.type == "spread_element":
                found += self.elements(self.expression(items(item)[0]), item)
            else:
                found.append(self.expression(item))
            if len(found) > MOST:
                raise StuckError(node)
        return found

    def _of_object(self, node: Node) -> Any:
        found: dict[str, Any] = {}
        for item in items(node):
            if item.type == "spread_element":
                spread = self.expression(items(item)[0])
                found |= spread if isinstance(spread, dict) else {}
                continue
            name = key_name(item)
            shown = "?" if name is None else name.decode("utf-8", "replace")
            if item.type == "method_definition":
                found[shown] = Closure(item)
            elif item.type == "shorthand_property_identifier":
                found[shown] = self._of_identifier(item)
            else:
                value = field(item, "value")
                if value is None:
                    raise StuckError(item)
                found[shown] = self.expression(value)
        return found

    # operators

    def _of_await_expression(self, node: Node) -> Any:
        return self.expression(items(node)[0])

    def _of_yield_expression(self, node: Node) -> Any:
        given = items(node)
        value = self.expression(given[0]) if given else UNDEFINED
        every = any(child.type == "*" for child in node.children)
        for each in self.elements(value, node) if every else [value]:
            parts = [*each.values()] if isinstance(each, dict) else [each]
            self.used += [part for part in parts if isinstance(part, Part)]
            self.give_out(each, node)
        return UNDEFINED

    def _of_sequence_expression(self, node: Node) -> Any:
        value: Any = UNDEFINED
        for each in items(node):
            value = self.expression(each)
        return value

    def _of_ternary_expression(self, node: Node) -> Any:
        condition = child(node, "condition")
        holds = self.truth(self.expression(condition), condition)
        return self.expression(child(node, "consequence" if holds else "alternative"))

    def _of_unary_expression(self, node: Node) -> Any:
        operator, inner = text_of(node, "operator"), child(node, "argument")
        value = self.expression(inner)
        if operator == b"!":
            return not self.truth(value, inner)
        if operator == b"typeof":
            return self._type(value)
        if operator == b"void":
            return UNDEFINED
        if operator == b"-" and isinstance(value, int):
            return -value
        if operator in (b"-", b"+") and isinstance(value, Unknown):
            return value
        if operator == b"delete":
            return True
        raise StuckError(node)

    def _type(self, value: Any) -> Any:
        if isinstance(value, Part):
            return PartType(value)
        if isinstance(value, Unknown):
            return value
        if value is UNDEFINED:
            return "undefined"
        if isinstance(value, bool):
            return "boolean"
        kinds = {str: "string", int: "number", float: "number", Closure: "function"}
        return kinds.get(type(value), "object")

    def _of_binary_expression(self, node: Node) -> Any:
        operator = text_of(node, "operator")
        left_node, right_node = child(node, "left"), child(node, "right")
        if operator == b"instanceof":
            return isinstance(self.expression(left_node), dict)
        left = self.expression(left_node)
        if operator in (b"||", b"&&", b"??"):
            return self._joined(operator, left, left_node, right_node)
        right = self.expression(right_node)
        if operator in (b"===", b"=="):
            return self.same(left, right, node)
        if operator in (b"!==", b"!="):
            return not self.same(left, right, node)
        if operator == b"+":
            return self._sum(left, right, node)
        if operator == b"in" and isinstance(right, Part) and isinstance(left, str):
            return self.oracle.decide(("true", (*right.path, left)))
        if operator == b"in" and isinstance(right, dict):
            return left in right
        if Unknown in (type(left), type(right)):
            return Unknown()
        if isinstance(left, int) and isinstance(right, int):
            return _numbers(operator, left, right, node)
        raise StuckError(node)

    def _joined(self, operator: bytes, left: Any, left_node: Node, right: Node) -> Any:
        if operator == b"??":
            if isinstance(left, Part | Unknown):
                return left if self.truth(left, left_node) else self.expression(right)
            return self.expression(right) if left in (None, UNDEFINED) else left
        if self.truth(left, left_node) is (operator == b"&&"):
            return self.expression(right)
        return left

    def _sum(self, left: Any, right: Any, node: Node) -> Any:
        if isinstance(left, int) and isinstance(right, int):
            return left + right
        if isinstance(left, Unknown) and isinstance(right, Unknown | int):
            return Unknown()
        whole = self.as_text(left, node) + self.as_text(right, node)
        if len(whole) > MOST:
            raise StuckError(node)
        return whole

    def as_text(self, value: Any, node: Node) -> str:
        """A value as it is joined to a text."""
        if isinstance(value, str):
            return value
        if isinstance(value, Part):
            return self.part_text(value)
        if isinstance(value, Unknown | Thing):
            return BLANK
        if value is UNDEFINED:
            return "undefined"
        if isinstance(value, dict) and "message" in value:
            return f"Error: {value['message']}"
        if isinstance(value, int):
            return str(value).lower()
        raise StuckError(node)

    def member(self, owner: Any, name: Any, node: Node) -> Any:
        """A member of a value."""
        raise NotImplementedError

    def part_text(self, part: Part) -> str:
        """What stands for a part of an event in a text."""
        self.used.append(part)
        return BLANK

    def truth(self, value: Any, node: Node) -> bool:
        """Whether a value counts as true."""
        if isinstance(value, Unknown):
            return self._of_unknown(node)
        if isinstance(value, Part):
            return self.oracle.decide(("true", value.path))
        if isinstance(value, list | dict):
            return True
        return value is not UNDEFINED and bool(value)

    def _of_unknown(self, node: Node) -> bool:
        """Whether a condition holds, or two values are the same, of which nothing is known."""
        settled = None
        if self.settled and (key := key_of(self.scopes, node)) is not None:
            settled = self.settled.get(key)
        return self.oracle.decide(("node", node.id)) if settled is None else settled

    def same(self, left: Any, right: Any, node: Node) -> bool:
        """Whether two values are the same."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Part):
                if isinstance(other, str | int):
                    return self.oracle.decide(("is", one.path, other))
                if other in (None, UNDEFINED):
                    return not self.oracle.decide(("true", one.path))
            if isinstance(one, PartType) and isinstance(other, str):
                if other in ("undefined", "string", "object"):
                    if other == "undefined":
                        return not self.oracle.decide(("true", one.part.path))
                    return self.oracle.decide(("type", one.part.path, other))
        if any(isinstance(each, Unknown | Part | PartType) for each in (left, right)):
            return self._of_unknown(node)
        if {type(left), type(right)} <= {type(None), type(UNDEFINED)}:
            return left is right or b"===" not in text(node)
        return type(left) is type(right) and bool(left == right)

    # assignments

    def _of_assignment_expression(self, node: Node) -> Any:
        value = self.expression(child(node, "right"))
        self.assign(child(node, "left"), value)
        return value

    def _of_augmented_assignment_expression(self, node: Node) -> Any:
        target, operator = child(node, "left"), text_of(node, "operator")
        before = self.expression(target)
        right = child(node, "right")
        if operator in (b"??=", b"||=", b"&&="):
            value = self._joined(operator[:2], before, target, right)
        elif operator == b"+=":
            value = self._sum(before, self.expression(right), node)
        else:
            self.expression(right)
            value = Unknown()
        self.assign(target, value)
        return value

    def _of_update_expression(self, node: Node) -> Any:
        target = child(node, "argument")
        before = self.expression(target)
        step = 1 if text_of(node, "operator") == b"++" else -1
        self.assign(target, before + step if isinstance(before, int) else Unknown())
        return before

    def assign(self, target: Node, value: Any) -> None:
        """Put a value into a variable, a member or a pattern."""
        kind = target.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            binding = self.scopes.binding(target)
            if isinstance(value, Part):
                self.used.append(value)
            if binding is None:
                self.values[text(target).decode("utf-8", "replace")] = value
            else:
                self.values[id(binding)] = value
                self.assigned.append(binding)
        elif kind in ("member_expression", "subscript_expression"):
            self._assign_member(target, value)
        elif kind == "object_pattern":
            for part in items(target):
                self._assign_part(part, value)
        elif kind == "array_pattern":
            given = [*self.elements(value, target)]
            for number, part in enumerate(items(target)):
                self.assign(part, given[number] if number < len(given) else UNDEFINED)
        elif kind == "assignment_pattern":
            default = child(target, "right")
            given_value = self.expression(default) if value is UNDEFINED else value
            self.assign(child(target, "left"), given_value)
        elif kind in WRAPPERS:
            self.assign(unwrapped(target), value)
        else:
            raise StuckError(target)

    def _assign_part(self, part: Node, value: Any) -> None:
        name = key_name(part) or text_of(part, "left")
        if part.type == "rest_pattern":
            self.assign(items(part)[0], Unknown())
            return
        found = self.member(value, name.decode("utf-8", "replace"), part)
        if part.type == "pair_pattern":
            self.assign(child(part, "value"), found)
        elif part.type == "object_assignment_pattern":
            if found is UNDEFINED:
                found = self.expression(child(part, "right"))
            self.assign(child(part, "left"), found)
        else:
            self.assign(part, found)

    def _assign_member(self, target: Node, value: Any) -> None:
        owner = self.expression(child(target, "object"))
        name = self.name_of(target)
        if isinstance(owner, dict) and isinstance(name, str):
            owner[name] = value
        elif isinstance(owner, list) and isinstance(name, int) and 0 <= name <= len(owner):
            owner[name : name + 1] = [value]
        elif isinstance(owner, Unknown):
            self.members[text(target)] = value
        else:
            raise StuckError(target)

    def name_of(self, member: Node) -> Any:
        """The name of a member, or what it is read by."""
        if member.type == "member_expression":
            return text_of(member, "property").decode("utf-8", "replace")
        return self.expression(child(member, "index"))


def _numbers(operator: bytes, left: int, right: int, node: Node) -> Any:
    known: dict[bytes, Callable[[int, int], Any]] = {
        b"<": int.__lt__,
        b"<=": int.__le__,
        b">": int.__gt__,
        b">=": int.__ge__,
        b"-": int.__sub__,
        b"*": int.__mul__,
    }
    if operator not in known:
        raise StuckError(node)
    return known[operator](left, right)


def child(node: Node, name: str) -> Node:
    """A child by its field name.

    Raises:
        StuckError: there is none.
    """
    found = field(node, name)
    if found is None:
        raise StuckError(node)
    return found
