"""Who gets what a function of the file gives back: its calls in the file, or a framework."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.callees import calls_among, calls_of_method
from callmend.languages.ecmascript.objects import is_private
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import FUNCTIONS, field, items, text

#: Functions by whose name a framework calls them, and gives what they give to the client.
_HANDLERS = frozenset(
    {
        b"DELETE", b"GET", b"PATCH", b"POST", b"PUT", b"action", b"default", b"fetch", b"handle",
        b"handler", b"loader", b"onRequest", b"onRequestGet", b"onRequestPost",
    }
)  # fmt: skip
#: What the first parameter of such a function is called.
_REQUESTS = frozenset({b"c", b"context", b"ctx", b"event", b"req", b"request"})


def callers_of(program: Program, function: Node) -> list[Node]:
    """The calls of a function in its file, by its name or on `this`."""
    name = program.tree.name_of(function)
    if name is None:
        return []
    if function.type == "method_definition":
        return calls_of_method(program.tree, function, text(name))
    binding = program.scopes.binding(name)
    return [] if binding is None else calls_among(program.tree, binding.references)


def is_set_by_others(program: Program, call: Node) -> bool:
    """Whether the variable that a response is put into gets that of another request too."""
    parent = program.tree.outer(call)[1]
    if parent is not None and parent.type == "await_expression":
        parent = program.tree.outer(parent)[1]
    left = field(parent, "left")
    binding = None if left is None else program.scopes.binding(left)
    return binding is not None and len(binding.writes) > 1


def goes_elsewhere(program: Program, function: Node) -> bool:
    """Whether a function may be called where it is not seen: exported, a method, handed on."""
    if function.type == "method_definition" or any(
        node.type == "export_statement" for node in program.tree.ancestors(function)
    ):
        return True
    name = program.tree.name_of(function)
    binding = None if name is None else program.scopes.binding(name)
    if binding is None:
        return True
    uses = [use for use in binding.references if use != name]
    return len(calls_among(program.tree, uses)) < len(uses)


def every_caller(program: Program, function: Node) -> list[Node]:
    """The calls of a function that nothing else may call; none where something may."""
    is_method = function.type == "method_definition"
    seen = is_private(function) if is_method else not goes_elsewhere(program, function)
    return callers_of(program, function) if seen else []


def is_entry(program: Program, function: Node) -> bool:
    """Whether a framework calls a function, and sends what it gives to the client."""
    if function.type not in FUNCTIONS:
        return False
    name = program.tree.name_of(function)
    if name is not None and text(name) in _HANDLERS:
        return True
    _, parent = program.tree.outer(function)
    is_callback = parent is not None and parent.type == "arguments"
    is_default = any(
        above.type == "export_statement"
        and any(child.type == "default" for child in above.children)
        for above in program.tree.ancestors(function)
    )
    single, several = field(function, "parameter"), field(function, "parameters")
    parameters = [single] if single is not None else items(several or function)
    first = parameters[0] if parameters else None
    pattern = None if first is None else field(first, "pattern") or first
    takes = pattern is not None and text(pattern) in _REQUESTS
    return is_callback or is_default or takes
