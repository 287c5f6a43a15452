"""Whether what an expression reads may have changed between two places of one function."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    Tree,
    descendants,
    field,
    is_inside,
    items,
    show,
    text,
)
from callmend.languages.ecmascript.values import text_of

_PATHS = frozenset({"member_expression", "subscript_expression"})


def compact(node: Node) -> bytes:
    """A node's tokens with one blank between them, to compare spellings."""
    return b" ".join(text(leaf) for leaf in descendants(node) if not leaf.children and text(leaf))


def what_changes(tree: Tree, scopes: Scopes, node: Node, start: Node, end: Node) -> str | None:
    """What of an expression may be another thing at ``end`` than it was at ``start``, or None.

    A name that is assigned in between, a member that is, or a call that may answer differently
    the second time; said as the detail of a refusal.
    """
    for name in scopes.names_in(node):
        binding = scopes.binding(name)
        if binding is not None and changes_between(tree, binding, start, end):
            return f"`{text(name).decode('utf-8', 'replace')}` is assigned again"
    for path in descendants(node):
        if path.type in _PATHS and _member_changes(tree, path, start, end):
            return f"`{show(path)}` is assigned again"
    if may_differ(node):
        return f"`{show(node)}` may be another one the second time"
    return None


def set_elsewhere(tree: Tree, node: Node) -> str | None:
    """A member of an expression that another function of the file sets, or None.

    `ref.current.signal` where `stop()` sets `ref.current`: it may run while this function waits.
    """
    function = tree.function_of(node)
    paths = [path for path in descendants(node) if path.type in _PATHS]
    others = [written for n in tree.nodes if (written := _written(n)) is not None]
    apart = {_plain(written) for written in others if tree.function_of(written) != function}
    found = next((path for path in paths if apart & set(_prefixes(path))), None)
    return None if found is None else f"`{show(found)}` is set elsewhere too"


def _plain(path: Node) -> bytes:
    return compact(path).replace(b"?.", b".")


def changes_between(tree: Tree, binding: Binding, start: Node, end: Node) -> bool:
    """Whether a name may be assigned after ``start`` and before ``end`` run, both in one function.

    A write in another function counts, as that may run while this one waits.
    """
    function = tree.function_of(start)
    return any(
        tree.function_of(write) != function or start.start_byte <= write.start_byte < end.end_byte
        for write in binding.writes
    )


def _member_changes(tree: Tree, path: Node, start: Node, end: Node) -> bool:
    """Whether a member's path, or an object on it, is written between two places of a function."""
    function = tree.function_of(start)
    wanted = list(_prefixes(path))
    for node in descendants(function):
        if not start.start_byte <= node.start_byte < end.end_byte or is_inside(node, start):
            continue
        written = _written(node)
        if written is None:
            continue
        owner = field(written, "object")
        # `config[name] = ...` may write any member of its object.
        computed = written.type == "subscript_expression" and owner is not None
        if compact(written) in wanted or (
            computed and owner is not None and (compact(owner) in wanted[1:])
        ):
            return True
    return False


def _prefixes(path: Node) -> Iterator[bytes]:
    """`a.b.c`, `a.b`, `a` of `a.b.c`."""
    current: Node | None = path
    while current is not None:
        yield compact(current).replace(b"?.", b".")
        current = field(current, "object") if current.type in _PATHS else None


def _written(node: Node) -> Node | None:
    """The member or object that a node writes to, if it is a write to one."""
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        written = field(node, "left")
    elif node.type == "update_expression" or (
        node.type == "unary_expression" and text_of(node, "operator") == b"delete"
    ):
        written = field(node, "argument")
    elif node.type == "call_expression" and text_of(node, "function") == b"Object.assign":
        given = items(field(node, "arguments") or node)
        return given[0] if given else None
    else:
        return None
    return written if written is not None and written.type in _PATHS else None
