"""Conditions that are settled where a call has run: those around it, of names never set again."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.changes import compact
from callmend.languages.ecmascript.guards import guards_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import descendants, field, unwrapped
from callmend.languages.ecmascript.values import text_of

#: A condition's tokens, and where its names are declared.
Key = tuple[bytes, tuple[int, ...]]
#: What a condition may be made of, so that it cannot answer differently the second time.
_PLAIN = frozenset(
    {
        "binary_expression",
        "false",
        "identifier",
        "null",
        "number",
        "parenthesized_expression",
        "string",
        "string_fragment",
        "true",
        "unary_expression",
        "undefined",
    }
)
_EQUAL, _UNEQUAL = (b"===", b"=="), (b"!==", b"!=")


def settled_by(program: Program, call: Node) -> dict[Key, bool]:
    """What is known of conditions when a call has run: `mode === 'x'` of the `if` it is in."""
    found: dict[Key, bool] = {}
    for guard in guards_of(program.tree, program.scopes, call):
        for condition, holds in _parts(guard.condition, guard.holds):
            key = key_of(program.scopes, condition)
            if key is not None:
                found[key] = holds != is_negated(condition)
    return found


def key_of(scopes: Scopes, condition: Node) -> Key | None:
    """The key of a condition, the same for `a === b` and `a !== b`; None for what may change."""
    condition = unwrapped(condition)
    if any(node.is_named and node.type not in _PLAIN for node in descendants(condition)):
        return None
    bindings = [scopes.binding(name) for name in scopes.names_in(condition)]
    if not bindings or any(binding is None or binding.writes for binding in bindings):
        return None
    places = tuple(-1 if b is None else b.name_node.start_byte for b in bindings)
    if _operator(condition) in _EQUAL + _UNEQUAL:
        left, right = field(condition, "left"), field(condition, "right")
        if left is not None and right is not None:
            return compact(left) + b" == " + compact(right), places
    return compact(condition), places


def is_negated(condition: Node) -> bool:
    """Whether a condition is `a !== b`, which has the key of its opposite."""
    return _operator(unwrapped(condition)) in _UNEQUAL


def _operator(node: Node) -> bytes:
    return (text_of(node, "operator") or b"") if node.type == "binary_expression" else b""


def _parts(condition: Node, holds: bool) -> Iterator[tuple[Node, bool]]:
    """A condition, or each of those that are told by one of them all together."""
    condition = unwrapped(condition)
    left, right = field(condition, "left"), field(condition, "right")
    joined = b"&&" if holds else b"||"
    if _operator(condition) == joined and left is not None and right is not None:
        yield from _parts(left, holds)
        yield from _parts(right, holds)
    elif condition.type == "unary_expression" and text_of(condition, "operator") == b"!":
        argument = field(condition, "argument")
        if argument is not None:
            yield from _parts(argument, not holds)
    else:
        yield condition, holds
