"""Readings of an answer's `error` by which null, as a Response has it, is an error."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import Bodies, member_of
from callmend.languages.ecmascript.flow import Bound, Flow
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_ERROR = b"error"
_NOTHING = frozenset({b"undefined", b"void 0"})


def strict_question(flow: Flow, response: Bound) -> Node | None:
    """The first comparison that tells an `error` of null from one that is not there, or None."""
    for bound in Bodies(flow).of(response):
        for use in flow.uses(bound):
            for read in _readings(flow, use):
                if (asked := _asked(flow, read)) is not None:
                    return asked
    return None


def _readings(flow: Flow, use: Node) -> Iterator[Node]:
    """The expressions that are the `error` of an answer, where that is used."""
    node, parent = flow.tree.outer(use)
    if parent is None:
        return
    if member_of(flow, use) == _ERROR:
        yield parent
        yield from _named(flow, parent)
    if parent.type == "variable_declarator" and field(parent, "value") == node:
        pattern = field(parent, "name")
        for part in items(pattern) if pattern is not None else ():
            if part.type != "rest_pattern" and key_name(part) == _ERROR:
                yield from _references(flow, field(part, "value") or part)


def _named(flow: Flow, member: Node) -> Iterator[Node]:
    """The uses of a constant that is the `error`."""
    node, parent = flow.tree.outer(member)
    if parent is not None and parent.type == "variable_declarator":
        if field(parent, "value") == node:
            yield from _references(flow, field(parent, "name"))


def _references(flow: Flow, name: Node | None) -> Iterator[Node]:
    binding = None if name is None else flow.scopes.binding(name)
    yield from () if binding is None else binding.references


def _asked(flow: Flow, read: Node) -> Node | None:
    """The comparison with `undefined`, or the question for a type, that a reading stands in."""
    node, parent = flow.tree.outer(read)
    if parent is None:
        return None
    if parent.type == "unary_expression":
        return parent if text_of(parent, "operator") == b"typeof" else None
    if parent.type != "binary_expression" or text_of(parent, "operator") not in (b"===", b"!=="):
        return None
    other = field(parent, "right" if field(parent, "left") == node else "left")
    return parent if other is not None and text(unwrapped(other)) in _NOTHING else None
