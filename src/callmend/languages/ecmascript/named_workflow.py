"""Which workflow a dead request's body names: its id, and what is told of it beside that."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import compact, what_changes
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.sources import Sources, returned
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.reasons import Reason

_CHOICES = (b"||", b"??", b"&&")
_MOST_BRANCHES = 8


def named_workflow(scopes: Scopes, call: Node, member: Node) -> tuple[Node | None, list[Node]]:
    """The id in a body's member, and the members beside it: `x`, `{ id: x, version }`.

    A choice between objects with one and the same id is understood too, and a `const` with one.

    Raises:
        RefusedError: it may be an object whose id is not certain.
    """
    value = member_value(member)
    branches = list(_branches(value))
    held = [object_behind(scopes, branch) for branch in branches]
    literals = [literal.node for literal in held if literal is not None]
    if not literals:
        if any(_may_be_an_object(scopes, branch) for branch in branches):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(member)}`")
        return value, []
    chosen = [_id_in(literal) for literal in literals]
    found = chosen[0]
    others = [node for node in chosen[1:] if node is None or found is None]
    same = not others and len({compact(node) for node in chosen if node is not None}) <= 1
    plain = unwrapped(value).type == "object"
    if len(literals) < len(branches) or not same or not (plain or _is_plain_choice(value)):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(member)}`")
    if found is not None and not plain:
        _refuse_elsewhere(scopes, call, found, literals[0])
    beside = {
        compact(part): part
        for literal, own in zip(literals, chosen, strict=True)
        for part in items(literal)
        if own is None or member_value(part) != own
    }
    return found, list(beside.values())


def _branches(value: Node) -> Iterator[Node]:
    """What a choice may give."""
    stack = [value]
    for _ in range(_MOST_BRANCHES):
        if not stack:
            return
        node = unwrapped(stack.pop())
        sides = []
        if node.type == "ternary_expression":
            sides = [field(node, "consequence"), field(node, "alternative")]
        elif node.type == "binary_expression" and text_of(node, "operator") in _CHOICES:
            sides = [field(node, "left"), field(node, "right")]
        if not sides:
            yield node
        stack.extend(side for side in reversed(sides) if side is not None)
    yield from stack


def _is_plain_choice(value: Node) -> bool:
    """Whether all but the id of a choice between objects can go: nothing is done by choosing."""
    conditions = [
        field(node, "condition")
        for node in (unwrapped(value),)
        if node.type == "ternary_expression"
    ]
    return not any(node is not None and has_effects(node) for node in conditions)


def _may_be_an_object(scopes: Scopes, node: Node) -> bool:
    """Whether an object is behind a name that changes it, or behind a function of this file."""
    if node.type in ("identifier", "shorthand_property_identifier"):
        binding = scopes.binding(node)
        value = None if binding is None else field(binding.declarator, "value")
        plain = binding is not None and field(binding.declarator, "name") == binding.name_node
        return plain and value is not None and unwrapped(value).type == "object"
    if node.type != "call_expression":
        return False
    function = Sources(scopes).function_behind(field(node, "function") or node)
    results = None if function is None else returned(function)
    return any(unwrapped(result).type == "object" for result in results or ())


def _id_in(literal: Node) -> Node | None:
    """The id in an object, None for none.

    Raises:
        RefusedError: what is spread behind it may replace it.
    """
    ids = [part for part in items(literal) if key_name(part) == b"id"]
    for part in items(literal):
        behind = not ids or part.start_byte > ids[-1].start_byte
        if part.type == "spread_element" and behind and _may_bring_an_id(part):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(part)}` may replace the id")
    return member_value(ids[-1]) if ids else None


def _may_bring_an_id(spread: Node) -> bool:
    """Whether a spread is of something else than objects that are written here without an id."""
    for branch in _branches(items(spread)[0]):
        written = branch.type == "object" and all(key_name(m) for m in items(branch))
        names = {key_name(m) for m in items(branch)} if written else {b"id"}
        parent = branch.parent
        asked = parent is not None and text_of(parent, "operator") == b"&&"
        asked = asked and parent is not None and field(parent, "left") == branch
        if b"id" in names and not asked:
            return True
    return False


def _refuse_elsewhere(scopes: Scopes, call: Node, identity: Node, literal: Node) -> None:
    """Refuse an id that may be another one where the request is sent.

    Raises:
        RefusedError: naming it.
    """
    changed = what_changes(scopes.tree, scopes, identity, literal, call)
    if changed is not None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, changed)
    seen = scopes.scope_at(call)
    for name in scopes.names_in(identity):
        if seen.lookup(text(name)) is not scopes.binding(name):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(identity)}`")
