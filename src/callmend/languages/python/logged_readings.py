"""What a log reads of an answer, and whether that raises where the new answer has no such part."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.ladders import index_of
from callmend.languages.python.tree import Tree

#: Texts that a Response, a Run and an adapted answer have.
ADAPTED = frozenset({"id", "status"})
#: Texts that a Response has, and a Run (https://developers.openai.com/api/docs/api-reference).
ANSWERED = ADAPTED | {"model", "object"}
#: What both have beside them, of which there may be nothing to read: a Run's `usage` is null first.
SHALLOW = frozenset({"created_at", "metadata", "usage"})


def may_raise(
    tree: Tree,
    use: cst.BaseExpression,
    known: frozenset[str],
    shallow: frozenset[str] = frozenset(),
) -> bool:
    """Whether what is read of an answer's use raises, where the new answer has other parts.

    `data["output"]` does, and `data.get("output", {}).get("text")` may: in a Response it is a list.
    `data.get("output")` alone gives None. ``known`` are the names of texts that are there,
    ``shallow`` those of what is there too, but of which nothing can be read.
    """
    parent = tree.parent(use)
    if isinstance(parent, cst.Subscript) and parent.value is use:
        name = index_of(parent)
        is_there = name in known or (name in shallow and not _goes_on(tree, parent))
        return not is_there
    call = tree.parent(parent) if isinstance(parent, cst.Attribute) else None
    if not isinstance(parent, cst.Attribute) or parent.value is not use:
        return False
    is_get = isinstance(call, cst.Call) and call.func is parent and parent.attr.value == "get"
    return is_get and isinstance(call, cst.Call) and _goes_on(tree, call)


def _goes_on(tree: Tree, node: cst.BaseExpression) -> bool:
    """Whether something is read of a part: `["text"]`, `.get("text")`, also behind an `or {}`."""
    parent = tree.parent(node)
    while isinstance(parent, cst.BooleanOperation) and parent.left is node:
        node, parent = parent, tree.parent(parent)
    return isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is node
