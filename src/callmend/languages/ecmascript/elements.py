"""The members of an answer, and the elements of its lists, as a file asks for them."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.callees import function_named, parameter_of
from callmend.languages.ecmascript.readings import Path
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: What is asked for a member by its name or its number.
MEMBERS = frozenset({"member_expression", "subscript_expression"})
#: Methods of a list that give one of its elements, that give a list of them, and that call a
#: function with each.
PICKING = frozenset({b"at", b"find", b"findLast", b"pop", b"shift"})
_KEEPING = frozenset(
    {b"concat", b"filter", b"reverse", b"slice", b"sort", b"toReversed", b"toSorted"}
)
_CALLING = frozenset(
    {
        b"every", b"filter", b"find", b"findLast", b"flatMap", b"forEach", b"map", b"reduce",
        b"reduceRight", b"some",
    }
)  # fmt: skip


@record(frozen=True, slots=True)
class Elements:
    """Where the elements of a list go on: each is None where there is none.

    ``one`` is the expression that is an element, ``some`` the one that is a list of them,
    ``called`` the parameter or pattern of a callback, ``digger`` a function that calls itself with
    them.
    """

    one: Node | None = None
    some: Node | None = None
    called: Node | None = None
    digger: Node | None = None


def elements_of(tree: Tree, scopes: Scopes, path: Path, end: Node) -> Elements:
    """What becomes of the elements of a list of which something is asked.

    Args:
        tree: The file's, as are the scopes.
        scopes: What its names stand for.
        path: The reading of the list, with its method.
        end: The member or subscript that is asked for.
    """
    if end.type == "subscript_expression":
        return Elements(one=end)
    node, call = tree.outer(end)
    if call is None or field(call, "function") != node:
        return Elements()
    one = call if path.method in PICKING else None
    some = call if path.method in _KEEPING else None
    given = items(field(call, "arguments") or call)
    callback = unwrapped(given[0]) if given else None
    if callback is None or path.method not in _CALLING:
        return Elements(one, some)
    function = callback if callback.type in FUNCTIONS else function_named(scopes, callback)
    if function is None:
        return Elements(one, some)
    if is_inside(call, function):
        return Elements(one, some, digger=function)
    found = parameter_of(function, 1 if path.method.startswith(b"reduce") else 0)
    return Elements(one, some, found)


def path_from(tree: Tree, before_it: tuple[bytes, ...], member: Node) -> tuple[Path | None, Node]:
    """The names through all members that follow, `data.output?.[0].text`, and its end."""
    names = list(before_it)
    node = before = member
    while True:
        if node.type == "member_expression":
            names.append(text_of(node, "property"))
        else:
            index = field(node, "index")
            if index is None or index.type not in ("string", "number"):
                # A name that is known at run time only.
                return (Path(tuple(names), before, b"find") if names else None), node
            names.append(text(index).strip(b"'\"`"))
        outer, parent = tree.outer(node)
        if parent is None or parent.type not in MEMBERS or field(parent, "object") != outer:
            break
        before, node = node, parent
    outer, parent = tree.outer(node)
    called = parent is not None and field(parent, "function") == outer
    if (called or names[-1] == b"length") and len(names) > 1:
        return Path(tuple(names[:-1]), before, names[-1]), node
    return Path(tuple(names), node), node
