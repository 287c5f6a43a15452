"""The options of a request by their names, also where they are put together with spreads."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.growing import optional_members
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.providers import provided
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import items, key_name, show, unwrapped
from callmend.reasons import Reason
from callmend.records import record

#: What decides on a request; the others only on how it is sent.
_PARTS = frozenset({b"body", b"headers", b"method"})
_MOST_SPREADS = 4


@record(frozen=True, slots=True)
class Options:
    """The options of a request.

    ``by_name`` are the members that count. ``spread`` are, by the names of those that do not stand
    in the literal itself, the expressions that bring them, outermost first: `defaults` of
    `...defaults`, and what is spread into that.
    """

    by_name: dict[bytes, Node]
    spread: dict[bytes, tuple[Node, ...]]


def read_options(scopes: Scopes, literal: Node) -> Options:
    """The options in an object literal.

    Raises:
        RefusedError: one cannot be named, or may replace method, headers or body.
    """
    found: dict[bytes, Node] = {}
    spread: dict[bytes, tuple[Node, ...]] = {}
    hidden: Node | None = None
    for item in items(literal):
        name = key_name(item)
        if item.type in ("pair", "shorthand_property_identifier") and name is not None:
            found[name] = item
            spread.pop(name, None)
            continue
        if item.type != "spread_element":
            raise _refused(item)
        given = unwrapped(items(item)[0])
        brought = _brought(scopes, given, 0)
        if brought is not None:
            for member, (held, through) in brought.items():
                found[member], spread[member] = held, (given, *through)
            continue
        optional = optional_members(scopes, item)
        if optional is None:
            hidden = item
        elif _PARTS & optional.keys():
            raise _refused(item)
    behind = [name for name in _PARTS if name in found and name not in spread]
    if hidden is not None and not all(
        name in behind and found[name].start_byte > hidden.end_byte for name in _PARTS
    ):
        raise _refused(hidden)
    return Options(found, spread)


def members_spread(scopes: Scopes, given: Node) -> dict[bytes, Node] | None:
    """The members that spreading an expression brings; None where they are not all known."""
    brought = _brought(scopes, unwrapped(given), 0)
    return None if brought is None else {name: held for name, (held, _) in brought.items()}


#: A member, and what is spread on its way to where it is spread.
_Held = tuple[Node, tuple[Node, ...]]


def _brought(scopes: Scopes, given: Node, depth: int) -> dict[bytes, _Held] | None:
    """The members of the literal that is spread; None where they are not all known."""
    literal = object_behind(scopes, given)
    if literal is None:
        grown = provided(scopes, given)
        if grown is None or any(growth.name in _PARTS for growth in grown.growths):
            return None
        literal = grown.literal
    found: dict[bytes, _Held] = {}
    for item in items(literal.node):
        name = key_name(item)
        if item.type in ("pair", "shorthand_property_identifier") and name is not None:
            found[name] = item, ()
            continue
        inner = unwrapped(items(item)[0]) if item.type == "spread_element" else None
        deeper = (
            None if inner is None or depth >= _MOST_SPREADS else _brought(scopes, inner, depth + 1)
        )
        if inner is None or deeper is None:
            return None
        for member, (held, through) in deeper.items():
            found[member] = held, (inner, *through)
    return found


def _refused(node: Node) -> RefusedError:
    return RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(node)}`")
