"""Variables that held a dead URL: what else makes the URL goes with them, once nothing reads it.

`let url = ...; if (version) url += ...`, `const url = runsUrl(id)`, `const url = new URL(...)` with
`url.searchParams.set(...)` behind it.
"""

from __future__ import annotations

from tree_sitter import Node

from callmend.edits import Span
from callmend.languages.ecmascript.harmless import is_harmless
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import single_declaration
from callmend.languages.ecmascript.tree import (
    branch_of,
    descendants,
    field,
    items,
    span,
    unwrapped,
)

#: Methods of a URL's query that only change the query.
_QUERY = frozenset({b"append", b"delete", b"set", b"sort"})
#: Members of a URL whose setting changes nothing else.
_SET = frozenset({b"hash", b"search"})


def makes_only_the_url(program: Program, value: Node) -> bool:
    """Whether an expression makes a URL and does nothing else that would be missed."""
    inner = unwrapped(value)
    if program.resolver.builds_url(inner):
        given = items(field(inner, "arguments") or inner)
        return all(is_harmless(program.scopes, argument) for argument in given)
    return is_harmless(program.scopes, inner)


def making_statements(program: Program, binding: Binding, gone: list[Span]) -> list[Node] | None:
    """The statements that change the URL of a variable, where all its other uses are gone.

    None where something else still uses it, or may do more than change it.
    """
    tree = program.tree
    declaration = single_declaration(tree, binding)
    if declaration is None:
        return None
    found: list[Node] = []
    uses = [use for use in binding.references if not any(s.contains(span(use)) for s in gone)]
    for use in dict.fromkeys((*uses, *binding.writes)):
        statement = _making(program, use)
        if statement is None or tree.function_of(statement) != tree.function_of(declaration):
            return None
        if any(node.type == "comment" for node in descendants(statement)):
            return None
        found.append(statement)
    return list(dict.fromkeys(found))


def _making(program: Program, use: Node) -> Node | None:
    """The statement of a use that only gives the URL more, or another query."""
    tree, scopes = program.tree, program.scopes
    node, parent = tree.outer(use)
    if parent is not None and parent.type == "augmented_assignment_expression":
        right = field(parent, "right")
        plain = field(parent, "left") == node and text_of(parent, "operator") == b"+="
        if not plain or right is None or not is_harmless(scopes, right):
            return None
        return _statement(program, parent)
    if parent is None or parent.type != "member_expression" or field(parent, "object") != node:
        return None
    around = tree.parent(parent)
    if around is None:
        return None
    name = text_of(parent, "property")
    if around.type == "assignment_expression" and field(around, "left") == parent:
        right = field(around, "right")
        harmless = right is not None and is_harmless(scopes, right)
        return _statement(program, around) if name in _SET and harmless else None
    call = tree.parent(around)
    if name != b"searchParams" or call is None or call.type != "call_expression":
        return None
    given = items(field(call, "arguments") or call)
    if field(call, "function") != around or text_of(around, "property") not in _QUERY:
        return None
    return _statement(program, call) if all(is_harmless(scopes, a) for a in given) else None


def _statement(program: Program, expression: Node) -> Node | None:
    """The statement that an expression is all of, with the `if` that decides on it alone."""
    statement = program.tree.parent(expression)
    if statement is None or statement.type != "expression_statement":
        return None
    around = branch_of(program.tree, statement)
    if around is None:
        block = program.tree.parent(statement)
        plain = block is not None and block.type in ("program", "statement_block")
        return statement if plain else None
    condition = field(around, "condition")
    harmless = condition is not None and is_harmless(program.scopes, condition)
    return around if harmless else None


def names_read(program: Program, nodes: list[Node]) -> list[Binding]:
    """What the names in statements that go stand for, but for objects: they may be settings."""
    names = (name for node in nodes for name in program.scopes.names_in(node))
    found = [b for name in names if (b := program.scopes.binding(name)) is not None]
    values = [field(binding.declarator, "value") for binding in found]
    return [
        binding
        for binding, value in zip(found, values, strict=True)
        if value is not None and unwrapped(value).type != "object"
    ]
