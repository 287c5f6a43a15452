"""What an expression's text is before the program runs: constants followed within one file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped

#: Stands for a part that is not known before the program runs (a private-use character).
HOLE = "\ue000"
_MOST_ALTERNATIVES = 16
_MOST_DEPTH = 12
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")


@dataclass(frozen=True, slots=True)
class Value:
    """The texts an expression may have; holes are marked by `HOLE`.

    ``constants`` are the bindings that were followed, in order.
    """

    texts: tuple[str, ...]
    constants: tuple[Binding, ...] = ()


def unescape(raw: str) -> str:
    """The text that a string literal's or template's source stands for."""

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else HOLE
        char: str = match[4]
        if char in ("\n", "\r\n", "\u2028", "\u2029"):
            return ""
        return _SIMPLE_ESCAPES.get(char, char)

    return _ESCAPE.sub(one, raw)


def _source(node: Node) -> str:
    return text(node).decode("utf-8", "replace")


class Resolver:
    """Follows constants in one file."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes

    def value(self, node: Node) -> Value:
        """The texts that an expression may have."""
        constants: list[Binding] = []
        texts = self._texts(node, constants, 0)
        return Value(tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(constants)))

    def _texts(self, node: Node, seen: list[Binding], depth: int) -> list[str]:
        node = unwrapped(node)
        if depth > _MOST_DEPTH:
            return [HOLE]
        if node.type == "string":
            return [unescape(_source(node)[1:-1])]
        if node.type == "number":
            return [_source(node)]
        if node.type == "template_string":
            return self._template(node, seen, depth)
        if node.type == "binary_expression":
            return self._binary(node, seen, depth)
        if node.type == "ternary_expression":
            branches = [field(node, "consequence"), field(node, "alternative")]
            return _several([self._texts(b, seen, depth + 1) for b in branches if b is not None])
        if node.type == "identifier":
            return self._name(node, seen, depth)
        if node.type in ("member_expression", "subscript_expression"):
            return self._member(node, seen, depth)
        if node.type == "new_expression" and text_of(node, "constructor") == b"URL":
            given = items(field(node, "arguments") or node)
            return self._texts(given[0], seen, depth + 1) if len(given) == 1 else [HOLE]
        return [HOLE]

    def _template(self, node: Node, seen: list[Binding], depth: int) -> list[str]:
        result = [""]
        position = node.start_byte + 1
        data = text(node)
        for part in node.named_children:
            if part.type != "template_substitution":
                continue
            literal = data[position - node.start_byte : part.start_byte - node.start_byte]
            inside = items(part)
            texts = self._texts(inside[0], seen, depth + 1) if len(inside) == 1 else [HOLE]
            result = _joined(result, [unescape(literal.decode("utf-8", "replace"))])
            result = _joined(result, texts)
            position = part.end_byte
        tail = data[position - node.start_byte : len(data) - 1]
        return _joined(result, [unescape(tail.decode("utf-8", "replace"))])

    def _binary(self, node: Node, seen: list[Binding], depth: int) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        operator = text_of(node, "operator")
        if left is None or right is None:
            return [HOLE]
        if operator == b"+":
            return _joined(self._texts(left, seen, depth + 1), self._texts(right, seen, depth + 1))
        if operator in (b"||", b"??"):
            return _several(
                [self._texts(left, seen, depth + 1), self._texts(right, seen, depth + 1)]
            )
        return [HOLE]

    def _name(self, node: Node, seen: list[Binding], depth: int) -> list[str]:
        binding = self._scopes.binding(node)
        if binding is None or binding in seen[-_MOST_DEPTH:]:
            return [HOLE]
        declarator = binding.declarator
        if declarator.type != "variable_declarator" or field(declarator, "name") != (
            binding.name_node
        ):
            return [HOLE]
        seen.append(binding)
        sources = [field(declarator, "value")]
        for write in binding.writes:
            assignment = write.parent
            if assignment is None or assignment.type != "assignment_expression":
                return [HOLE]
            sources.append(field(assignment, "right"))
        known = [self._texts(s, seen, depth + 1) for s in sources if s is not None]
        return _several(known) if known else [HOLE]

    def _member(self, node: Node, seen: list[Binding], depth: int) -> list[str]:
        """`API.url` where API is a constant object literal of this file."""
        value = self.member(node)
        if value is None:
            return [HOLE]
        owner = unwrapped(field(node, "object") or node)
        binding = self._scopes.binding(owner)
        if binding is not None:
            seen.append(binding)
        return self._texts(value, seen, depth + 1)

    def member(self, node: Node) -> Node | None:
        """The expression behind `NAME.key` when NAME is an object literal that nothing changes."""
        owner = field(node, "object")
        if owner is None or owner.type != "identifier":
            return None
        obj = self.constant(owner)
        key = text_of(node, "property")
        if node.type == "subscript_expression":
            index = field(node, "index")
            key = text(index)[1:-1] if index is not None and index.type == "string" else b""
        binding = self._scopes.binding(owner)
        if obj is None or obj.type != "object" or binding is None or not key:
            return None
        if any(_is_changed(use) for use in binding.references):
            return None
        found = [m for m in items(obj) if m.type == "pair" and key_name(m) == key]
        if len(found) != 1 or any(m.type == "spread_element" for m in items(obj)):
            return None
        return field(found[0], "value")

    def constant(self, node: Node) -> Node | None:
        """The unwrapped expression that a name stands for, if it is declared once and kept."""
        node = unwrapped(node)
        for _ in range(_MOST_DEPTH):
            if node.type not in ("identifier", "shorthand_property_identifier"):
                return node
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            if field(declarator, "name") != binding.name_node:
                return None
            value = field(declarator, "value")
            if declarator.type != "variable_declarator" or value is None:
                return None
            node = unwrapped(value)
        return None


def text_of(node: Node, name: str) -> bytes:
    """The bytes of a field, empty where it is absent."""
    found = field(node, name)
    return b"" if found is None else text(found)


def _is_changed(use: Node) -> bool:
    """Whether a member of the named object is assigned, or the object is given away."""
    parent = use.parent
    if parent is None or parent.type not in ("member_expression", "subscript_expression"):
        return True
    around = parent.parent
    if around is None:
        return True
    if around.type in ("assignment_expression", "augmented_assignment_expression"):
        return field(around, "left") == parent
    return around.type == "update_expression" or text_of(around, "operator") == b"delete"


def _joined(left: list[str], right: list[str]) -> list[str]:
    combined = [a + b for a in left for b in right]
    return combined if len(combined) <= _MOST_ALTERNATIVES else [HOLE]


def _several(alternatives: list[list[str]]) -> list[str]:
    merged = [text for group in alternatives for text in group]
    return merged if len(merged) <= _MOST_ALTERNATIVES else [*merged[:_MOST_ALTERNATIVES], HOLE]
