"""Lists that a file keeps by a key, in a `Map` or in an object: what is put there, what it gets."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Scopes, is_declared_exported
from callmend.languages.ecmascript.statements import above
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

_FALLS_BACK = (b"??", b"||")
_SETS_ONCE = (b"??=", b"||=")
#: Methods of a Map that give none of what it holds to anybody.
_HARMLESS = frozenset({b"clear", b"delete", b"has", b"keys"})
_READING = (b"JSON.stringify", b"Object.keys", b"console.")
#: What stands around an expression that is only asked whether it is there.
_ASKING = frozenset({"expression_statement", "if_statement", "unary_expression"})


@record(frozen=True, slots=True)
class Kept:
    """The lists of one store.

    ``put`` are the expressions of lists that are put there, ``uses`` the places at which a list
    that comes from there may be changed. ``certain``: the expression that was asked for gives a
    list, whatever the key.
    """

    store: Binding
    put: tuple[Node, ...]
    uses: tuple[Node, ...]
    certain: bool


def kept_lists(scopes: Scopes, node: Node) -> Kept | None:
    """The store that an expression takes a list out of, `chats.get(id) ?? []`, `chats[id] ||= []`.

    None for any other expression, and where other code may see what the store holds.
    """
    taken, certain = _taken(node)
    owner = _store_of(taken)
    store = None if owner is None else scopes.binding(owner)
    if store is None or not _is_a_store(store):
        return None
    reader = _StoreReader(scopes)
    if not all(reader.reads(use) for use in store.references):
        return None
    pushed = certain or reader.is_pushed_before(node)
    return Kept(store, tuple(reader.put), tuple(reader.uses), pushed)


def _taken(node: Node) -> tuple[Node, bool]:
    """What takes a list out of a store, and whether something stands in where there is none."""
    inner = unwrapped(node)
    left, operator = field(inner, "left"), text_of(inner, "operator")
    if inner.type == "binary_expression" and operator in _FALLS_BACK and left is not None:
        return unwrapped(left), True
    if inner.type == "augmented_assignment_expression" and operator in _SETS_ONCE:
        return (inner if left is None else unwrapped(left)), True
    return inner, False


def _store_of(node: Node) -> Node | None:
    """`chats` of `chats.get(id)` and `chats[id]`."""
    if node.type == "call_expression":
        callee = field(node, "function")
        if callee is None or text_of(callee, "property") != b"get" or _is_optional(callee):
            return None
        node = callee
    elif node.type != "subscript_expression" or _is_optional(node):
        return None
    owner = field(node, "object")
    return owner if owner is not None and owner.type == "identifier" else None


def _is_optional(node: Node) -> bool:
    return any(child.type == "optional_chain" for child in node.children)


def _is_a_store(binding: Binding) -> bool:
    """`const chats = new Map()`, `const chats = {}`, of this file alone."""
    value = field(binding.declarator, "value")
    if value is None or binding.writes or is_declared_exported(binding):
        return False
    if field(binding.declarator, "name") != binding.name_node:
        return False
    inner = unwrapped(value)
    if inner.type == "new_expression":
        given = field(inner, "arguments")
        return text_of(inner, "constructor") == b"Map" and (given is None or not items(given))
    return inner.type == "object" and not items(inner)


class _StoreReader:
    """Reads what a file does with one store."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self.put: list[Node] = []
        self.uses: list[Node] = []

    def reads(self, use: Node) -> bool:
        """Whether one use of the store is understood; what it puts or takes out is noted."""
        parent = self._tree.parent(use)
        if parent is None:
            return False
        if parent.type == "arguments":
            asked = self._tree.parent(parent)
            return asked is not None and text_of(asked, "function").startswith(_READING)
        if parent.type == "binary_expression":
            return text_of(parent, "operator") == b"in" and field(parent, "right") == use
        if field(parent, "object") != use or _is_optional(parent):
            return False
        if parent.type == "subscript_expression":
            return self._entry(parent)
        name, call = text_of(parent, "property"), self._tree.parent(parent)
        if call is None or field(call, "function") != parent:
            return name == b"size"
        if name == b"get":
            return self._comes_out(call)
        if name == b"set":
            given = items(field(call, "arguments") or call)
            around = self._tree.parent(call)
            self.put += given[1:]
            return around is not None and around.type == "expression_statement"
        return name in _HARMLESS

    def _entry(self, entry: Node) -> bool:
        """`chats[id]`, which something is put into, which goes, or which is read."""
        parent = self._tree.parent(entry)
        right = field(parent, "right")
        if parent is not None and field(parent, "left") == entry and right is not None:
            if parent.type == "assignment_expression":
                self.put.append(right)
                return True
            if parent.type == "augmented_assignment_expression":
                self.put.append(right)
                return text_of(parent, "operator") in _SETS_ONCE and self._goes_on(parent)
        return self._comes_out(entry)

    def _comes_out(self, node: Node) -> bool:
        outer, parent = self._tree.outer(node)
        right = field(parent, "right")
        if parent is not None and parent.type == "binary_expression" and right is not None:
            if text_of(parent, "operator") in _FALLS_BACK and field(parent, "left") == outer:
                if unwrapped(right).type != "assignment_expression":
                    self.put.append(right)
                return self._goes_on(parent)
        return self._goes_on(node)

    def _goes_on(self, node: Node) -> bool:
        """What becomes of a list that comes out of the store."""
        outer, parent = self._tree.outer(node)
        if parent is None:
            return False
        if parent.type == "variable_declarator":
            name = field(parent, "name")
            binding = None if name is None else self._scopes.binding(name)
            if binding is None or binding.writes or binding.name_node != name:
                return False
            self.uses += binding.references
            return True
        if parent.type in ("arguments", "member_expression", "subscript_expression"):
            self.uses.append(outer)
            return True
        return parent.type in _ASKING | {"array", "pair", "spread_element"}

    def is_pushed_before(self, node: Node) -> bool:
        """Whether something is put behind the list under the name that it is given here.

        Or under its own, `chats[id].push(message)`, before it is read as that again.
        """
        declarator = self._tree.outer(node)[1]
        name = field(declarator, "name")
        binding = None if name is None else self._scopes.binding(name)
        following = self._tree.statement_of(node).next_named_sibling
        if binding is None or following is None or following.type != "expression_statement":
            return self._is_pushed_by_key(node)
        return text(following).startswith(binding.name + b".push(")

    def _is_pushed_by_key(self, node: Node) -> bool:
        """`chats[id].push(message);` above, for a key that stays the same."""
        inner = unwrapped(node)
        key = field(inner, "index") if inner.type == "subscript_expression" else None
        binding = None if key is None else self._scopes.binding(key)
        if binding is None or binding.writes:
            return False
        statement = self._tree.statement_of(node)
        return any(
            each.type == "expression_statement" and text(each).startswith(text(inner) + b".push(")
            for each in above(statement)
        )
