"""What a React component keeps, and lists that a name holds as it goes on with them."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from callmend.languages.ecmascript.objects import grows
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, unwrapped
from callmend.languages.ecmascript.values import text_of

_STATE = frozenset({b"useState", b"React.useState"})
_OF_MESSAGES = frozenset({b"role", b"content"})


def is_kept_as_state(scopes: Scopes, use: Node) -> bool:
    """Whether a use of a name makes what it holds a component's state: `setMessages(next)`.

    React keeps what it is given as it is.
    """
    around = use.parent
    call = None if around is None or around.type != "arguments" else around.parent
    function = field(call, "function")
    binding = None if function is None else scopes.binding(function)
    if around is None or binding is None or binding.writes or items(around) != [use]:
        return False
    pattern, value = field(binding.declarator, "name"), field(binding.declarator, "value")
    if pattern is None or pattern.type != "array_pattern" or value is None:
        return False
    return text_of(unwrapped(value), "function") in _STATE and items(pattern)[1:] == [
        binding.name_node
    ]


def is_list_of_turns(scopes: Scopes, node: Node, are_turns: Callable[[Node], bool]) -> bool:
    """Whether a constant holds turns with a message behind or before them, and gets nothing else.

    `const next = [...messages, { role: 'user', content }]`. ``are_turns`` tells whether a list that
    is spread is one of turns.
    """
    binding = scopes.binding(unwrapped(node))
    value = None if binding is None else field(binding.declarator, "value")
    if binding is None or value is None or binding.writes or unwrapped(value).type != "array":
        return False
    if field(binding.declarator, "name") != binding.name_node:
        return False
    for use in binding.references:
        if grows(use, before=None) and not is_kept_as_state(scopes, use):
            return False
    written = spread = 0
    for item in items(unwrapped(value)):
        inner = unwrapped(item)
        if item.type == "spread_element":
            spread += 1
            inside = unwrapped(items(item)[0])
            earlier = scopes.binding(inside)
            # In `a = [...b], b = [...a]` no list is ever there, and this would go on for ever.
            if (
                earlier is not None
                and earlier.declarator.start_byte >= binding.declarator.start_byte
            ):
                return False
            if not are_turns(inside):
                return False
        elif inner.type == "object" and {key_name(m) for m in items(inner)} == _OF_MESSAGES:
            written += 1
        else:
            return False
    return bool(spread and written)
