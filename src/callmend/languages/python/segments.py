"""URLs in parts: lists whose elements are joined, also those that grow; `urlunparse`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from callmend.languages.python.scopes import Definition, Scopes
from callmend.languages.python.tree import dotted
from callmend.records import record

#: What puts a URL together of its parts, in this order: scheme, host, path, and what follows.
UNPARSERS = frozenset({"urllib.parse.urlunparse", "urllib.parse.urlunsplit"})
#: What gives the elements of the list that it is given, all or some of them, in their order.
_PASSES_ON = frozenset({"filter", "list", "map", "tuple"})
_READS = frozenset({"copy", "count", "index"})
_LOOKS = frozenset({"enumerate", "len", "print", "repr", "str"})
_MOST_DEPTH = 5


@record(frozen=True, slots=True)
class Part:
    """One element of a list that is joined; ``certain`` tells that it is always there."""

    node: cst.BaseExpression
    certain: bool = True


@record(frozen=True, slots=True)
class Parts:
    """The elements of a list where it is joined.

    ``certain`` tells that these are all, in this order, as far as they are certain themselves.
    """

    elements: tuple[Part, ...]
    certain: bool = True

    @property
    def lists(self) -> list[list[cst.BaseExpression]]:
        """What may be joined: the one list that it certainly is, or the sure elements, and all."""
        every = [part.node for part in self.elements]
        sure = [part.node for part in self.elements if part.certain]
        return [every] if self.certain and len(every) == len(sure) else [sure, every]


def parts_of(
    scopes: Scopes, node: cst.BaseExpression, found: Sequence[Definition], depth: int = 0
) -> Parts | None:
    """The elements of a list where it is joined, those among them that are appended one by one.

    Args:
        scopes: the file's.
        node: the list, or its name.
        found: what that name may be bound to.
        depth: how many lists it is in.

    Returns:
        None where the list is none of the file.
    """
    if depth > _MOST_DEPTH:
        return None
    if isinstance(node, (cst.List, cst.Tuple)):
        return _written(scopes, node, depth)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        sides = [parts_of(scopes, side, (), depth + 1) for side in (node.left, node.right)]
        return _together([side for side in sides if side is not None], whole=None not in sides)
    if isinstance(node, (cst.GeneratorExp, cst.ListComp)):
        inner = parts_of(scopes, node.for_in.iter, (), depth + 1)
        return None if inner is None else replace(inner, certain=False)
    if isinstance(node, cst.Call) and dotted(node.func) in _PASSES_ON and node.args:
        inner = parts_of(scopes, node.args[-1].value, (), depth + 1)
        as_they_are = dotted(node.func) in ("list", "tuple")
        return None if inner is None else replace(inner, certain=inner.certain and as_they_are)
    if not isinstance(node, (cst.Attribute, cst.Name)):
        return None
    plain = [each for each in found if not isinstance(each.node, cst.AugAssign)]
    home = scopes.scope_of(node.value, node) if isinstance(node, cst.Name) else None
    if not plain and home is not None and isinstance(node, cst.Name):
        every = scopes.bound(home)[node.value]
        plain = [each for each in every if not isinstance(each.node, cst.AugAssign)]
    grown = [_grown(scopes, node, each, depth) for each in plain]
    known = [each for each in grown if each is not None]
    if not known:
        return None
    first = known[0]
    return first if len(plain) == 1 else replace(_longest(known), certain=False)


def _longest(lists: Sequence[Parts]) -> Parts:
    return max(lists, key=lambda parts: len(parts.elements))


def _together(lists: Sequence[Parts], *, whole: bool) -> Parts | None:
    """Several lists as one; ``whole`` tells that none is missing."""
    if not lists:
        return None
    elements = tuple(part for parts in lists for part in parts.elements)
    return Parts(elements, whole and all(parts.certain for parts in lists))


def _written(scopes: Scopes, node: cst.List | cst.Tuple, depth: int) -> Parts:
    """The elements of a list that is written out, with the lists that are unpacked in it."""
    elements: list[Part] = []
    certain = True
    for element in node.elements:
        if isinstance(element, cst.Element):
            elements.append(Part(element.value))
            continue
        value, sure = element.value, True
        if isinstance(value, cst.IfExp):
            value, sure = value.body, False
        inner = parts_of(scopes, value, (), depth + 1)
        certain &= inner is not None and inner.certain
        taken = () if inner is None else inner.elements
        elements += [Part(part.node, part.certain and sure) for part in taken]
    return Parts(tuple(elements), certain)


def _uses(
    scopes: Scopes, node: cst.Name | cst.Attribute
) -> Sequence[cst.Name] | Sequence[cst.Attribute]:
    """The other reads of a name, or of a field on whatever object."""
    if isinstance(node, cst.Name):
        home, name = scopes.scope_of(node.value, node), node.value
        return [u for u in scopes.uses(name) if u is not node and scopes.scope_of(name, u) is home]
    fields = scopes.tree.every(cst.Attribute)
    return [each for each in fields if each.attr.value == node.attr.value and each is not node]


def _grown(
    scopes: Scopes, node: cst.Name | cst.Attribute, made: Definition, depth: int
) -> Parts | None:
    """The elements of a variable's list where it is joined, with what is added to it."""
    start = None if made.value is None else parts_of(scopes, made.value, (), depth + 1)
    if start is None:
        return None
    elements, certain = list(start.elements), start.certain
    block = _block_of(scopes, made.node)
    for use in _uses(scopes, node):
        if _only_reads(scopes, use):
            continue
        before = scopes.tree.order(use) < scopes.tree.order(node)
        sure = before and _block_of(scopes, use) is block
        added = _added(scopes, use, depth)
        if added is None:
            certain = False
            continue
        place, parts = added
        at = len(elements) if place is None else place
        elements[at:at] = [Part(part.node, part.certain and sure) for part in parts.elements]
        certain &= parts.certain
    return Parts(tuple(elements), certain)


