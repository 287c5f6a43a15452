"""Whether an error that is thrown at a place leaves the file: nothing around it catches it."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.callees import function_named
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_CATCHES = frozenset({b"catch", b"fail"})
#: Functions of other files that are given a handler, and see to what it throws.
_GUARDS = re.compile(rb"(?i)async|catch|error|guard|handle|safe|try|wrap")
#: What is told of errors that nothing else catches.
_LAST_RESORTS = re.compile(
    rb"unhandledRejection|unhandledrejection|uncaughtException|\.onError\(|\.setErrorHandler\("
)
_EXITS = frozenset({b"process.exit", b"Deno.exit", b"exit", b"Promise.reject", b"reject"})
_MOST_CALLERS = 5


def leaves_the_file(program: Program, place: Node) -> bool:
    """Whether what is thrown at a place is caught nowhere, and the file throws nothing itself.

    It throws itself where it does so behind the place: `if (!res.ok) throw new Error(...)`. Then an
    error is what whoever calls it knows already.
    """
    if _LAST_RESORTS.search(program.source.data):
        return False
    return _leaves(program, place, 0)


def _leaves(program: Program, place: Node, depth: int) -> bool:
    """Whether it leaves by one of the ways outwards."""
    tree = program.tree
    function = tree.function_of(place)
    if _feeds_a_stream(program, function):
        # Whoever reads that stream sees it break off.
        return False
    if depth > _MOST_CALLERS or _is_caught(program, place, function):
        return False
    if _throws_behind(function, place) or _helper_throws(program, place):
        return False
    if function == tree.root:
        return True
    given_to = _given_to(program, function)
    if given_to is not None:
        name = text(called(given_to))
        own = function_named(program.scopes, called(given_to))
        if given_to.type == "call_expression" and own is None and _GUARDS.search(name):
            return b"." in name and _leaves(program, given_to, depth + 1)
        return _leaves(program, given_to, depth + 1)
    callers = [call for call in callers_of(program, function) if not is_inside(call, function)]
    return not callers or any(_leaves(program, call, depth + 1) for call in callers)


def _given_to(program: Program, function: Node) -> Node | None:
    """The call, or the `new`, that is given a function as it stands: `.then(...)`, `app.post(...)`.

    A function that is called where it stands is given to that: `(async () => { ... })()`.
    """
    node, parent = program.tree.outer(function)
    if parent is None:
        return None
    if parent.type == "arguments":
        return program.tree.parent(parent)
    return parent if field(parent, "function") == node else None


def _feeds_a_stream(program: Program, function: Node) -> bool:
    """`new ReadableStream({ async start(controller) { ... } })`."""
    holder = program.tree.outer(function)[1]
    while holder is not None and holder.type in ("pair", "object", "arguments"):
        holder = program.tree.parent(holder)
    return text_of(holder, "constructor").endswith(b"Stream") if holder is not None else False


def _is_caught(program: Program, place: Node, function: Node) -> bool:
    """Whether a `try` or a `.catch(...)` in its function takes what is thrown at a place."""
    node = place
    for parent in program.tree.ancestors(place):
        if parent == function:
            return False
        if parent.type == "try_statement" and field(parent, "handler") is not None:
            if is_inside(place, field(parent, "body") or place):
                return True
        if parent.type == "member_expression" and field(parent, "object") == node:
            call = program.tree.parent(parent)
            if call is not None and field(call, "function") == parent and _takes_errors(call):
                return True
        node = parent
    return False


def _takes_errors(call: Node) -> bool:
    """`.catch(...)`, `.then(f, g)`."""
    name = text_of(called(call), "property")
    given = items(field(call, "arguments") or call)
    return name in _CATCHES or (name == b"then" and len(given) > 1)


def _throws_behind(function: Node, place: Node) -> bool:
    """Whether a function throws, or ends the program, behind a place, other than in a `catch`."""
    waiting = [function]
    while waiting:
        node = waiting.pop()
        if node.end_byte <= place.start_byte or node.type == "catch_clause":
            continue
        ends = node.type == "throw_statement" or text_of(node, "function") in _EXITS
        if ends and node.start_byte > place.start_byte:
            return True
        waiting += node.named_children
    return False


def _helper_throws(program: Program, place: Node) -> bool:
    """Whether what is called at a place is a function of the file that throws."""
    if place.type != "call_expression":
        return False
    function = function_named(program.scopes, unwrapped(called(place)))
    return function is not None and any(n.type == "throw_statement" for n in descendants(function))


def places_of_reading(program: Program) -> list[Node]:
    """Where a file waits for the next piece of a stream: `for await`, `reader.read()`."""
    return [
        node
        for node in program.tree.nodes
        if (node.type == "for_in_statement" and any(c.type == "await" for c in node.children))
        or (node.type == "call_expression" and text_of(called(node), "property") == b"read")
    ]
