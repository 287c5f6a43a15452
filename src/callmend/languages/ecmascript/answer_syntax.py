"""Code that readers of an answer are written with, beside that of readers of streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.answer_objects import Objects
from callmend.languages.ecmascript.answer_values import (
    Made,
    Members,
    Way,
    is_nan,
)
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.callees import function_named
from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_expressions import child
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    StuckError,
    ThrownError,
    Unknown,
)
from callmend.languages.ecmascript.members import Members as Constants
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_ORDERS = (b"<", b"<=", b">", b">=")
_EQUAL = (b"===", b"==", b"!==", b"!=")
_COMPUTING = frozenset({*_ORDERS, b"%", b"*", b"**", b"-", b"/", b"in", b"instanceof"})
#: What stands for an answer's member until there is one: `{ answer: '', ...data }`.
_EMPTY: tuple[Any, ...] = ("", None, UNDEFINED, [])
_MORE_BUILTINS = {
    name: Builtin(name)
    for name in ("Reflect", "isNaN", "parseFloat", "parseInt", "structuredClone")
}


@record(frozen=True, slots=True)
class Miss:
    """Something that is read of a part of the answer, and is not there; ``node`` reads it."""

    way: Way
    name: bytes
    node: Node


class _LabelError(Exception):
    def __init__(self, label: bytes, *, continues: bool) -> None:
        super().__init__()
        self.label = label
        self.continues = continues


class Syntax(Objects):
    """Runs code on an answer.

    ``misses`` are what is read of it and not there, ``asked`` tells that something is asked of the
    text itself, ``failed`` is where the code throws, ``garbled`` where an object is made a text.
    """

    def __init__(self, program: Program, oracle: Oracle, answer: Made) -> None:
        super().__init__(program, oracle)
        self.answer = answer
        self.misses: list[Miss] = []
        self.asked = False
        self.failed: Node | None = None
        self.garbled: Node | None = None

    def miss(self, owner: Any, name: Any, node: Node) -> None:
        """Note that a part of the answer has no such member."""
        way = self.answer.way_of(owner)
        if way is not None and not is_logged(self.tree, node):
            self.misses.append(Miss(way, str(name).encode(), node))

    def has(self, owner: dict[str, Any], name: Any, node: Node) -> Any:
        """Whether an object has a member."""
        if isinstance(name, Unknown):
            return Unknown()
        if name not in owner:
            self.miss(owner, name, node)
        return name in owner

    def like(self, value: dict[str, Any], source: Members) -> Members:
        """An object in the place of one of the answer, most of which it is made of."""
        made = Members(value)
        made.way = source.way
        return made

    # expressions that the answer's readers are written with

    def _of_identifier(self, node: Node) -> Any:
        name = text(node).decode("utf-8", "replace")
        if self.scopes.binding(node) is None and name not in self.values:
            if name in _MORE_BUILTINS:
                return _MORE_BUILTINS[name]
        setter = setter_of(self.scopes, node)
        if setter is not None and b"state " + setter in self.members:
            return self.members[b"state " + setter]
        return super()._of_identifier(node)

    _of_shorthand_property_identifier = _of_identifier

    def _of_member_expression(self, node: Node) -> Any:
        owner = field(node, "object")
        binding = None if owner is None else self.scopes.binding(owner)
        if binding is not None and binding.declarator.type == "enum_declaration":
            value = Constants(self.scopes).member(node)
            return Unknown(text(node).decode()) if value is None else self.expression(value)
        return super()._of_member_expression(node)

    def _of_subscript_expression(self, node: Node) -> Any:
        return self._of_member_expression(node)

    def _of_call_expression(self, node: Node) -> Any:
        try:
            return super()._of_call_expression(node)
        except ThrownError as thrown:
            if isinstance(thrown.value, dict) and "is no function" in str(thrown.value):
                self.failed = child(node, "function")
            raise

    def _of_binary_expression(self, node: Node) -> Any:
        operator = text_of(node, "operator")
        if operator in _EQUAL:
            before = len(self.misses)
            left = self.expression(child(node, "left"))
            right = self.expression(child(node, "right"))
            missed = len(self.misses) > before and UNDEFINED in (left, right)
            if missed and Unknown in (type(left), type(right)):
                # What is not there is none of the values that something is asked to be.
                return operator.startswith(b"!")
            if len(operator) == 3 and {type(left), type(right)} <= {type(None), type(UNDEFINED)}:
                return (left is right) is not operator.startswith(b"!")
            return self.same(left, right, node) is not operator.startswith(b"!")
        if operator in _COMPUTING:
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
                return self.has(right, left, node)
            if isinstance(right, str):
                raise ThrownError({"message": "cannot use 'in' on a text"})
            return Unknown()
        if type(left) is int and type(right) is int:
            known = {
                b"<": left < right, b"<=": left <= right, b">": left > right, b">=": left >= right,
                b"-": left - right, b"*": left * right,
            }  # fmt: skip
            return known.get(operator, Unknown())
        if operator in _ORDERS and any(each is UNDEFINED or is_nan(each) for each in (left, right)):
            return False  # nothing, and what is no number, is neither less nor more
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
        if not sources:
            return made
        like = self.like(made, sources[0])
        like.empty = frozenset(k for k, v in made.items() if v in _EMPTY and k not in sources[0])
        return like

    def truth(self, value: Any, node: Node) -> bool:
        """Whether a value counts as true; what is no number does not."""
        return not is_nan(value) and super().truth(value, node)

    def _assign_part(self, part: Node, value: Any) -> None:
        pattern = part.parent
        if part.type == "rest_pattern" and isinstance(value, dict) and pattern is not None:
            named = {key_name(p) or text_of(p, "left") for p in items(pattern) if p != part}
            rest = {k: v for k, v in value.items() if k.encode() not in named}
            made = self.like(rest, value) if isinstance(value, Members) else rest
            self.assign(items(part)[0], made)
            return
        super()._assign_part(part, value)

    def assign(self, target: Node, value: Any) -> None:
        """Put a value into a variable, a member or a pattern."""
        if target.type == "array_pattern" and isinstance(value, list):
            for number, part in _placed(target):
                if part.type == "rest_pattern":
                    self.assign(items(part)[0], value[number:])
                else:
                    self.assign(part, value[number] if number < len(value) else UNDEFINED)
            return
        super().assign(target, value)

    def _assign_member(self, target: Node, value: Any) -> None:
        owner = self.expression(child(target, "object"))
        name = self.name_of(target)
        if isinstance(owner, dict) and not isinstance(name, str):
            owner[self.key(name)] = value
        elif isinstance(owner, list) and isinstance(name, Unknown):
            owner.append(value)
        else:
            super()._assign_member(target, value)

    # statements

    def _break_statement(self, node: Node) -> None:
        self._leave_labelled(node)
        super()._break_statement(node)

    def _continue_statement(self, node: Node) -> None:
        self._leave_labelled(node)
        super()._continue_statement(node)

    def _leave_labelled(self, node: Node) -> None:
        if field(node, "label") is not None:
            raise _LabelError(text_of(node, "label"), continues=node.type == "continue_statement")

    def _round(self, body: Node) -> bool:
        try:
            return super()._round(body)
        except _LabelError as left:
            around = None if body.parent is None else body.parent.parent
            if around is None or text_of(around, "label") != left.label:
                raise
            return left.continues

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


def _placed(pattern: Node) -> Iterator[tuple[int, Node]]:
    """The parts of a list's pattern with their places: `[, second]`."""
    place = 0
    for child_node in pattern.children:
        if child_node.type == ",":
            place += 1
        elif child_node.is_named and child_node.type != "comment":
            yield place, child_node


