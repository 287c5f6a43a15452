"""Which package sends a request that callmend does not rewrite, for the message."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.transports import imported_from, is_own_module
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    items,
    text,
    unwrapped,
)

#: What is different about a package's calls, by the start of the module's name.
_HINTS = {
    "@angular/common/http": "gives an Observable and no response",
    "@nestjs/axios": "gives an Observable of axios' response",
    "http": "gives its response piece by piece to what it calls",
    "https": "gives its response piece by piece to what it calls",
    "node:http": "gives its response piece by piece to what it calls",
    "node:https": "gives its response piece by piece to what it calls",
    "obsidian": "gives an answer of its own and no response",
    "superagent": "is a chain of calls that `send` gives the body to",
    "supertest": "is a chain of calls that `send` gives the body to",
    "swr": "gives the URL to its fetcher, which sends the request",
}
_MOST_STEPS = 4


def sender_of(program: Program, call: Node) -> str:
    """Whose function a call calls, such as `HttpClient` of @angular/common/http; empty if unseen.

    A function that is imported, a member of what is, and what a field or a parameter is typed as.
    """
    node = unwrapped(called(call))
    for _ in range(_MOST_STEPS):
        if node.type == "identifier":
            return _of_name(program, node)
        owner = field(node, "object")
        if node.type == "call_expression":
            owner = field(node, "function")
        if owner is None:
            return ""
        if unwrapped(owner).type == "this":
            return _told(program, _type_of_field(node))
        node = unwrapped(owner)
    return ""


def _of_name(program: Program, name: Node) -> str:
    binding = program.scopes.binding(name)
    if binding is None:
        return ""
    module = imported_from(binding)
    if module is not None:
        return "" if is_own_module(module) else _with_hint(module, "")
    if binding.kind is Kind.PARAMETER:
        return _told(program, field(binding.declarator, "type"))
    value = field(binding.declarator, "value")
    return "" if value is None else _told(program, _injected(unwrapped(value)))


def _type_of_field(member: Node) -> Node | None:
    """The type of `this.NAME`: of a parameter of the constructor, of a field, of `inject(TYPE)`."""
    declared = field_of_class(member)
    value = field(declared, "value")
    return field(declared, "type") or (None if value is None else _injected(unwrapped(value)))


def _injected(value: Node) -> Node | None:
    """`HttpClient` of Angular's `inject(HttpClient)`."""
    given = items(field(value, "arguments") or value)
    return given[0] if text_of(value, "function") == b"inject" and len(given) == 1 else None


def _told(program: Program, kind: Node | None) -> str:
    """The imported name that a type is, and its module."""
    for name in descendants(kind) if kind is not None else ():
        if name.type not in ("type_identifier", "identifier"):
            continue
        binding: Binding | None = program.scopes.root.bindings.get(text(name))
        module = None if binding is None else imported_from(binding)
        if module is not None and not is_own_module(module):
            return _with_hint(module, f"`{text(name).decode('utf-8', 'replace')}` of ")
    return ""


def _with_hint(module: str, name: str) -> str:
    hint = _HINTS.get(module)
    return f"{name}{module}" if hint is None else f"{name}{module} {hint}"
