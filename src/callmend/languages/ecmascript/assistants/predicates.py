"""The small callbacks with which messages and parts are chosen, and what they choose by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_EQUAL = (b"===", b"==")
#: `m => m.content[0].type`, `?.` and `!` left out.
_CONTENT_TYPE = re.compile(rb"content\[0\]\.type")
_TEXT_OF_PART = re.compile(rb"text\.value")


class Predicate(Enum):
    """What a callback asks of a message or of a part."""

    ASSISTANT = "assistant"
    OF_RUN = "of-run"
    TEXT = "text"


class Predicates:
    """Reads callbacks of `filter`, `find`, `map` and `sort`."""

    def __init__(self, program: Program, is_run_id: Callable[[Node], bool]) -> None:
        self._program = program
        self._is_run_id = is_run_id

    def asked(self, condition: Node, name: bytes) -> frozenset[Predicate] | None:
        """What a condition asks of the message by that name; None when it is not understood."""
        found = {self._one(part, name, messages=True) for part in conjuncts(condition)}
        known = frozenset(one for one in found if one is not None)
        return None if None in found else known

    def of(self, callback: Node, *, messages: bool) -> frozenset[Predicate] | None:
        """What a predicate asks for, all of which must hold; None when it is not understood."""
        read = _arrow(callback)
        if read is None:
            return None
        names, body = read
        if len(names) != 1:
            return None
        found = set()
        for part in conjuncts(body):
            one = self._one(part, names[0], messages=messages)
            if one is None:
                return None
            found.add(one)
        return frozenset(found)

    def _one(self, node: Node, name: bytes, *, messages: bool) -> Predicate | None:
        node = unwrapped(node)
        if node.type != "binary_expression":
            # `m.content && ...`, `c.text`: that there is one.
            path = _path(node, name)
            wanted = (b"content", b"content.length") if messages else (b"text", b"text.value")
            return Predicate.TEXT if path in wanted else None
        left, right = field(node, "left"), field(node, "right")
        operator = text_of(node, "operator")
        if left is None or right is None:
            return None
        if operator == b"in":
            fits = text(left)[1:-1] == b"text" and text(unwrapped(right)) == name
            return Predicate.TEXT if fits and not messages else None
        path, other = _path(left, name), unwrapped(right)
        if path is None and operator in _EQUAL:
            path, other = _path(right, name), unwrapped(left)
        word = text(other)[1:-1] if other.type == "string" else None
        if operator not in _EQUAL:
            some = operator == b">" and text(other) == b"0" and path == b"content.length"
            return Predicate.TEXT if some and messages else None
        if not messages:
            return Predicate.TEXT if path == b"type" and word == b"text" else None
        if path == b"role" and word == b"assistant":
            return Predicate.ASSISTANT
        if path == b"run_id" and self._is_run_id(other):
            return Predicate.OF_RUN
        if path is not None and _CONTENT_TYPE.fullmatch(path) and word == b"text":
            return Predicate.TEXT
        return None

    def gives_text(self, callback: Node) -> bool:
        """Whether a callback gives a part's text: `c => c.text.value`."""
        read = _arrow(callback)
        if read is None or len(read[0]) != 1:
            return False
        (name,), body = read
        if body.type == "ternary_expression":
            condition = field(body, "condition")
            then, other = field(body, "consequence"), field(body, "alternative")
            if condition is None or then is None or other is None:
                return False
            asked = self._one(condition, name, messages=False)
            if asked is not Predicate.TEXT or text(unwrapped(other)) not in (b"''", b'""'):
                return False
            body = unwrapped(then)
        path = _path(body, name)
        return path is not None and _TEXT_OF_PART.fullmatch(path) is not None

    def order(self, callback: Node) -> bool | None:
        """Whether a comparison sorts the newest first; None when it is not by time."""
        read = _arrow(callback)
        if read is None or len(read[0]) != 2:
            return None
        (first, second), body = read
        if body.type != "binary_expression" or text_of(body, "operator") != b"-":
            return None
        left, right = field(body, "left"), field(body, "right")
        if left is None or right is None:
            return None
        if _path(left, first) == b"created_at" and _path(right, second) == b"created_at":
            return False
        if _path(left, second) == b"created_at" and _path(right, first) == b"created_at":
            return True
        return None


def _arrow(callback: Node) -> tuple[tuple[bytes, ...], Node] | None:
    """A function's plain parameters, and the expression that it gives."""
    callback = unwrapped(callback)
    if callback.type not in ("arrow_function", "function_expression"):
        return None
    if any(child.type == "async" for child in callback.children):
        return None
    single = field(callback, "parameter")
    names = [single] if single is not None else _parameters(callback)
    body = field(callback, "body")
    if body is None or any(name is None or name.type != "identifier" for name in names):
        return None
    if body.type == "statement_block":
        statements = items(body)
        if len(statements) != 1 or statements[0].type != "return_statement":
            return None
        given = items(statements[0])
        if len(given) != 1:
            return None
        body = given[0]
    return tuple(text(name) for name in names if name is not None), unwrapped(body)


def _parameters(callback: Node) -> list[Node | None]:
    parameters = field(callback, "parameters")
    found = [] if parameters is None else items(parameters)
    return [field(p, "pattern") if p.type.endswith("_parameter") else p for p in found]


def conjuncts(node: Node) -> Iterator[Node]:
    """The operands of a chain of `&&`."""
    node = unwrapped(node)
    left, right = field(node, "left"), field(node, "right")
    if node.type == "binary_expression" and text_of(node, "operator") == b"&&":
        if left is not None and right is not None:
            yield from conjuncts(left)
            yield from conjuncts(right)
            return
    yield node


def _path(node: Node, name: bytes) -> bytes | None:
    """What is read from a name, casts and `?.` left out: `role` of `m?.role`."""
    parts: list[bytes] = []
    node = unwrapped(node)
    while node.type in ("member_expression", "subscript_expression"):
        if node.type == "member_expression":
            parts.append(b"." + text_of(node, "property"))
        else:
            parts.append(b"[" + text_of(node, "index") + b"]")
        inner = field(node, "object")
        if inner is None:
            return None
        node = unwrapped(inner)
    if node.type != "identifier" or text(node) != name:
        return None
    return b"".join(reversed(parts)).lstrip(b".")


def index_of(index: Node, owner: Node | None) -> bool | None:
    """Whether an index is the first (True) or the last (False) of its list; None for another."""
    found = text(index)
    if found == b"0":
        return True
    if owner is None:
        return False if found == b"-1" else None
    compact = b"".join(found.split())
    return False if compact == b"".join(text(owner).split()) + b".length-1" else None
