"""What gives headers elsewhere in a file: a function, or a class's getter, method or field."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.growing import Grown, grown_object
from callmend.languages.ecmascript.members import member_of
from callmend.languages.ecmascript.objects import (
    Literal,
    is_private,
    may_change,
    object_behind,
    uses_of_literal,
    uses_of_member,
)
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sources import Sources, returned
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

_FIELDS = frozenset({"public_field_definition", "field_definition"})
_WRITES = frozenset(
    {"assignment_expression", "augmented_assignment_expression", "update_expression"}
)
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_MOST_STEPS = 4


def provided(scopes: Scopes, node: Node) -> Grown | None:
    """The literal, and what it gets later, that `this.headers`, `f()` or `await f()` gives.

    Also of a name that is declared to be one of these and stays what it is. Everything that the
    expression may give is in the literal; where that is not certain, None.
    """
    found = _provided(scopes, node, 0)
    if found is None:
        return None
    uses = uses_of_headers(scopes, node)
    return Grown(Literal(found.literal.node, uses is None or len(uses) > 1), found.growths)


def _provided(scopes: Scopes, node: Node, depth: int) -> Grown | None:
    inner = unwrapped(node)
    if inner.type in _NAMES:
        value = _declared(scopes, inner)
        return None if value is None or depth > _MOST_STEPS else _provided(scopes, value, depth + 1)
    waited = inner.type == "await_expression"
    asked = unwrapped(items(inner)[0]) if waited else inner
    if asked.type == "member_expression" and not waited:
        if _owner(asked).type == "identifier":
            return _of_member(scopes, asked)
        member = member_of_class(scopes, asked)
        if member is None or member.type in _FIELDS:
            return None if member is None else _of_field(scopes, asked, member)
        return _returned(scopes, member) if _is_getter(member) else None
    if asked.type != "call_expression" or any(map(may_differ, _given(asked))):
        return None
    callee = unwrapped(field(asked, "function") or asked)
    of_this = text(unwrapped(field(callee, "object") or callee)) == b"this"
    if of_this and member_of_class(scopes, callee) is None:
        return None
    function = Sources(scopes).function_behind(callee)
    if function is None or any(child.type in ("*", "get") for child in function.children):
        return None
    is_async = any(child.type == "async" for child in function.children)
    return _returned(scopes, function) if is_async is waited else None


def member_of_class(scopes: Scopes, member: Node) -> Node | None:
    """The only member of the class around it that `this.NAME` is; None where it may be another.

    A class of this file that extends another may have its own of this name.
    """
    owner, name = field(member, "object"), text_of(member, "property")
    if owner is None or unwrapped(owner).type != "this":
        return None
    body = None
    for around in scopes.tree.ancestors(member):
        if around.type == "class_body":
            body = around
            break
        if around.type in FUNCTIONS and around.type not in ("arrow_function", "method_definition"):
            return None
        if around.type == "method_definition" and _is_of_an_object(scopes, around):
            return None
    if body is None:
        return None
    every = [n for n in scopes.tree.nodes if n.type in (*_FIELDS, "method_definition")]
    named = [n for n in every if text(field(n, "name") or field(n, "property") or n) == name]
    mine = [n for n in named if scopes.tree.parent(n) == body]
    if len(mine) != 1 or any(child.type == "static" for child in mine[0].children):
        return None
    others = (scopes.tree.parent(scopes.tree.parent(n) or n) for n in named if n not in mine)
    extends = (
        n is not None and any(c.type == "class_heritage" for c in n.children) for n in others
    )
    return None if any(extends) else mine[0]


def uses_of_headers(scopes: Scopes, node: Node) -> list[Node] | None:
    """What uses the headers behind an expression; None where other files may too."""
    inner = unwrapped(node)
    if inner.type == "await_expression":
        return uses_of_headers(scopes, items(inner)[0])
    if inner.type in _NAMES:
        own = uses_of_literal(scopes, inner)
        value = _declared(scopes, inner)
        if value is None or own is None or unwrapped(value).type == "object":
            return own
        further = uses_of_headers(scopes, value)
        callee = unwrapped(value)
        return (
            None if further is None else [*own, *(n for n in further if not is_inside(n, callee))]
        )
    if inner.type != "member_expression":
        return uses_of_literal(scopes, inner)
    if _owner(inner).type == "identifier":
        return uses_of_literal(scopes, _owner(inner))
    member = member_of_class(scopes, inner)
    if member is None or not is_private(member):
        return None
    uses = uses_of_member(scopes, inner, member)
    return None if uses is None else [use for use in uses if not _is_set(scopes, use)]


def _is_set(scopes: Scopes, member: Node) -> bool:
    parent = scopes.tree.parent(member)
    assigns = parent is not None and parent.type == "assignment_expression"
    return assigns and field(parent, "left") == member


def _declared(scopes: Scopes, name: Node) -> Node | None:
    """What a name is declared to be, where it is never another thing and nothing changes it."""
    binding = scopes.binding(name)
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    value = field(binding.declarator, "value")
    plain = binding.declarator.type == "variable_declarator"
    if not plain or field(binding.declarator, "name") != binding.name_node or value is None:
        return None
    return None if any(may_change(use) for use in binding.references) else value


def _owner(member: Node) -> Node:
    return unwrapped(field(member, "object") or member)


def _of_member(scopes: Scopes, member: Node) -> Grown | None:
    """The literal that `defaults.headers` is, where nothing changes `defaults`."""
    owner = object_behind(scopes, _owner(member))
    value = None if owner is None else member_of(owner.node, text_of(member, "property"))
    literal = None if value is None else object_behind(scopes, value)
    return None if literal is None else Grown(literal)


def _given(call: Node) -> list[Node]:
    return items(field(call, "arguments") or call)


def _is_of_an_object(scopes: Scopes, method: Node) -> bool:
    parent = scopes.tree.parent(method)
    return parent is not None and parent.type == "object"


def _is_getter(member: Node) -> bool:
    return any(child.type == "get" for child in member.children)


def _of_field(scopes: Scopes, member: Node, definition: Node) -> Grown | None:
    """The literal that a field is, where it is set once and nothing changes it."""
    values = Sources(scopes).fields(member)
    value = values[0] if values is not None and len(values) == 1 else None
    literal = None if value is None else unwrapped(value)
    uses = uses_of_member(scopes, member, definition)
    if literal is None or literal.type != "object" or uses is None:
        return None
    kept = all(_sets(scopes, use, literal) or not may_change(use) for use in uses)
    return Grown(Literal(literal)) if kept else None


def _sets(scopes: Scopes, member: Node, literal: Node | None) -> bool:
    """`this.headers = { ... };` as a statement of its own."""
    parent = scopes.tree.parent(member)
    right = None if parent is None else field(parent, "right")
    if parent is None or parent.type != "assignment_expression" or right is None:
        return False
    around = scopes.tree.parent(parent)
    alone = around is not None and around.type == "expression_statement"
    return alone and field(parent, "left") == member and unwrapped(right) == literal


def _returned(scopes: Scopes, function: Node) -> Grown | None:
    """The literal that a function returns at its end, and nowhere else."""
    body = field(function, "body")
    results = returned(function) or []
    if body is None or len(results) != 1:
        return None
    if body.type == "statement_block":
        if not items(body) or items(body)[-1].type != "return_statement":
            return None
        own = (n for n in descendants(body) if n.type in _WRITES)
        if any(not _writes_own(scopes, n, function) for n in own):
            return None
    literal = unwrapped(results[0])
    if literal.type == "object":
        return Grown(Literal(literal))
    found = grown_object(scopes, literal)
    return found if found is None or not found.literal.shared else None


def _writes_own(scopes: Scopes, write: Node, function: Node) -> bool:
    """Whether a write changes only what its function declares."""
    written = field(write, "left") or field(write, "argument") or write
    while written.type in ("member_expression", "subscript_expression"):
        written = unwrapped(field(written, "object") or written)
    binding = scopes.binding(written) if written.type == "identifier" else None
    return binding is not None and is_inside(binding.declarator, function)
