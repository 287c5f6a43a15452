"""The functions and methods of a file: which of them a call calls, and which calls call one."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    descendants,
    field,
    is_awaited_inside,
    items,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

#: The methods of a promise that give another one.
_OF_PROMISES = frozenset({b"catch", b"finally", b"then"})


def function_named(scopes: Scopes, callee: Node) -> Node | None:
    """The function of this file that a name stands for."""
    if callee.type != "identifier":
        return None
    binding = scopes.binding(callee)
    if binding is None or binding.writes:
        return None
    declared = binding.declarator
    if declared.type in FUNCTIONS:
        return declared
    value = field(declared, "value")
    inner = None if value is None else unwrapped(value)
    return inner if inner is not None and inner.type in FUNCTIONS else None


def method_of(tree: Tree, name: bytes, call: Node) -> Node | None:
    """The method of that name in the class around a call."""
    for around in tree.ancestors(call):
        if around.type == "class_body":
            found = [n for n in items(around) if n.type == "method_definition"]
            return next((n for n in found if text_of(n, "name") == name), None)
    return None


def calls_of_method(tree: Tree, method: Node, name: bytes) -> list[Node]:
    """`this.ask(...)` in the class of a method."""
    body = next((n for n in tree.ancestors(method) if n.type == "class_body"), None)
    members = [
        member
        for member in descendants(body or method)
        if member.type == "member_expression"
        and text_of(member, "object") == b"this"
        and text_of(member, "property") == name
    ]
    return calls_among(tree, members)


def calls_among(tree: Tree, references: list[Node]) -> list[Node]:
    """The calls of what is named, among all places that name it."""
    found = []
    for use in references:
        node, parent = tree.outer(use)
        if parent is not None and parent.type == "await_expression":
            # `await run<T>(q)` is read as a call of what is awaited.
            node, parent = parent, tree.parent(parent)
        if parent is not None and field(parent, "function") == node:
            found.append(parent)
    return found


def is_awaited(tree: Tree, call: Node) -> bool:
    """Whether a call stands right behind an `await`."""
    _, parent = tree.outer(call)
    return parent is not None and parent.type == "await_expression"


def is_still_promised(tree: Tree, call: Node) -> bool:
    """Whether a call that gives a promise is not waited for by an `await` that it holds.

    `await a.json<T>().catch(f)` is read as a call of what is awaited, `.catch(f)` behind it.
    """
    first: Node | None = call
    while first is not None and not is_awaited_inside(first):
        first = field(first, "function") or field(first, "object")
    node, member = tree.outer(call)
    further = None if member is None else tree.parent(member)
    goes_on = text_of(member, "property") in _OF_PROMISES if member is not None else False
    goes_on = goes_on and field(member, "object") == node and field(further, "function") == member
    return first is None or goes_on


def parameter_of(function: Node, number: int) -> Node | None:
    """The name or pattern of a function's parameter, None where it has not so many."""
    single, several = field(function, "parameter"), field(function, "parameters")
    parameters = [single] if single is not None else items(several or function)
    if number >= len(parameters):
        return None
    parameter = parameters[number]
    return field(parameter, "pattern") or field(parameter, "left") or parameter


def calls_of_parameter(tree: Tree, scopes: Scopes, function: Node, number: int) -> list[Node]:
    """The calls of a function's parameter, where it is called and nothing else."""
    name = parameter_of(function, number)
    binding = None if name is None or name.type != "identifier" else scopes.binding(name)
    if binding is None or binding.writes:
        return []
    calls = []
    for use in binding.references:
        node, parent = tree.outer(use)
        if use == name:
            continue
        if parent is None or field(parent, "function") != node:
            return []
        calls.append(parent)
    return calls
