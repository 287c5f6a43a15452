"""The `fetch` that SvelteKit gives a handler, which is the platform's for other hosts."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    ancestors_of,
    field,
    items,
    key_name,
    text,
    unwrapped,
)

#: What a file of SvelteKit's has in it: without one of these a handler is another framework's.
_MARKS = (b"@sveltejs/kit", b"./$types", b"$env/", b"$app/")
# https://svelte.dev/docs/kit/routing and /load: what is exported under these names gets an event
# whose `fetch` "is equivalent to the native fetch web API", with more for requests to the app.
_HANDLERS = frozenset(
    {b"DELETE", b"GET", b"PATCH", b"POST", b"PUT", b"fallback", b"load"}
)  # fmt: skip
_ACTIONS = b"actions"
_BETWEEN = frozenset(
    {"as_expression", "object", "pair", "parenthesized_expression", "satisfies_expression"}
)
_TYPES = frozenset({b": typeof fetch", b": typeof globalThis.fetch", b": typeof window.fetch"})


def is_given_fetch(name: Node, binding: Binding) -> bool:
    """Whether a called name is a parameter that is certainly SvelteKit's fetch.

    Where a helper is handed it, its type says so.
    """
    if binding.kind is not Kind.PARAMETER or binding.writes:
        return False
    declarator = binding.declarator
    pattern, kind = field(declarator, "pattern"), field(declarator, "type")
    if pattern == binding.name_node:
        is_one = kind is not None and b" ".join(text(kind).split()) in _TYPES
        return is_one and text(name) == b"fetch" and _is_sveltekits(name)
    return pattern is not None and _takes_fetch(pattern, binding) and _is_event(declarator, name)


def is_events_fetch(owner: Node, binding: Binding | None) -> bool:
    """Whether `owner.fetch` is that of SvelteKit's event."""
    if binding is None or binding.kind is not Kind.PARAMETER or binding.writes:
        return False
    declarator = binding.declarator
    whole = declarator.type == "arrow_function"
    return (whole or field(declarator, "pattern") == binding.name_node) and _is_event(
        declarator, owner
    )


def _takes_fetch(pattern: Node, binding: Binding) -> bool:
    """Whether a name is the member `fetch` of a pattern: `{ fetch }`, `{ fetch: ask }`."""
    for part in items(pattern) if pattern.type == "object_pattern" else ():
        value = field(part, "value") if part.type == "pair_pattern" else part
        if value == binding.name_node:
            return key_name(part) == b"fetch" or text(part) == b"fetch"
    return False


def _is_event(parameter: Node, at: Node) -> bool:
    """Whether a parameter is the first of a function that SvelteKit calls."""
    function = parameter if parameter.type in FUNCTIONS else None
    for node in ancestors_of(parameter):
        if function is not None:
            break
        function = node if node.type in FUNCTIONS else None
    if function is None:
        return False
    given = items(field(function, "parameters") or function)
    if parameter != function and given[:1] != [parameter]:
        return False
    return _is_sveltekits(at) and _is_handler(function)


def _is_sveltekits(node: Node) -> bool:
    """Whether the file around a node names what only SvelteKit has."""
    *_, program = ancestors_of(node)
    return any(mark in text(program) for mark in _MARKS)


def _is_handler(function: Node) -> bool:
    """Whether a function is exported under a name that SvelteKit calls, or is one of `actions`."""
    if function.type == "function_declaration":
        name, around = field(function, "name"), function.parent
        exported = around is not None and around.type == "export_statement"
        return exported and name is not None and text(name) in _HANDLERS
    for node in ancestors_of(function):
        if node.type == "variable_declarator":
            declared, value = field(node, "name"), field(node, "value")
            statement = None if node.parent is None else node.parent.parent
            if declared is None or value is None or statement is None:
                return False
            if statement.type != "export_statement":
                return False
            if unwrapped(value) == function:
                return text(declared) in _HANDLERS
            return text(declared) == _ACTIONS and _is_member(function, unwrapped(value))
        if node.type not in _BETWEEN:
            return False
    return False


def _is_member(function: Node, literal: Node) -> bool:
    """Whether a function is the value of a member of an object literal itself."""
    if function.type == "method_definition":
        return function.parent == literal
    return any(
        member.type == "pair" and unwrapped(field(member, "value") or member) == function
        for member in items(literal)
    )
