"""What takes an answer's text: whether it starts empty, and the check for an empty one."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.emptiness import EMPTY, NOTHING
from callmend.languages.ecmascript.flow import Flow, loops_around
from callmend.languages.ecmascript.guards import excludes, guards_of
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import below
from callmend.languages.ecmascript.tree import (
    Tree,
    field,
    is_inside,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of


def is_declared_text(binding: Binding | None) -> bool:
    """Whether a variable's declaration says that it holds a string."""
    if binding is None or binding.declarator.type != "variable_declarator":
        return False
    value, declared = field(binding.declarator, "value"), field(binding.declarator, "type")
    if declared is not None:
        return text(declared).lstrip(b": \t") == b"string"
    return value is not None and value.type in ("string", "template_string")


def check_behind(statement: Node, result: Node) -> Node | None:
    """The `if (!result)` behind the reading in its block."""
    for sibling in below(statement):
        condition = field(sibling, "condition")
        if sibling.type == "if_statement" and condition is not None:
            if _checks_for_nothing(unwrapped(condition), text(result)):
                return sibling
    return None


def has_setter(tree: Tree, result: Node) -> bool:
    """Whether a member that takes the text is one that this file defines a setter for."""
    if result.type != "member_expression":
        return False
    name = text_of(result, "property")
    return any(
        node.type == "method_definition"
        and key_name(node) == name
        and any(child.type == "set" for child in node.children)
        for node in tree.nodes
    )


def starts_empty(flow: Flow, result: Node, statement: Node) -> bool:
    """Whether nothing but an empty text can be in the result when the reading starts."""
    loops = loops_around(flow.tree, statement)
    if result.type != "identifier":
        return False
    binding = flow.scopes.binding(result)
    if binding is None:
        # A fragment: what declares the name is not there to be read.
        return not loops and not [
            n
            for n in flow.scopes.free.get(text(result), [])
            if flow.scopes.is_write(n)
            and n != result
            and n.start_byte < result.start_byte
            and not excludes(flow.guards, guards_of(flow.tree, flow.scopes, n))
        ]
    declarator = binding.declarator
    if declarator.type != "variable_declarator" or (
        flow.tree.function_of(declarator) != flow.function
    ):
        return False
    if any(not is_inside(declarator, loop) for loop in loops):
        # It may hold what the round before has read.
        return False
    value, declared = field(declarator, "value"), field(declarator, "type")
    if value is None:
        # With a type, reading it before it is assigned does not compile (TS2454).
        if declared is not None or not _only_checked(statement, result):
            return False
    elif text(value) not in EMPTY | NOTHING:
        return False
    mine = guards_of(flow.tree, flow.scopes, statement)
    return all(
        write == result
        or write.start_byte > statement.end_byte
        or excludes(mine, guards_of(flow.tree, flow.scopes, write))
        for write in binding.writes
    )


def _only_checked(statement: Node, result: Node) -> bool:
    """Whether the first thing that happens to the result is the check for nothing."""
    following = statement.next_named_sibling
    while following is not None and following.type == "comment":
        following = following.next_named_sibling
    return following is not None and following == check_behind(statement, result)


def _checks_for_nothing(condition: Node, result: bytes) -> bool:
    """`!result`, `!result.trim()`, `result === ''`, `result.length === 0`, `result == null`."""
    if condition.type == "unary_expression" and text_of(condition, "operator") == b"!":
        argument = field(condition, "argument")
        if argument is None:
            return False
        argument = unwrapped(argument)
        return text(argument) in (result, result + b".trim()", result + b"?.trim()")
    if condition.type == "binary_expression" and text_of(condition, "operator") in (b"===", b"=="):
        left, right = text_of(condition, "left"), text_of(condition, "right")
        if left in (result, result + b".trim()"):
            return right in EMPTY
        return left == result + b".length" and right == b"0"
    return False
