"""Whether a client that no one place makes may be OpenAI's: one of several, a default, a field."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.assistants.client import Clients, Owner
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.members import member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.sources import default_of, key_in, returned
from callmend.languages.ecmascript.transports import imported_from
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_MOST = 40
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_EITHER = (b"??", b"||", b"&&")
_OPENAIS = frozenset({Owner.OPENAI, Owner.HOST_UNKNOWN})


def may_be_openais(program: Program, client: Node) -> bool:
    """Whether OpenAI's client comes to an expression by one of the ways that are seen.

    What a constructor or a function of another package is given with it is none itself.
    """
    clients = Clients(program)
    waiting, seen = [unwrapped(client)], set[int]()
    while waiting and len(seen) < _MOST:
        node = waiting.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.type == "new_expression":
            if clients.of(node).owner in _OPENAIS:
                return True
        elif _is_called_so(program, node):
            return True
        else:
            waiting += (unwrapped(each) for each in _ways(program, node))
    return False


def is_typed_openai(program: Program, annotation: Node | None) -> bool:
    """Whether a type is what the package `openai` exports, or holds that."""
    for name in descendants(annotation) if annotation is not None else ():
        if name.type == "type_identifier":
            found = program.scopes.root.bindings.get(text(name))
            if found is not None and imported_from(found) == "openai":
                return text(name) != b"AzureOpenAI"
    return False


def names_openai(name: bytes) -> bool:
    """Whether a name says that something is OpenAI's, and not of Azure."""
    return b"openai" in name.lower() and b"azure" not in name.lower()


def _is_called_so(program: Program, node: Node) -> bool:
    """Whether a name, a field or a function's type says that it is OpenAI's client."""
    if node.type in MEMBERS:
        declared = field_of_class(node) if text_of(node, "object") == b"this" else None
        kind = field(declared, "type")
        if kind is not None:
            return is_typed_openai(program, kind)
        # `config.openai` of the file's own settings is what stands there.
        return program.resolver.member(node) is None and names_openai(member_key(node) or b"")
    if node.type in _NAMES:
        binding = program.scopes.binding(node)
        return binding is not None and is_typed_openai(program, field(binding.declarator, "type"))
    if node.type == "call_expression":
        own = program.resolver.function_behind(field(node, "function") or node)
        return is_typed_openai(program, field(own, "return_type"))
    return False


def _ways(program: Program, node: Node) -> Iterator[Node]:
    """The expressions of which an expression is one, or of which it is taken."""
    if node.type == "ternary_expression":
        yield from _fields(node, "consequence", "alternative")
    elif node.type == "binary_expression" and text_of(node, "operator") in _EITHER:
        yield from _fields(node, "left", "right")
    elif "assignment_expression" in node.type:
        yield from _fields(node, "right")
    elif node.type == "await_expression":
        yield from items(node)
    elif node.type in _NAMES:
        binding = program.scopes.binding(node)
        if binding is not None:
            yield from _of_name(program, binding)
    elif node.type in MEMBERS:
        yield from _of_member(program, node)
    elif node.type == "call_expression":
        yield from _of_call(program, node)


def _fields(node: Node, *names: str) -> Iterator[Node]:
    yield from (found for name in names if (found := field(node, name)) is not None)


def _of_name(program: Program, binding: Binding) -> Iterator[Node]:
    """What a name is declared with, by default, and whenever it is set."""
    default = default_of(program.scopes, binding)
    if default is not None:
        yield default
    for write in binding.writes:
        yield from _fields(write.parent or write, "right")
    declarator = binding.declarator
    value, pattern = field(declarator, "value"), field(declarator, "name")
    if binding.kind is Kind.IMPORT or value is None or declarator.type != "variable_declarator":
        return
    if pattern == binding.name_node:
        yield value
    else:
        key = None if pattern is None else key_in(pattern, binding.name_node)
        yield from _taken_from(unwrapped(value), key)


def _of_member(program: Program, member: Node) -> Iterator[Node]:
    """What a field is set to, and what an object or a list of the file holds there."""
    if member.type == "member_expression":
        yield from (each for each in program.sources.fields(member) or () if each is not None)
    owner = unwrapped(field(member, "object") or member)
    if text_of(member, "object") == b"this":
        yield from _fields(field_of_class(member) or member, "value")
    held = program.resolver.member(member)
    if held is not None:
        yield held
        return
    held = program.resolver.constant(owner) or owner
    yield from _taken_from(held, member_key(member))


def _taken_from(holder: Node, key: bytes | None) -> Iterator[Node]:
    """The member of that name, or all where it is not known which one is taken."""
    if holder.type == "array":
        yield from items(holder)
    elif holder.type == "object":
        for item in items(holder):
            if item.type != "spread_element" and key in (None, key_name(item)):
                yield member_value(item)


def _of_call(program: Program, call: Node) -> Iterator[Node]:
    """What a function of the file gives, and what holds that of which a method is called."""
    function = unwrapped(field(call, "function") or call)
    own = program.resolver.function_behind(function)
    if own is not None:
        yield from returned(own) or ()
    elif function.type == "member_expression":
        # `cache.get(key)`, `pool.pop()`
        owner = unwrapped(field(function, "object") or function)
        binding = program.scopes.binding(owner) if owner.type == "identifier" else None
        if binding is not None and binding.declarator.type == "variable_declarator":
            yield from _taken_from(unwrapped(field(binding.declarator, "value") or owner), None)
