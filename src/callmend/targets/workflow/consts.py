"""The constants that only the dead call uses, and whose value moves into the new code."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.effects import has_effects, is_inert, is_list_chain
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestParts
from callmend.languages.ecmascript.statements import above, has_own_comments, single_declaration
from callmend.languages.ecmascript.tree import field, is_inside, text, unwrapped


def movable_consts(program: Program, parts: RequestParts, anchor: Node) -> dict[int, Node]:
    """The declarations of message and history that can go, by their binding's id().

    ``anchor`` is the statement above which the new code is put.
    """
    found: dict[int, Node] = {}
    for node in (parts.message, parts.history):
        declaration = None if node is None else _movable(program, parts, anchor, node)
        if declaration is not None and node is not None:
            found[id(program.scopes.binding(unwrapped(node)))] = declaration
    # Whatever stands between a declaration and the request must not notice the move.
    while True:
        noticed = [key for key, node in found.items() if not _unnoticed(node, found, anchor)]
        if not noticed:
            return found
        for key in noticed:
            del found[key]


def _movable(program: Program, parts: RequestParts, anchor: Node, node: Node) -> Node | None:
    binding = program.scopes.binding(unwrapped(node))
    if binding is None or binding.writes or len(binding.references) != 1:
        return None
    declaration = single_declaration(program.tree, binding)
    value = field(binding.declarator, "value")
    if declaration is None or value is None or declaration not in above(anchor):
        return None
    declared = field(binding.declarator, "type")
    if declared is not None and text(declared).lstrip(b": \t") not in (b"string", b"any"):
        return None
    if not all(is_inside(use, parts.input) for use in binding.references):
        return None
    if has_own_comments(declaration, value):
        return None
    history = node == parts.history
    may_move = is_list_chain(value) if history else not has_effects(value)
    return declaration if may_move else None


def _unnoticed(declaration: Node, moved: dict[int, Node], anchor: Node) -> bool:
    for sibling in above(anchor):
        if sibling == declaration:
            return True
        if sibling not in moved.values() and not is_inert(sibling):
            return False
    return False
