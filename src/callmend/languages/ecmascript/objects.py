"""Object literals behind expressions, and whether anything changes them on the way."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sources import Sources, parameters
from callmend.languages.ecmascript.tree import (
    LOOPS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: Functions that read what they are given and change nothing in it.
_READING = (
    b"console.",
    b"JSON.stringify",
    b"Object.keys",
    b"Object.values",
    b"Object.entries",
    b"structuredClone",
)
_LOGS = re.compile(rb"(?:[\w$]+\.)*(?:log|logger)\.(?:debug|error|info|log|trace|warn)")
_MEMBERS = ("member_expression", "subscript_expression")
_CHANGING_METHODS = frozenset(
    {b"push", b"pop", b"shift", b"unshift", b"splice", b"reverse", b"sort", b"fill", b"copyWithin"}
)


@record(frozen=True, slots=True)
class Literal:
    """An object literal; ``shared`` is set when something else uses its variable too."""

    node: Node
    shared: bool = False


def object_behind(scopes: Scopes, node: Node) -> Literal | None:
    """The object literal that an expression is, or that its `const` holds unchanged."""
    inner = unwrapped(node)
    if inner.type == "object":
        return Literal(inner)
    if inner.type not in ("identifier", "shorthand_property_identifier"):
        return None
    binding = scopes.binding(inner)
    if binding is None or binding.writes:
        return None
    value = field(binding.declarator, "value")
    if field(binding.declarator, "name") != binding.name_node or value is None:
        return None
    literal = unwrapped(value)
    if literal.type != "object":
        return None
    if any(may_change(use) and not _is_only_read(scopes, use) for use in binding.references):
        return None
    return Literal(literal, len(binding.references) > 1 or is_declared_exported(binding))


def _is_only_read(scopes: Scopes, use: Node) -> bool:
    """Whether a function of the file is given it, which does nothing to it."""
    around, call = use.parent, None if use.parent is None else use.parent.parent
    if around is None or call is None or around.type != "arguments":
        return False
    given = items(around)
    function = Sources(scopes).function_behind(field(call, "function") or call)
    if function is None or any(node.type == "spread_element" for node in given):
        return False
    taken = parameters(function)[given.index(use) :][:1]
    binding = scopes.binding(taken[0].name) if taken and taken[0].name is not None else None
    if binding is None or binding.writes:
        return False
    return not any(may_change(inner) for inner in binding.references)


def object_at(scopes: Scopes, node: Node, call: Node) -> Node | None:
    """The object literal that a `const` holds where a call runs, whatever is done to it later."""
    inner = unwrapped(node)
    if inner.type not in ("identifier", "shorthand_property_identifier"):
        return inner if inner.type == "object" else None
    binding = scopes.binding(inner)
    value = None if binding is None else field(binding.declarator, "value")
    if binding is None or binding.writes or value is None or is_declared_exported(binding):
        return None
    if field(binding.declarator, "name") != binding.name_node or unwrapped(value).type != "object":
        return None
    tree = scopes.tree
    function = tree.function_of(call)
    if tree.function_of(binding.declarator) != function:
        return None
    # What a loop repeats runs before the call too, unless the variable is new each time.
    loops = [n for n in tree.ancestors(call) if n.type in LOOPS and is_inside(n, function)]
    loops = [loop for loop in loops if not is_inside(binding.declarator, loop)]
    for use in binding.references:
        behind = use.start_byte >= call.end_byte and tree.function_of(use) == function
        later = behind and not any(is_inside(use, loop) for loop in loops)
        changes = may_change(use) or _hands_on_a_part(use, unwrapped(value))
        if changes and not later and not is_inside(use, call):
            return None
    return unwrapped(value)


def _hands_on_a_part(use: Node, literal: Node) -> bool:
    """Whether an object or a list within a literal is given to a function that may change it."""
    node, part = use, literal
    while node.parent is not None and node.parent.type in _MEMBERS:
        node = node.parent
        name = text_of(node, "property")
        member = next((m for m in items(part) if key_name(m) == name), None)
        part = literal if member is None else unwrapped(member_value(member))
    if node == use or part.type not in ("object", "array"):
        return False
    return node.parent is not None and node.parent.type == "arguments" and may_change(node)


def uses_of_literal(scopes: Scopes, node: Node) -> list[Node] | None:
    """What uses the object literal behind a name or a call; None where other files may too."""
    inner = unwrapped(node)
    callee = unwrapped(field(inner, "function") or inner)
    if callee.type in ("identifier", "shorthand_property_identifier"):
        binding = scopes.binding(callee)
        if binding is None or is_declared_exported(binding):
            return None
        return list(binding.references)
    function = Sources(scopes).function_behind(callee)
    if callee.type != "member_expression" or function is None or not is_private(function):
        return None
    return uses_of_member(scopes, callee, function)


def uses_of_member(scopes: Scopes, member: Node, definition: Node) -> list[Node] | None:
    """Every `this.NAME` and `Class.NAME` of a class's member; None where it may be used unseen.

    That is where the class takes `this` apart, or hands it on under another name.
    """
    tree, name = scopes.tree, text_of(member, "property")
    body = next(n for n in tree.ancestors(definition) if n.type == "class_body")
    around = text_of(tree.parent(body) or body, "name")
    inside = list(descendants(body))
    if any(node.type == "this" and _goes_on(scopes, node) for node in inside):
        return None
    found = [node for node in inside if _is_member_of(node, name, (b"this", around))]
    outside = (node for node in tree.nodes if not is_inside(node, body))
    return [*found, *(node for node in outside if _is_member_of(node, name, (around,)))]


def _is_member_of(node: Node, name: bytes, owners: tuple[bytes, ...]) -> bool:
    if node.type != "member_expression" or text_of(node, "property") != name:
        return False
    owner = field(node, "object")
    return owner is not None and text(unwrapped(owner)) in owners


def _goes_on(scopes: Scopes, this: Node) -> bool:
    """Whether `this` gets another name, is taken apart, or is read by a name known at run time."""
    _, parent = scopes.tree.outer(this)
    return parent is None or parent.type not in ("member_expression", "return_statement")


def is_private(method: Node) -> bool:
    """Whether only its own class calls a method: `private headers()`, `#headers()`."""
    modifiers = [text(n) for n in method.children if n.type == "accessibility_modifier"]
    return modifiers == [b"private"] or text_of(method, "name").startswith(b"#")


def may_change(use: Node) -> bool:
    """Whether what a name holds may be changed through this use of it.

    Reading a member, spreading it, and handing it to `fetch`, `JSON.stringify` or the console leave
    it as it is; an assignment to a member, a changing method, another name for it and a function
    of unknown behaviour may not.
    """
    parent = use.parent
    if parent is None:
        return True
    if parent.type in _MEMBERS:
        if field(parent, "object") != use:
            return False
        around = parent.parent
        while around is not None and around.type in _MEMBERS:
            # `payload.input.lang = 'de'` changes what is in it.
            if field(around, "object") != parent:
                return False
            parent, around = around, around.parent
        if around is None:
            return True
        if "assignment" in around.type:
            return field(around, "left") == parent
        if around.type == "arguments":
            called = text_of(around.parent or around, "function")
            return called == b"Object.assign" and items(around)[0] == parent
        if around.type == "call_expression" and field(around, "function") == parent:
            return text_of(parent, "property") in _CHANGING_METHODS
        return around.type == "update_expression" or text_of(around, "operator") == b"delete"
    if parent.type == "spread_element":
        return False
    if parent.type == "arguments":
        function = text_of(parent.parent, "function") if parent.parent is not None else b""
        reads = function.startswith(_READING) or function.endswith(b"fetch")
        return not (reads or _LOGS.fullmatch(function))
    # In an object literal (`{ headers }`) it is read where the object is.
    return parent.type not in ("pair", "object", "return_statement", "if_statement")


def grows(use: Node, *, before: Node | None) -> bool:
    """Whether a list may have got more, or other, elements by this use before a node runs."""
    if before is not None and (use.start_byte >= before.end_byte or is_inside(use, before)):
        return False
    parent = use.parent
    if parent is not None and parent.type == "arguments":
        return may_change(use)
    if parent is None or parent.type not in ("member_expression", "subscript_expression"):
        return False
    if field(parent, "object") != use:
        return False
    return may_change(use)
