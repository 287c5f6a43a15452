"""Interceptors of axios that sign requests: `api.interceptors.request.use(config => { ... })`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.tree import (
    Tree,
    descendants,
    field,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_REJECTS = re.compile(rb"\(?(\w+)(?:\s*:\s*\w+)?\)?\s*=>\s*Promise\.reject\(\1\)")
#: Headers by which a request is another one.
_TELLING = frozenset({b"content-type", b"openai-beta"})
_MOST_HANDLERS = 2


def headers_signed(tree: Tree, interceptors: Node) -> frozenset[bytes] | None:
    """The headers, in lower case, that an interceptor of requests sets; None where it does more.

    ``interceptors`` is the expression of that name.
    """
    requests = tree.parent(interceptors)
    use = None if requests is None else tree.parent(requests)
    call = None if use is None else tree.parent(use)
    if requests is None or use is None or call is None or field(call, "function") != use:
        return None
    if (text_of(requests, "property"), text_of(use, "property")) != (b"request", b"use"):
        return None
    statement = tree.parent(call)
    given = items(field(call, "arguments") or call)
    if statement is None or statement.type != "expression_statement":
        return None
    if not 1 <= len(given) <= _MOST_HANDLERS or not all(map(_only_rejects, given[1:])):
        return None
    return _signed(unwrapped(given[0]))


def _only_rejects(handler: Node) -> bool:
    return _REJECTS.fullmatch(b" ".join(text(handler).split())) is not None


def _signed(function: Node) -> frozenset[bytes] | None:
    """The headers that a function sets on what it is given and returns."""
    body, single = field(function, "body"), field(function, "parameter")
    given = [single] if single is not None else items(field(function, "parameters") or function)
    if body is None or body.type != "statement_block" or len(given) != 1:
        return None
    name = text(field(given[0], "pattern") or given[0])
    for node in descendants(body):
        # Where it is sent, or what, decides nothing.
        if node.type == "identifier" and text(node) == name and not _is_plain(node):
            return None
    found: set[bytes] = set()
    for statement in _statements(body):
        names = _set_by(statement, name)
        if names is None:
            return None
        found |= names
    return None if found & _TELLING else frozenset(found)


def _is_plain(use: Node) -> bool:
    """`config.headers`, `return config`."""
    parent = use.parent
    if parent is None or parent.type == "return_statement":
        return parent is not None
    return field(parent, "object") == use and text_of(parent, "property") == b"headers"


def _statements(block: Node) -> Iterator[Node]:
    """The statements of a block, and those that an `if` in it decides on."""
    for statement in items(block):
        if statement.type != "if_statement":
            yield statement
            continue
        branches = [field(statement, "consequence"), field(statement, "alternative")]
        for branch in branches:
            inner = (
                items(branch)[0] if branch is not None and branch.type == "else_clause" else branch
            )
            if inner is not None and inner.type == "statement_block":
                yield from _statements(inner)
            elif inner is not None:
                yield inner


def _set_by(statement: Node, name: bytes) -> set[bytes] | None:
    """The headers that a statement sets on `config`; None where it does something else."""
    if statement.type in ("lexical_declaration", "return_statement"):
        return set()
    done = items(statement)[0] if statement.type == "expression_statement" else statement
    headers = name + b".headers"
    if done.type == "call_expression":
        given = items(field(done, "arguments") or done)
        setter = text_of(done, "function") == headers + b".set" and given
        return {text(given[0])[1:-1].lower()} if setter and given[0].type == "string" else None
    left, right = field(done, "left"), field(done, "right")
    if "assignment" not in done.type or left is None or right is None:
        return None
    if text(left) == headers:
        return _written(unwrapped(right), headers)
    owner = field(left, "object")
    if owner is None or text(unwrapped(owner)) != headers or done.type != "assignment_expression":
        return None
    index = field(left, "index")
    if index is not None:
        return {text(index)[1:-1].lower()} if index.type == "string" else None
    return {text_of(left, "property").lower()}


def _written(value: Node, headers: bytes) -> set[bytes] | None:
    """`config.headers = config.headers || {}`, `{ ...config.headers, Authorization: key }`."""
    left, right = field(value, "left"), field(value, "right")
    if value.type == "binary_expression" and left is not None and right is not None:
        return set() if text(left) == headers and text(right) == b"{}" else None
    members = items(value) if value.type == "object" else []
    if not members:
        return set() if value.type == "object" else None
    first, *others = members
    spread = first.type == "spread_element" and text(items(first)[0]) == headers
    names = [key_name(member) for member in others if member_value(member) is not None]
    if not spread or None in names:
        return None
    return {each.lower() for each in names if each is not None}
