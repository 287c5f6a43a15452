"""Object literals that a class keeps in a field: `this.endpoints`, `this.config.urls`."""

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
from callmend.languages.ecmascript.tree import Tree, field, unwrapped


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
    held = members.container(values[0])
    while path and held is not None:
        value = member_of(held, path.pop())
        held = None if value is None else members.container(value)
    return held


def _is_changed(member: Node, tree: Tree) -> bool:
    """Whether a field's object may get other members in this file, or is handed on."""
    name = text_of(member, "property")
    return any(
        node.type == "member_expression"
        and text_of(node, "property") == name
        and _changes(node, tree)
        for node in tree.nodes
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
