"""Object literals that get more members between their declaration and the request."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.objects import Literal, may_change
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sources import Sources, returned
from callmend.languages.ecmascript.tree import descendants, field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: What no function does that only chooses an object.
_DOING = frozenset(
    {
        "assignment_expression",
        "augmented_assignment_expression",
        "await_expression",
        "call_expression",
        "new_expression",
        "update_expression",
        "yield_expression",
    }
)


@record(frozen=True, slots=True)
class Growth:
    """A member that an object gets later: `if (version) body.version = version;`.

    ``statement`` is all of the code that does so, with its condition.
    """

    name: bytes
    value: Node
    statement: Node


@record(frozen=True, slots=True)
class Grown:
    """An object literal and what it gets later."""

    literal: Literal
    growths: tuple[Growth, ...] = ()


def grown_object(scopes: Scopes, node: Node) -> Grown | None:
    """The literal behind a name that may grow, by known members only, before it is used here."""
    inner = unwrapped(node)
    if inner.type not in ("identifier", "shorthand_property_identifier"):
        return None
    binding = scopes.binding(inner)
    if binding is None or binding.writes or is_declared_exported(binding):
        return None
    value = field(binding.declarator, "value")
    literal = None if value is None else unwrapped(value)
    if literal is None or literal.type != "object":
        return None
    if field(binding.declarator, "name") != binding.name_node:
        return None
    function = scopes.tree.function_of(literal)
    growths: list[Growth] = []
    others = 0
    for use in binding.references:
        growth = growth_of(use)
        if growth is not None:
            between = literal.end_byte <= growth.statement.start_byte < inner.start_byte
            if not between or scopes.tree.function_of(use) != function:
                return None
            growths.append(growth)
        elif use != inner and may_change(use):
            return None
        else:
            others += 1
    if growths and scopes.tree.function_of(inner) != function:
        return None
    return Grown(Literal(literal, others > 1), tuple(growths))


def growth_of(use: Node) -> Growth | None:
    """What a use of an object adds to it.

    `x.name = value;` or `x['name'] = value;`, alone or as all that an `if` does.
    """
    member = use.parent
    assignment = None if member is None else member.parent
    statement = None if assignment is None else assignment.parent
    if member is None or assignment is None or statement is None:
        return None
    if assignment.type != "assignment_expression" or field(assignment, "left") != member:
        return None
    value = field(assignment, "right")
    if statement.type != "expression_statement" or field(member, "object") != use or value is None:
        return None
    name = text_of(member, "property")
    if member.type == "subscript_expression":
        index = field(member, "index")
        if index is None or index.type != "string":
            return None
        name = text(index)[1:-1]
    branch, block = statement, statement.parent
    if block is not None and block.type == "statement_block" and len(items(block)) == 1:
        branch = block
    around = branch.parent
    if around is None or around.type != "if_statement":
        return Growth(name, value, statement)
    if field(around, "consequence") != branch or field(around, "alternative") is not None:
        return None
    return Growth(name, value, around)


def optional_members(scopes: Scopes, spread: Node) -> dict[bytes, Node] | None:
    """The members that `...(a ? { x } : {})`, `...(a && { x })` or `...f()` may bring, by name.

    Which of them are there is known at run time only. None if it may bring others too.
    """
    found: dict[bytes, Node] = {}
    waiting = list(items(spread))
    while waiting:
        node = unwrapped(waiting.pop())
        if node.type == "ternary_expression":
            branches = (field(node, "consequence"), field(node, "alternative"))
            waiting += [branch for branch in branches if branch is not None]
        elif node.type == "binary_expression" and text_of(node, "operator") == b"&&":
            right = field(node, "right")
            waiting += [] if right is None else [right]
        elif node.type == "call_expression" and not items(field(node, "arguments") or node):
            function = Sources(scopes).function_behind(field(node, "function") or node)
            if function is None or any(n.type in _DOING for n in descendants(function)):
                return None
            results = returned(function)
            if not results:
                return None
            waiting += results
        elif node.type == "object":
            for member in items(node):
                name = key_name(member)
                if name is None or member.type not in ("pair", "shorthand_property_identifier"):
                    return None
                found[name] = member
        elif node.type not in ("null", "undefined"):
            return None
    return found
