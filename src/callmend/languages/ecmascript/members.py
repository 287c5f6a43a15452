"""Members of objects that nothing in their file changes, and the constants that names stand for."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped

#: Expressions inside of each other, names followed included; few enough for Python's stack.
MOST_DEPTH = 64
MEMBERS = frozenset({"member_expression", "subscript_expression"})


class Members:
    """Follows the members of one file's constant objects."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self._kept: dict[int, bool] = {}

    def member(self, node: Node) -> Node | None:
        """The expression behind `NAME.key` when NAME is an object that nothing changes.

        NAME may be an object literal, one inside of another, a frozen one or an enum.
        """
        path: list[bytes] = []
        owner = unwrapped(node)
        while owner.type in MEMBERS:
            key = member_key(owner)
            inner = field(owner, "object")
            if key is None or inner is None:
                return None
            path.append(key)
            owner = unwrapped(inner)
        if owner.type != "identifier" or not 0 < len(path) <= MOST_DEPTH:
            return None
        found: Node | None = self.container(owner)
        while path and found is not None:
            found = member_of(found, path.pop())
            if path and found is not None:
                # What is deeper may have a name of its own.
                found = self.container(found)
        return found

    def container(self, node: Node, passed: Node | None = None) -> Node | None:
        """The object literal or enum's body that stands behind a name, if nothing changes it.

        ``passed`` is a use of the name where its object goes on, which is looked at elsewhere.
        """
        node = unwrapped(node)
        for _ in range(MOST_DEPTH):
            if node.type in ("object", "enum_body"):
                return node
            if node.type == "call_expression":
                if text_of(node, "function") != b"Object.freeze":
                    return None
                given = items(field(node, "arguments") or node)
                if len(given) != 1:
                    return None
                node = unwrapped(given[0])
                continue
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            inner = field(declarator, "value")
            if declarator.type == "enum_declaration":
                inner = field(declarator, "body")
            elif declarator.type != "variable_declarator" or (
                field(declarator, "name") != binding.name_node
            ):
                return None
            if inner is None or not self.is_kept(binding, passed):
                return None
            node = unwrapped(inner)
        return None

    def is_kept(self, binding: Binding, passed: Node | None = None) -> bool:
        """Whether nothing in this file changes the object that a name stands for.

        ``passed`` is a use that hands it to a function which is known to change nothing.
        """
        if passed is not None:
            uses = [use for use in binding.references if use != passed]
            return not any(self._is_changed(use) for use in uses)
        known = self._kept.get(id(binding))
        if known is None:
            known = not any(self._is_changed(use) for use in binding.references)
            self._kept[id(binding)] = known
        return known

    def _is_changed(self, use: Node) -> bool:
        """Whether a member of the named object is assigned, or the object is given away."""
        node, parent = self._tree.outer(use)
        if parent is None:
            return True
        if parent.type not in MEMBERS or field(parent, "object") != node:
            return parent.type not in ("export_specifier", "export_statement", "type_query")
        while parent is not None and parent.type in MEMBERS:
            node, parent = self._tree.outer(parent)
        if parent is None:
            return True
        if parent.type in ("assignment_expression", "augmented_assignment_expression"):
            return field(parent, "left") == node
        return parent.type == "update_expression" or text_of(parent, "operator") == b"delete"

    def constant(self, node: Node) -> Node | None:
        """The unwrapped expression that a name stands for, if it is declared once and kept."""
        node = unwrapped(node)
        for _ in range(MOST_DEPTH):
            if node.type not in ("identifier", "shorthand_property_identifier"):
                return node
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            if field(declarator, "name") != binding.name_node:
                return None
            value = field(declarator, "value")
            if declarator.type != "variable_declarator" or value is None:
                return None
            node = unwrapped(value)
        return None


def text_of(node: Node, name: str) -> bytes:
    """The bytes of a field, empty where it is absent."""
    found = field(node, name)
    return b"" if found is None else text(found)


def member_key(node: Node) -> bytes | None:
    """The name that is read: `b` of `a.b` and `a['b']`; None when it is not known."""
    if node.type == "member_expression":
        return text_of(node, "property")
    index = field(node, "index")
    return text(index)[1:-1] if index is not None and index.type == "string" else None


def member_of(holder: Node, key: bytes) -> Node | None:
    """The value of one member of an object literal or an enum's body, if it is there once."""
    inside = items(holder)
    if holder.type == "enum_body":
        found = [n for n in inside if n.type == "enum_assignment" and _enum_name(n) == key]
        return field(found[0], "value") if len(found) == 1 else None
    if holder.type != "object" or any(n.type == "spread_element" for n in inside):
        return None
    known = ("pair", "shorthand_property_identifier")
    found = [n for n in inside if n.type in known and key_name(n) == key]
    if len(found) != 1:
        return None
    return field(found[0], "value") if found[0].type == "pair" else found[0]


def _enum_name(member: Node) -> bytes:
    name = text_of(member, "name")
    return name[1:-1] if name.startswith((b"'", b'"')) else name
