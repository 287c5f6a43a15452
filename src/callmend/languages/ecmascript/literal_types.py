"""Whether what a parameter is declared as takes a text that stands in place of another one."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, items, text
from callmend.languages.ecmascript.values import text_of, unescape

#: Types that any text has, the platform's own included.
_TEXTS = frozenset({b"any", b"string", b"unknown"})
_PLATFORMS = frozenset({b"RequestInfo", b"String", b"URL"})
_MOST_STEPS = 8


def refusing_type(scopes: Scopes, function: Node, parameter: Node, told: str) -> Node | None:
    """The type of a function's parameter that has no such text; None where the text may be given.

    ``parameter`` is its name. A type of another file may have any texts, so none is certain.
    """
    place = _place(function, parameter)
    signatures = scopes.tree.every("function_signature")
    # Signatures in front of a function hide its own.
    before = [each for each in signatures if _is_of(scopes, each, function)]
    types = [_annotation(each, place) for each in before or [function]]
    refused = [t for t in types if t is not None and not takes(scopes, t, told)]
    return refused[0] if refused and len(refused) == len(types) else None


def takes(scopes: Scopes, kind: Node, told: str, depth: int = 0) -> bool:
    """Whether a type has a text for certain."""
    if depth > _MOST_STEPS:
        return False
    match kind.type:
        case "predefined_type":
            return text(kind) in _TEXTS
        case "literal_type":
            inner = items(kind)[0] if items(kind) else kind
            shown = text(inner).decode("utf-8", "replace")
            return inner.type == "string" and unescape(shown[1:-1]) == told
        case "template_literal_type":
            return _matches(kind, told)
        case "union_type":
            return any(takes(scopes, each, told, depth + 1) for each in items(kind))
        case "intersection_type" | "type_annotation" | "parenthesized_type" | "constraint":
            parts = [each for each in items(kind) if each.type != "object_type"]
            return bool(parts) and all(takes(scopes, each, told, depth + 1) for each in parts)
        case "type_identifier":
            return _named(scopes, kind, told, depth)
        case "lookup_type":
            # `Parameters<typeof fetch>[0]`
            return text(kind).replace(b" ", b"").startswith(b"Parameters<typeoffetch>")
    return False


def _named(scopes: Scopes, name: Node, told: str, depth: int) -> bool:
    """Whether a type of the file, or a parameter of it, has the text."""
    for around in scopes.tree.ancestors(name):
        for each in items(field(around, "type_parameters") or name):
            if each.type == "type_parameter" and text_of(each, "name") == text(name):
                constraint = field(each, "constraint")
                return constraint is None or takes(scopes, constraint, told, depth + 1)
    for node in scopes.tree.every("type_alias_declaration"):
        if text_of(node, "name") == text(name):
            value = field(node, "value")
            return value is not None and takes(scopes, value, told, depth + 1)
    return scopes.root.bindings.get(text(name)) is None and text(name) in _PLATFORMS


def _matches(kind: Node, told: str) -> bool:
    """Whether a text is one of `/${string}`; of what else stands in the holes nothing is known."""
    pattern = ""
    for part in items(kind):
        if part.type != "template_type":
            pattern += re.escape(text(part).decode("utf-8", "replace"))
        elif [text(each) for each in items(part)] == [b"string"]:
            pattern += ".*"
        else:
            return False
    return re.fullmatch(pattern, told) is not None


def _place(function: Node, parameter: Node) -> int | None:
    given = items(field(function, "parameters") or function)
    return next((n for n, each in enumerate(given) if field(each, "pattern") == parameter), None)


def _annotation(function: Node, place: int | None) -> Node | None:
    """The type of a parameter by its place; None where none is written."""
    given = items(field(function, "parameters") or function)
    return None if place is None or place >= len(given) else field(given[place], "type")


def _is_of(scopes: Scopes, signature: Node, function: Node) -> bool:
    """Whether a signature stands in front of a function."""
    name, own = field(signature, "name"), field(function, "name")
    return (
        name is not None
        and own is not None
        and scopes.binding(name) is not None
        and scopes.binding(name) is scopes.binding(own)
    )
