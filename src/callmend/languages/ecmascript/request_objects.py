"""What `fetch` is given: its own arguments, or those of the `new Request(...)` in their place."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, items, text, unwrapped


def given_to(scopes: Scopes, call: Node) -> list[Node]:
    """The URL and the options of a call that sends as `fetch` does."""
    given = items(field(call, "arguments") or call)
    made = unwrapped(given[0]) if len(given) == 1 else None
    name = None if made is None else field(made, "constructor")
    if made is None or name is None or text(name) != b"Request" or scopes.binding(name) is not None:
        return given
    return items(field(made, "arguments") or made)