def setter_of(scopes: Scopes, name: Node) -> bytes | None:
    """What sets the state that a name is: `const [answer, setAnswer] = useState()`.

    None where it is none, or one that the file makes itself.
    """
    binding = scopes.binding(name)
    if binding is None or binding.declarator.type != "variable_declarator":
        return None
    pattern, value = field(binding.declarator, "name"), field(binding.declarator, "value")
    if pattern is None or pattern.type != "array_pattern" or value is None:
        return None
    callee = field(unwrapped(value), "function")
    names = items(pattern)
    if callee is None or function_named(scopes, callee) is not None or len(names) != 2:
        return None
    return text(names[1]) if names[0] == binding.name_node else None


def reducer_of(scopes: Scopes, name: Node | None) -> Node | None:
    """The file's function by which something is done: `[state, dispatch] = useReducer(reduce)`."""
    binding = None if name is None else scopes.binding(name)
    value = None if binding is None else field(binding.declarator, "value")
    pattern = None if binding is None else field(binding.declarator, "name")
    if binding is None or value is None or pattern is None or pattern.type != "array_pattern":
        return None
    made_by = unwrapped(value)
    names, given = items(pattern), items(field(made_by, "arguments") or made_by)
    if len(names) != 2 or names[1] != binding.name_node or not given:
        return None
    if text_of(made_by, "function").rpartition(b".")[2] != b"useReducer":
        return None
    return function_named(scopes, unwrapped(given[0]))
