"""What `fetch` is given: its own arguments, or those of the `new Request(...)` in their place."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    ancestors_of,
    field,
    items,
    text,
    unwrapped,
)


def given_to(scopes: Scopes, call: Node) -> list[Node]:
    """The URL and the options of a call that sends as `fetch` does."""
    given = items(field(call, "arguments") or call)
    made = request_object(scopes, given[0]) if len(given) == 1 else None
    return given if made is None else items(field(made, "arguments") or made)


def request_object(scopes: Scopes, node: Node) -> Node | None:
    """The platform's `new Request(...)` that an expression is, or a variable for it alone holds."""
    made = unwrapped(node)
    binding = scopes.binding(made) if made.type == "identifier" else None
    if binding is not None:
        value = field(binding.declarator, "value")
        alone = len(binding.references) == 1 and not is_declared_exported(binding)
        if value is None or not alone or binding.writes:
            return None
        if field(binding.declarator, "name") != binding.name_node:
            return None
        # One that another function sends may be sent several times, which throws.
        if _function(value) != _function(node):
            return None
        made = unwrapped(value)
    name = field(made, "constructor") if made.type == "new_expression" else None
    if name is None or text(name) != b"Request" or scopes.binding(name) is not None:
        return None
    return made


def _function(node: Node) -> Node | None:
    return next((around for around in ancestors_of(node) if around.type in FUNCTIONS), None)
