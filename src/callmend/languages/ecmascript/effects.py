"""What evaluating code may do beyond reading: calls, assignments, jumps, and which are harmless."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.tree import descendants, field, items, text, unwrapped
from callmend.languages.ecmascript.values import text_of

_ASSIGNMENTS = frozenset(
    {"assignment_expression", "augmented_assignment_expression", "update_expression"}
)
_EFFECTS = _ASSIGNMENTS | {
    "await_expression",
    "yield_expression",
    "new_expression",
    "call_expression",
    "return_statement",
    "throw_statement",
    "break_statement",
    "continue_statement",
}
#: Methods of lists that give a new list and change nothing.
LIST_METHODS = frozenset({b"map", b"filter", b"slice", b"concat"})
#: Methods of strings, lists and storages that only read, and give the same when asked again.
_READERS = frozenset(
    {
        b"at",
        b"endsWith",
        b"getItem",
        b"includes",
        b"indexOf",
        b"join",
        b"padEnd",
        b"padStart",
        b"replace",
        b"replaceAll",
        b"slice",
        b"startsWith",
        b"substring",
        b"toLowerCase",
        b"toString",
        b"toUpperCase",
        b"trim",
        b"trimEnd",
        b"trimStart",
    }
)
_READING_FUNCTIONS = frozenset(
    {
        b"Array.isArray",
        b"Boolean",
        b"Deno.env.get",
        b"Number",
        b"String",
        b"atob",
        b"btoa",
        b"encodeURIComponent",
    }
)


def has_effects(node: Node) -> bool:
    """Whether evaluating code may do more than read: calls, assignments, jumps."""
    return any(map(has_own_effects, descendants(node)))


def has_own_effects(node: Node) -> bool:
    """Whether this node does more than read, whatever the code inside of it does."""
    return node.type in _EFFECTS or node.type == "delete"


def may_differ(node: Node) -> bool:
    """Whether an expression may do something, or be another one, when it is evaluated again."""
    return any(
        (n.type in _EFFECTS and not only_reads(n)) or n.type == "delete" for n in descendants(node)
    )


def only_reads(node: Node) -> bool:
    """`key.trim()`, `mode.startsWith('a')`, `String(key)`: calls that give the same each time."""
    if node.type != "call_expression":
        return False
    function = field(node, "function")
    if function is None:
        return False
    if function.type == "member_expression" and text_of(function, "property") in _READERS:
        return True
    return text(function) in _READING_FUNCTIONS


def is_inert(statement: Node) -> bool:
    """Whether a statement changes nothing that other code reads: logs, plain consts."""
    if statement.type == "comment":
        return True
    if statement.type == "expression_statement":
        call = items(statement)[0] if items(statement) else None
        if call is None or call.type != "call_expression":
            return False
        arguments = field(call, "arguments")
        logs = text_of(call, "function").startswith(b"console.")
        return logs and arguments is not None and not has_effects(arguments)
    if statement.type != "lexical_declaration":
        return False
    values = [field(n, "value") for n in items(statement) if n.type == "variable_declarator"]
    plain = [n is not None and is_list_chain(n) for n in values]
    return not has_effects(statement) or (len(plain) > 0 and all(plain))


def is_list_chain(node: Node) -> bool:
    """`x.map(...)`, `x.slice(...).map(...)`: calls that change nothing, on a plain path."""
    node = unwrapped(node)
    while node.type == "call_expression":
        function, arguments = field(node, "function"), field(node, "arguments")
        if function is None or arguments is None or function.type != "member_expression":
            return False
        if text_of(function, "property") not in LIST_METHODS or _has_own_effects(arguments):
            return False
        owner = field(function, "object")
        if owner is None:
            return False
        node = unwrapped(owner)
    if node.type == "array":
        return not has_effects(node)
    while node.type == "member_expression":
        owner = field(node, "object")
        if owner is None:
            return False
        node = owner
    return node.type in ("identifier", "this")


def _has_own_effects(arguments: Node) -> bool:
    return any(
        n.type in _ASSIGNMENTS
        or n.type in ("await_expression", "yield_expression", "new_expression")
        or (n.type == "call_expression" and not only_reads(n))
        for n in descendants(arguments)
    )
