"""What a class keeps in a field: what declares it, and the object literal that it is."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.members import (
    MEMBERS,
    Members,
    member_key,
    member_of,
    text_of,
)
from callmend.languages.ecmascript.sources import Sources
from callmend.languages.ecmascript.tree import (
    Tree,
    ancestors_of,
    descendants,
    field,
    unwrapped,
)

_FIELDS = frozenset({"public_field_definition", "field_definition"})


def held_by_field(owner: Node, sources: Sources, members: Members, tree: Tree) -> Node | None:
    """The object literal that a field, or a member of one, is for good; None if it is none."""
    path: list[bytes] = []
    while owner.type in MEMBERS:
        values = sources.fields(owner)
        if values is not None:
            break
        key, inner = member_key(owner), field(owner, "object")
        if key is None or inner is None:
            return None
        path.append(key)
        owner = unwrapped(inner)
    else:
        return None
    if len(values) != 1 or values[0] is None or _is_changed(owner, tree):
        return None
    held = members.container(values[0], passed=unwrapped(values[0]))
    while path and held is not None:
        value = member_of(held, path.pop())
        held = None if value is None else members.container(value)
    return held


def _is_changed(member: Node, tree: Tree) -> bool:
    """Whether a field's object may get other members in this file, or is handed on."""
    name = text_of(member, "property")
    return any(
        text_of(node, "property") == name and _changes(node, tree)
        for node in tree.every("member_expression")
    )


def _changes(use: Node, tree: Tree) -> bool:
    node, parent = tree.outer(use)
    if parent is None:
        return True
    if "assignment" in parent.type and field(parent, "left") == node:
        # What it is set to is one of the field's values.
        return parent.type != "assignment_expression"
    if parent.type not in MEMBERS or field(parent, "object") != node:
        return True
    while parent is not None and parent.type in MEMBERS:
        node, parent = tree.outer(parent)
    if parent is None or parent.type == "update_expression":
        return True
    return "assignment" in parent.type and field(parent, "left") == node


def field_of_class(member: Node) -> Node | None:
    """What declares `this.NAME` in the class around it: a field, or a parameter that is one."""
    name = text_of(member, "property")
    around = next((n for n in ancestors_of(member) if n.type == "class_body"), None)
    for node in () if around is None else descendants(around):
        if node.type in ("required_parameter", "optional_parameter"):
            if text_of(node, "pattern") == name and _is_field(node):
                return node
        elif node.type in _FIELDS and text_of(node, "name") == name:
            return node
    return None


def _is_field(parameter: Node) -> bool:
    """Whether a parameter of a constructor is a field too: `private http: HttpClient`."""
    kinds = [child.type for child in parameter.children]
    return "accessibility_modifier" in kinds or "readonly" in kinds
