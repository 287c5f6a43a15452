"""Expressions that can be left out: what they call only makes a value, an id or a time say."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.effects import LIST_METHODS, only_reads
from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.sources import Sources, is_async
from callmend.languages.ecmascript.transports import imported_from
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

#: Functions of the platform that make a value and do nothing else. None of them throws for a value
#: that is there.
_MAKERS = frozenset(
    {
        b"Date.now",
        b"JSON.stringify",
        b"Math.ceil",
        b"Math.floor",
        b"Math.max",
        b"Math.min",
        b"Math.random",
        b"Math.round",
        b"Object.entries",
        b"Object.keys",
        b"Object.values",
        b"crypto.randomUUID",
        b"parseFloat",
        b"parseInt",
        b"performance.now",
        b"process.cwd",
        b"process.uptime",
    }
)
_GLOBALS = (b"globalThis.", b"window.", b"self.")
_CONSTRUCTORS = frozenset({b"Date", b"Map", b"Set"})
#: Methods of dates, texts, numbers and lists that change nothing, whatever they are called on.
_METHODS = LIST_METHODS | {
    b"getTime",
    b"split",
    b"substr",
    b"toFixed",
    b"toISOString",
    b"toJSON",
    b"toLocaleDateString",
    b"toLocaleString",
    b"toLocaleTimeString",
}
#: What is only read by `.get(...)`.
_HOLDERS = frozenset({b"headers", b"searchParams"})
#: By package, the exports that make an id.
_IDS = {
    "crypto": frozenset({b"randomUUID"}),
    "node:crypto": frozenset({b"randomUUID"}),
    "uuid": frozenset({b"v1", b"v4", b"v6", b"v7"}),
    "nanoid": frozenset({b"nanoid"}),
    "ulid": frozenset({b"ulid"}),
    "@paralleldrive/cuid2": frozenset({b"createId"}),
}
_CODE = frozenset(
    {
        "assignment_expression",
        "augmented_assignment_expression",
        "await_expression",
        "update_expression",
        "yield_expression",
        "throw_statement",
    }
)
_SIMPLE = frozenset({"lexical_declaration", "return_statement", "comment"})
_MOST_FUNCTIONS = 3


def is_harmless(scopes: Scopes, node: Node, depth: int = 0) -> bool:
    """Whether an expression does nothing that is missed when it is not evaluated."""
    for part in descendants(node):
        if part.type in _CODE or part.type == "delete":
            return False
        if part.type == "new_expression" and not _makes(scopes, part):
            return False
        if part.type == "call_expression" and not _is_harmless_call(scopes, part, depth):
            return False
    return True


def _makes(scopes: Scopes, node: Node) -> bool:
    """`new Date(...)`, where the name is the platform's."""
    name = field(node, "constructor")
    return name is not None and text(name) in _CONSTRUCTORS and scopes.binding(name) is None


def _is_harmless_call(scopes: Scopes, call: Node, depth: int) -> bool:
    function = field(call, "function")
    if function is None or only_reads(call):
        return function is not None
    function = unwrapped(function)
    if _is_of_the_platform(scopes, function) or _makes_an_id(scopes, function):
        return True
    if function.type == "member_expression":
        name, owner = text_of(function, "property"), field(function, "object")
        if name in _METHODS:
            return True
        held = None if owner is None else unwrapped(owner)
        if name == b"get" and held is not None:
            return (text_of(held, "property") or text(held)) in _HOLDERS
    own = Sources(scopes).function_behind(function) if depth < _MOST_FUNCTIONS else None
    return own is not None and _only_makes(scopes, own, depth + 1)


def _is_of_the_platform(scopes: Scopes, function: Node) -> bool:
    called = text(function).replace(b"?.", b".")
    for name in _GLOBALS:
        called = called.removeprefix(name)
    root = function
    while root.type == "member_expression":
        root = unwrapped(field(root, "object") or root)
    if called not in _MAKERS or root.type != "identifier":
        return False
    binding = scopes.binding(root)
    # `import crypto from 'node:crypto'` has the same method.
    return binding is None or (
        text(root) == b"crypto" and imported_from(binding) in ("crypto", "node:crypto")
    )


def _makes_an_id(scopes: Scopes, function: Node) -> bool:
    """`uuidv4()`, `nanoid()`, `randomUUID()` of the packages that export them."""
    if function.type != "identifier":
        return False
    binding = scopes.binding(function)
    if binding is None or binding.writes:
        return False
    return _exported(binding) in _IDS.get(imported_from(binding) or "", ())


def _exported(binding: Binding) -> bytes:
    """The name under which a module exports what is imported, or taken out of `require`."""
    declarator = binding.declarator
    if binding.kind is Kind.IMPORT:
        return text_of(declarator, "name") if declarator.type == "import_specifier" else b""
    for part in items(field(declarator, "name") or declarator):
        if (field(part, "value") or part) == binding.name_node:
            return text_of(part, "key") or binding.name
    return b""


def _only_makes(scopes: Scopes, function: Node, depth: int) -> bool:
    """Whether a function of this file only puts a value together and returns it."""
    body = field(function, "body")
    if body is None or is_async(function):
        return False
    if body.type == "statement_block":
        if any(statement.type not in _SIMPLE for statement in body.named_children):
            return False
        if any(n.type in FUNCTIONS and not is_inside(function, n) for n in descendants(body)):
            return False
    return is_harmless(scopes, body, depth)