def _only_reads(scopes: Scopes, use: cst.CSTNode) -> bool:
    """Whether a use of a list's name leaves the list as it is."""
    parent = scopes.tree.parent(use)
    around = None if parent is None else scopes.tree.parent(parent)
    if isinstance(parent, cst.Subscript):
        return not isinstance(around, (cst.AssignTarget, cst.AugAssign, cst.Del))
    if isinstance(parent, cst.Attribute):
        return parent.attr.value in _READS
    if isinstance(parent, cst.Arg) and isinstance(around, cst.Call):
        joins = isinstance(around.func, cst.Attribute) and around.func.attr.value == "join"
        return joins or dotted(around.func) in _LOOKS
    return isinstance(parent, (cst.AssignTarget, cst.CompFor, cst.For, cst.If, cst.StarredElement))


def _added(scopes: Scopes, use: cst.CSTNode, depth: int) -> tuple[int | None, Parts] | None:
    """What a use of a list's name adds to it, and where: None is the end."""
    parent = scopes.tree.parent(use)
    if isinstance(parent, cst.AugAssign) and isinstance(parent.operator, cst.AddAssign):
        more = parts_of(scopes, parent.value, (), depth + 1)
        return None if more is None else (None, more)
    call = None if parent is None else scopes.tree.parent(parent)
    if not isinstance(parent, cst.Attribute) or not isinstance(call, cst.Call) or not call.args:
        return None
    method, last = parent.attr.value, call.args[-1].value
    if method == "append" and len(call.args) == 1:
        return None, Parts((Part(last),))
    if method == "extend" and len(call.args) == 1:
        more = parts_of(scopes, last, (), depth + 1)
        return None if more is None else (None, more)
    first = call.args[0].value
    if method == "insert" and len(call.args) == 2 and isinstance(first, cst.Integer):
        return first.evaluated_value, Parts((Part(last),))
    return None


def _block_of(scopes: Scopes, node: cst.CSTNode) -> cst.CSTNode | None:
    """The body in which a statement stands."""
    for parent in scopes.tree.ancestors(node):
        if isinstance(parent, (cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module)):
            return parent
    return None
