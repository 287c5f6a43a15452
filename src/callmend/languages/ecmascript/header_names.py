"""The names of headers in a literal."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.tree import items, key_name, show, text
from callmend.reasons import Reason


def plain_name(item: Node) -> bytes | None:
    """The name of a header in lower case, None for a spread or a computed name."""
    plain = item.type in ("pair", "shorthand_property_identifier")
    name = key_name(item) if plain else None
    return None if name is None else name.lower()


def refuse_spellings(by_name: dict[bytes, Node], brought: dict[bytes, Node]) -> None:
    """Refuse headers that are brought in another spelling, which is sent beside the first.

    Raises:
        RefusedError: one is.
    """
    for name, member in brought.items():
        if name in by_name and key_name(by_name[name]) != key_name(member):
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(member)}`")


def pair_name(item: Node) -> bytes | None:
    """The name of a header in lower case that is a list of two, `['Name', value]`; else None."""
    parts = items(item) if item.type == "array" else []
    if len(parts) != 2 or parts[0].type != "string" or parts[1].type == "spread_element":
        return None
    return text(parts[0])[1:-1].lower()


def pairs_named(array: Node) -> dict[bytes, Node] | None:
    """The headers of a list of pairs by their names; None where one is no pair, or sent twice."""
    pairs = items(array) if array.type == "array" else []
    found = {name: pair for pair in pairs if (name := pair_name(pair)) is not None}
    return found if pairs and len(found) == len(pairs) else None


def all_named(literal: Node) -> dict[bytes, Node] | None:
    """The headers of a literal by their names in lower case; None where one has no plain name."""
    if literal.type == "array":
        return pairs_named(literal)
    members = items(literal)
    found = {name: member for member in members if (name := plain_name(member)) is not None}
    return found if len(found) == len(members) else None
