"""URLs in parts: lists whose elements are joined, also those that are appended; `urlunparse`."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.scopes import Definition, Scopes

#: What puts a URL together of its parts, in this order: scheme, host, path, and what follows.
UNPARSERS = frozenset({"urllib.parse.urlunparse", "urllib.parse.urlunsplit"})


def elements_of(
    scopes: Scopes, node: cst.BaseExpression, found: Sequence[Definition]
) -> list[cst.BaseExpression] | None:
    """The elements of a list where it is joined, those among them that are appended one by one.

    Args:
        scopes: the file's.
        node: the list, or its name.
        found: what that name may be bound to.

    Returns:
        None where they are not certain: another use of the name may change it.
    """
    if isinstance(node, (cst.List, cst.Tuple)):
        plain = all(isinstance(element, cst.Element) for element in node.elements)
        return [element.value for element in node.elements] if plain else None
    value = found[0].value if len(found) == 1 else None
    if not isinstance(node, cst.Name) or not isinstance(value, cst.List):
        return None
    listed = elements_of(scopes, value, ())
    block = _block_of(scopes, found[0].node)
    home = scopes.scope_of(node.value, node)
    for use in scopes.uses(node.value):
        if scopes.scope_of(node.value, use) is not home or use is node:
            continue
        call = _call_on(scopes, use)
        if call is None:
            if isinstance(scopes.tree.parent(use), cst.AssignTarget):
                continue
            return None
        appended = cst.ensure_type(call.func, cst.Attribute).attr.value == "append"
        later = scopes.tree.order(use) > scopes.tree.order(node)
        if listed is None or not appended or later or _block_of(scopes, call) is not block:
            return None
        listed.append(call.args[0].value)
    return listed


def _call_on(scopes: Scopes, use: cst.CSTNode) -> cst.Call | None:
    """`parts.append(x)` of `parts`."""
    member = scopes.tree.parent(use)
    call = None if member is None else scopes.tree.parent(member)
    named = isinstance(member, cst.Attribute) and member.value is use
    is_call = isinstance(call, cst.Call) and call.func is member and len(call.args) == 1
    return call if named and is_call and isinstance(call, cst.Call) else None


def _block_of(scopes: Scopes, node: cst.CSTNode) -> cst.CSTNode | None:
    """The body in which a statement stands."""
    for parent in scopes.tree.ancestors(node):
        if isinstance(parent, (cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module)):
            return parent
    return None
