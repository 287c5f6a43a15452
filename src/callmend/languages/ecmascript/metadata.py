"""The values of a body's `metadata`: OpenAI's API takes texts there, and refuses all else."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.declared import is_declared_as_object
from callmend.languages.ecmascript.messages import MessageReader
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, member_value, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_JUDGING = frozenset(b"! != !== < <= == === > >= in instanceof".split())
_COUNTING = frozenset(b"% * ** - / length".split())
_CLOCKS = frozenset({b"Date.now", b"performance.now", b"Number", b"parseInt", b"parseFloat"})


def no_texts(scopes: Scopes, call: Node, member: Node) -> list[Node]:
    """The members of a `metadata: { ... }` whose values are certainly no texts."""
    if key_name(member) != b"metadata":
        return []
    value = unwrapped(member_value(member))
    reader = MessageReader(scopes, call)
    return [
        each
        for each in (items(value) if value.type == "object" else ())
        if each.type in ("pair", "shorthand_property_identifier")
        and _is_no_text(scopes, reader, unwrapped(member_value(each)))
    ]


def _is_no_text(scopes: Scopes, reader: MessageReader, value: Node) -> bool:
    if value.type in ("arrow_function", "null"):
        return False
    if value.type == "member_expression":
        return text_of(value, "property") in _COUNTING
    if value.type == "unary_expression":
        return text_of(value, "operator") in _JUDGING
    if value.type == "binary_expression":
        return text_of(value, "operator") in _JUDGING | _COUNTING
    if value.type == "call_expression":
        return text(field(value, "function") or value) in _CLOCKS
    try:
        reader.check_text(value)
    except RefusedError:
        return True
    return is_declared_as_object(scopes.binding(value))
