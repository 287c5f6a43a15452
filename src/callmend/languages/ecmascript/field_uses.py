"""Where a class uses one of its fields, if no other file can."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, is_declared_exported
from callmend.languages.ecmascript.tree import descendants, field, is_inside, items, key_name, text
from callmend.languages.ecmascript.values import text_of

#: What declares a field in a class.
FIELDS = frozenset({"public_field_definition", "field_definition"})


def uses_of_field(program: Program, inside: Node, name: bytes) -> list[Node] | None:
    """The uses of a class's field, where no other file can have it; else None.

    ``inside`` is a node in the class. The field of another object, which may be one of the class,
    counts too.
    """
    tree = program.tree
    around = next((n for n in tree.ancestors(inside) if n.type == "class_body"), None)
    owner = None if around is None else tree.parent(around)
    if around is None or owner is None:
        return None
    seen = around
    if not name.startswith(b"#") and not _is_private(around, name):
        binding = program.scopes.binding(field(owner, "name") or owner)
        if binding is None or not _is_only_made(program, binding):
            return None
        seen = tree.root
    if any(_takes_out(node, name) or _takes_any(node) for node in descendants(seen)):
        return None
    return [
        node
        for node in tree.nodes
        if node.type in MEMBERS
        and member_key(node) == name
        and is_inside(node, seen)
        and (is_inside(node, around) or text_of(node, "object") != b"this")
    ]


def _takes_out(node: Node, name: bytes) -> bool:
    """`const { NAME } = object`."""
    named = node.type in ("shorthand_property_identifier_pattern", "pair_pattern")
    return named and key_name(node) == name


def _takes_any(node: Node) -> bool:
    """`this[key]`."""
    return node.type == "subscript_expression" and (
        text_of(node, "object") == b"this" and member_key(node) is None
    )


def _is_private(body: Node, name: bytes) -> bool:
    return any(
        text(modifier) == b"private"
        for member in items(body)
        if member.type in FIELDS and key_name(member) == name
        for modifier in member.children
        if modifier.type == "accessibility_modifier"
    )


def _is_only_made(program: Program, binding: Binding) -> bool:
    """Whether a class and its objects stay in the file, and nothing but `new` is done with it."""
    parent = binding.declarator.parent
    if parent is not None and parent.type == "export_statement":
        return False
    made = [program.tree.parent(use) for use in binding.references]
    return all(
        node is not None and node.type == "new_expression" and _stays(program, node)
        for node in made
    )


def _stays(program: Program, made: Node) -> bool:
    """Whether only members are taken of an object: `new Api().ask()`, or of a name for it."""
    node, parent = program.tree.outer(made)
    if parent is None or parent.type == "expression_statement":
        return True
    if parent.type in MEMBERS:
        return field(parent, "object") == node
    name = field(parent, "name") if parent.type == "variable_declarator" else None
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or is_declared_exported(binding):
        return False
    around = (program.tree.outer(use) for use in binding.references if use != name)
    return all(
        above is not None and above.type in MEMBERS and field(above, "object") == use
        for use, above in around
    )
