"""The platform's `URL`, and whether one is made another before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.tree import ancestors_of, field, items, text

#: Members of a URL that decide where it goes; a query and a fragment do not.
_PLACE = frozenset({b"host", b"hostname", b"href", b"pathname", b"port", b"protocol"})
_MOST_FUNCTIONS = 4


def is_platforms(scopes: Scopes, constructor: Node) -> bool:
    """Whether a constructor is the platform's `URL`, as a global or from `node:url`."""
    if text(constructor) != b"URL":
        return False
    binding = scopes.binding(constructor)
    return binding is None or _module(binding) in (b"url", b"node:url")


def is_changed(
    scopes: Scopes, binding: Binding, behind: Callable[[Node], Node | None], depth: int = 0
) -> bool:
    """Whether a use of the name may set where its URL goes.

    ``behind`` gives the function of this file that is called, None for any other.
    """
    if depth > _MOST_FUNCTIONS:
        return True
    for use in binding.references:
        node, parent = scopes.tree.outer(use)
        if parent is None:
            continue
        if parent.type in ("member_expression", "subscript_expression"):
            if field(parent, "object") == node and _is_set(scopes, parent):
                return True
        elif parent.type == "arguments":
            call = scopes.tree.parent(parent)
            if call is not None and _sets(scopes, call, items(parent).index(node), behind, depth):
                return True
    return False


def query_names(scopes: Scopes, binding: Binding) -> Iterator[str]:
    """What is put into the query of a URL object that a name stands for."""
    for use in binding.references:
        node, parent = scopes.tree.outer(use)
        if parent is None or field(parent, "object") != node:
            continue
        around = scopes.tree.parent(parent)
        if around is None:
            continue
        if text_of(parent, "property") == b"search" and field(around, "left") == parent:
            yield "…"
        call = scopes.tree.parent(around)
        if (
            text_of(parent, "property") == b"searchParams"
            and text_of(around, "property") in (b"append", b"set")
            and call is not None
            and call.type == "call_expression"
        ):
            given = items(field(call, "arguments") or call)
            known = bool(given) and given[0].type == "string"
            yield text(given[0])[1:-1].decode("utf-8", "replace") if known else "…"


def _is_set(scopes: Scopes, member: Node) -> bool:
    around = scopes.tree.parent(member)
    if around is None or field(around, "left") != member:
        return False
    return member.type == "subscript_expression" or text_of(member, "property") in _PLACE


def _sets(
    scopes: Scopes, call: Node, at: int, behind: Callable[[Node], Node | None], depth: int
) -> bool:
    """Whether a call may set where a URL goes that it is given as this argument."""
    function = field(call, "function")
    if function is None:
        return False
    if text(function) == b"Object.assign":
        return at == 0
    own = behind(function)
    if own is None:
        return _is_of_the_project(scopes, function)
    taken = parameters(own)
    name = taken[at].name if at < len(taken) else None
    bound = None if name is None else scopes.binding(name)
    return bound is None or is_changed(scopes, bound, behind, depth + 1)


def _is_of_the_project(scopes: Scopes, function: Node) -> bool:
    """Whether a function comes from another file of the project."""
    binding = scopes.binding(function) if function.type == "identifier" else None
    return binding is not None and _module(binding)[:1] in (b".", b"@", b"~", b"#", b"$")


def _module(binding: Binding) -> bytes:
    """The module that a name is imported from; empty where it is not."""
    if binding.kind is not Kind.IMPORT:
        return b""
    statement = next((n for n in ancestors_of(binding.declarator) if field(n, "source")), None)
    return b"" if statement is None else text_of(statement, "source")[1:-1]
