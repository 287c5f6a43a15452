"""The parts of a URL of the Assistants API that it is given, and which calls send a body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, items, unwrapped
from callmend.languages.ecmascript.values import HOLE
from callmend.routes import Op

WITH_BODY = frozenset({Op.CREATE_THREAD, Op.THREAD_AND_RUN, Op.ADD_MESSAGE, Op.RUN, Op.SUBMIT})


def holes(program: Program, url: Node) -> list[Node]:
    """The parts of a URL that are not known before the program runs, in their order."""
    node = unwrapped(url)
    if node.type == "identifier":
        node = program.resolver.constant(node) or node
    if node.type == "template_string":
        parts = [n for n in node.named_children if n.type == "template_substitution"]
        inner = [items(part)[0] for part in parts if len(items(part)) == 1]
        return [n for n in inner if HOLE in "".join(program.resolver.value(n).texts)]
    if node.type == "binary_expression":
        sides = [field(node, "left"), field(node, "right")]
        return [hole for side in sides if side is not None for hole in holes(program, side)]
    if HOLE in "".join(program.resolver.value(node).texts):
        return [node]
    return []
