"""What an application of FastAPI or Starlette keeps in its state: `app.state.client`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.languages.python.tree import Tree, dotted, is_none


def kept_in_state(
    tree: Tree, node: cst.BaseExpression
) -> tuple[cst.Attribute, cst.BaseExpression] | None:
    """Where the file keeps what `request.app.state.client` reads, and what it is.

    None where the file does not keep it, or does so more than once: requests of one application
    share its state, so that one place decides for all.
    """
    name = _name_in_state(node)
    if not name:
        return None
    found = [(t, v) for t, v in _bound(tree) if _name_in_state(t) == name and not is_none(v)]
    [(target, value)] = found if len(found) == 1 else [(None, None)]
    return None if value is None or not isinstance(target, cst.Attribute) else (target, value)


def _name_in_state(node: cst.CSTNode) -> str:
    """The name that is read or bound of an application's state; empty for anything else."""
    path = dotted(node).split(".") if isinstance(node, cst.Attribute) else []
    in_state = len(path) >= 3 and path[-2] == "state" and path[-3].endswith("app")
    return path[-1] if in_state else ""


def _bound(tree: Tree) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression | None]]:
    """Every place that binds a member, with its value; None where that is not an expression."""
    for node in tree.nodes:
        if isinstance(node, cst.AssignTarget):
            assign = tree.parent(node)
            yield node.target, assign.value if isinstance(assign, cst.Assign) else None
        elif isinstance(node, cst.AnnAssign):
            yield node.target, node.value
        elif isinstance(node, (cst.AugAssign, cst.For, cst.CompFor)):
            yield node.target, None
        elif isinstance(node, cst.AsName):
            yield node.name, None
