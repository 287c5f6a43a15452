"""What a client of OpenAI's SDK is used for in a file besides its dead calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from callmend.languages.ecmascript.callees import function_named, parameter_of
from callmend.languages.ecmascript.effects import has_own_effects
from callmend.languages.ecmascript.field_uses import FIELDS, uses_of_field
from callmend.languages.ecmascript.identity import environment_name
from callmend.languages.ecmascript.invented import invented_requests
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, is_declared_exported
from callmend.languages.ecmascript.sdk_paths import requests_by_path
from callmend.languages.ecmascript.transports import imported_from
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
)
from callmend.languages.ecmascript.values import text_of

_MADE = frozenset({b"Error", b"OpenAI"})
#: What gives a client on as it is.
_GIVES_ON = frozenset({"await_expression", "ternary_expression"})
_EITHER = frozenset({b"??", b"||", b"&&"})
_COMPARES = frozenset({b"==", b"===", b"!=", b"!=="})
#: What only asks whether there is a client, or does nothing with it.
_ASKS = frozenset(
    {"if_statement", "unary_expression", "while_statement", "type_query", "expression_statement"}
)


def may_be_asked_again(program: Program, client: Node) -> bool:
    """Whether a function of this file gives a client each time, and does nothing else.

    `function getClient() { return (held ??= new OpenAI()); }`.
    """
    if client.type != "call_expression" or items(field(client, "arguments") or client):
        return False
    function = function_named(program.scopes, called(client))
    if function is None or any(child.type in ("async", "*") for child in function.children):
        return False
    return all(map(_makes_or_keeps, descendants(field(function, "body") or function)))


def _makes_or_keeps(node: Node) -> bool:
    """Whether this is no more than making a client, keeping it by a name, or giving it."""
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        kept = field(node, "left")
        return kept is not None and kept.type == "identifier"
    if node.type == "new_expression":
        return text_of(node, "constructor") in _MADE
    plain = node.type in ("return_statement", "throw_statement") or not has_own_effects(node)
    return plain or bool(environment_name(node))


def uses_of_client(program: Program, owner: Node) -> list[Node] | None:
    """The uses of a client of a package like axios by its name or field; None if not all are seen.

    What makes it, what signs its requests and what only sends them again do not count.
    """
    binding = program.scopes.binding(owner) if owner.type == "identifier" else None
    if binding is not None:
        uses: list[Node] | None = binding.references
    elif text_of(owner, "object") == b"this":
        uses = uses_of_field(program, owner, member_key(owner) or b"")
    else:
        uses = None
    return None if uses is None else [use for use in uses if not _is_setting_up(program, use)]


def _is_setting_up(program: Program, use: Node) -> bool:
    """`api.interceptors`, which is looked at elsewhere, `this.api = ...`, `axiosRetry(api)`."""
    node, parent = program.tree.outer(use)
    if parent is None:
        return False
    if parent.type == "arguments":
        call = program.tree.parent(parent)
        retries = None if call is None else program.scopes.binding(called(call))
        first = items(parent)[0] == node
        return first and retries is not None and imported_from(retries) == "axios-retry"
    is_set = parent.type == "assignment_expression" and field(parent, "left") == node
    return is_set or text_of(parent, "property") == b"interceptors"


def other_use(program: Program, made: Node) -> Node | None:
    """The first use of a client that is for no dead call; None where every one is.

    A use that other files may see counts, and so does one that cannot be followed.
    """
    requests = (*program.requests, *invented_requests(program), *requests_by_path(program))
    dead = [called(request.call) for request in requests]
    waiting, seen = [made], set[int]()
    while waiting:
        node = waiting.pop(0)
        if node.id not in seen:
            seen.add(node.id)
            uses = _next(program, node, dead)
            if uses is None:
                return node
            waiting.extend(uses)
    return None


def _next(program: Program, client: Node, dead: Sequence[Node]) -> list[Node] | None:
    """Where a client goes from one place; None where that is a use of its own, or not seen."""
    node, parent = program.tree.outer(client)
    if parent is None:
        return None
    kind, operator = parent.type, text_of(parent, "operator")
    if kind in MEMBERS and field(parent, "object") == node:
        return [] if _is_dead(program, parent, dead) else None
    if kind in _ASKS or operator in _COMPARES:
        return []
    if kind in _GIVES_ON or operator in _EITHER:
        return [] if field(parent, "condition") == node else [parent]
    if kind == "variable_declarator":
        return _named(program, field(parent, "name"))
    if "assignment_expression" in kind:
        if field(parent, "left") == node:
            return []
        set_to = _named(program, field(parent, "left"))
        return None if set_to is None else [parent, *set_to]
    if kind in FIELDS:
        return uses_of_field(program, parent, key_name(parent) or text_of(parent, "property"))
    if kind == "return_statement" or (kind in FUNCTIONS and field(parent, "body") == node):
        return _given(program, parent)
    if kind == "arguments":
        return _taken(program, node, parent)
    return None


def _is_dead(program: Program, member: Node, dead: Iterable[Node]) -> bool:
    """Whether a client's member is what a dead call is made by, or belongs to no live one."""
    key = member_key(member)
    around = program.tree.outer(member)[1]
    if key == b"beta" and around is not None and around.type in MEMBERS:
        key = member_key(around)
    return key == b"workflows" or any(is_inside(member, each) for each in dead)


def _named(program: Program, name: Node | None) -> list[Node] | None:
    """The uses of what a client is put into, where no other file sees it."""
    if name is not None and name.type in MEMBERS and text_of(name, "object") == b"this":
        return uses_of_field(program, name, member_key(name) or b"")
    if name is not None and name.type == "object_pattern":
        # `const { workflows } = new OpenAI();`
        return [] if {key_name(item) for item in items(name)} == {b"workflows"} else None
    binding = None if name is None else program.scopes.binding(name)
    return None if binding is None else _references(binding)


def _references(binding: Binding) -> list[Node] | None:
    return None if is_declared_exported(binding) else list(binding.references)


def _given(program: Program, where: Node) -> list[Node] | None:
    """The calls that give the client that a function returns, where all of them are seen."""
    function = where if where.type in FUNCTIONS else program.tree.function_of(where)
    name = program.tree.name_of(function)
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    return _calls(program, binding.references)


def _calls(program: Program, references: Iterable[Node]) -> list[Node] | None:
    found = []
    for use in references:
        parent = program.tree.outer(use)[1]
        if parent is None or parent.type != "call_expression" or called(parent) != use:
            return None
        found.append(parent)
    return found


def _taken(program: Program, node: Node, arguments: Node) -> list[Node] | None:
    """The uses of the parameter by which a function of the file takes a client."""
    call = program.tree.parent(arguments)
    function = None if call is None else function_named(program.scopes, called(call))
    given = items(arguments)
    if function is None or node not in given:
        return None
    return _named(program, parameter_of(function, given.index(node)))
