"""Whether a file's own code tells an empty answer from one with text."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import Tree, field, text, unwrapped
from callmend.languages.ecmascript.values import text_of

EMPTY = frozenset({b"''", b'""', b"``"})
NOTHING = frozenset({b"null", b"undefined"})
_LOGICAL = frozenset({b"&&", b"||"})
_EQUAL = frozenset({b"===", b"!==", b"==", b"!="})
_COMPARED = _EQUAL | {b"<", b"<=", b">", b">="}
_CONDITIONS = frozenset(
    {"if_statement", "while_statement", "do_statement", "ternary_expression", "for_statement"}
)
_TRIMMED = frozenset({b"trim", b"trimEnd", b"trimStart"})


def is_handled(tree: Tree, binding: Binding, reading: Node, empty: bytes) -> bool:
    """Whether code behind a reading (or in its loop) asks if the result is empty.

    ``empty`` is the literal that the result holds when there is no text: a test for another kind
    of emptiness does not see it.
    """
    return any(
        _is_asked(tree, use, empty)
        for use in binding.references
        if use not in binding.writes and use.start_byte >= reading.end_byte
    )


def _is_asked(tree: Tree, use: Node, empty: bytes) -> bool:
    node, parent = tree.outer(use)
    if parent is None:
        return False
    if parent.type == "member_expression" and field(parent, "object") == node:
        return empty in EMPTY and _is_asked_for_text(tree, parent)
    return is_truth(tree, node) or _is_compared(node, parent, empty)


def _is_asked_for_text(tree: Tree, member: Node) -> bool:
    """`answer.length`, `answer.trim()`, `answer.trim().length` in a test."""
    name = text_of(member, "property")
    node, parent = tree.outer(member)
    if name == b"length":
        if parent is not None and parent.type == "binary_expression":
            if text_of(parent, "operator") in _COMPARED:
                return True
        return is_truth(tree, node)
    if name in _TRIMMED and parent is not None and parent.type == "call_expression":
        node, parent = tree.outer(parent)
        if parent is not None and parent.type == "member_expression":
            return field(parent, "object") == node and _is_asked_for_text(tree, parent)
        return is_truth(tree, node) or (
            parent is not None and any(_is_compared(node, parent, empty) for empty in EMPTY)
        )
    return False


def is_truth(tree: Tree, node: Node) -> bool:
    """Whether only it matters of a value whether it is empty: conditions, `!x`, `x || y`."""
    node, parent = tree.outer(node)
    if parent is None:
        return False
    if parent.type in _CONDITIONS:
        return field(parent, "condition") == node
    if parent.type == "unary_expression":
        return text_of(parent, "operator") == b"!"
    if parent.type == "binary_expression" and text_of(parent, "operator") in _LOGICAL:
        return field(parent, "left") == node or is_truth(tree, parent)
    if parent.type == "arguments":
        return text_of(tree.parent(parent) or parent, "function") == b"Boolean"
    return False


def _is_compared(node: Node, parent: Node, empty: bytes) -> bool:
    if parent.type != "binary_expression":
        return False
    operator = text_of(parent, "operator")
    if operator == b"??":
        return field(parent, "left") == node and empty in NOTHING
    if operator not in _EQUAL:
        return False
    sides = [side for side in (field(parent, "left"), field(parent, "right")) if side is not None]
    other = next((text(unwrapped(side)) for side in sides if side != node), b"")
    if empty in EMPTY:
        return other in EMPTY
    return other == empty or (len(operator) == 2 and other in NOTHING)
