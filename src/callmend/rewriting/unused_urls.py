"""Variables that held a dead URL: what else makes the URL goes with them, once nothing reads it.

`let url = ...; if (version) url += ...`, `const url = runsUrl(id)`, `const url = new URL(...)` with
`url.searchParams.set(...)` behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from callmend.edits import Edit, Span
from callmend.languages.ecmascript.effects import may_differ
from callmend.languages.ecmascript.find import Request, classify
from callmend.languages.ecmascript.harmless import is_harmless
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.statements import member_removal, single_declaration
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    Tree,
    branch_of,
    descendants,
    field,
    items,
    key_name,
    member_value,
    span,
    text,
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


def url_functions(program: Program, requests: Iterable[Request], gone: list[Span]) -> list[Binding]:
    """The functions of the file that made the URLs which are gone: `fetch(runUrl(id))`."""
    urls = [r.url for r in requests if any(s.contains(span(r.url)) for s in gone)]
    found = []
    for call in (node for url in urls for node in descendants(url)):
        callee = field(call, "function") if call.type == "call_expression" else None
        if callee is not None and callee.type == "identifier":
            own, binding = program.resolver.function_behind(callee), program.scopes.binding(callee)
            if own is not None and binding is not None and binding.kind is not Kind.PARAMETER:
                found.append(binding)
    return list(dict.fromkeys(found))


def function_statement(tree: Tree, binding: Binding) -> Node | None:
    """The statement `function NAME(...) { ... }` that declares a name."""
    declared = binding.declarator
    if declared.type != "function_declaration":
        return None
    block = tree.parent(declared)
    return declared if block is not None and block.type in BLOCKS else None


def members_read(program: Program, binding: Binding) -> dict[bytes, list[Node]]:
    """The reads of an object's members by name; none where a use is of another kind."""
    found: dict[bytes, list[Node]] = {}
    for use in binding.references:
        read = program.tree.parent(use)
        if read is not None and read.type == "type_query":
            continue
        if read is None or read.type != "member_expression" or field(read, "object") != use:
            return {}
        found.setdefault(text_of(read, "property"), []).append(read)
    return found


def unused_entries(
    program: Program, bindings: Iterable[Binding], gone: list[Span]
) -> tuple[list[Edit], list[Node]]:
    """The removals of dead URLs from objects whose other members are read: `URLS.run`.

    Only from objects of which every use in the file is that of a member by its name. With it the
    dead URLs that nothing reads any more, but that a type may ask for.
    """
    edits: list[Edit] = []
    stay: list[Node] = []
    for binding in bindings:
        literal, going = _entries(program, binding, gone)
        alone = [m for m in going if not {m.prev_named_sibling, m.next_named_sibling} & {*going}]
        if _is_typed(program, binding):
            alone = []
        edits += [member_removal(program.source, literal, member) for member in alone]
        stay += [member for member in going if member not in alone]
    return edits, stay


def _entries(program: Program, binding: Binding, gone: list[Span]) -> tuple[Node, list[Node]]:
    """An object's literal, and its dead URLs that only what goes read."""
    value = field(binding.declarator, "value") or binding.declarator
    literal, reads = unwrapped(value), members_read(program, binding)
    hidden = binding.writes or is_exported(program.tree, binding)
    if literal.type != "object" or hidden or _is_in(binding.name_node, gone):
        return literal, []
    unread = {name for name, uses in reads.items() if all(_is_in(use, gone) for use in uses)}
    members = (item for item in items(literal) if key_name(item) in unread)
    return literal, [item for item in members if _is_dead_text(program, item)]


def _is_typed(program: Program, binding: Binding) -> bool:
    """Whether a type says which members the object has, or is made of them: `typeof URLS`."""
    tree, value = program.tree, field(binding.declarator, "value") or binding.declarator
    name = re.escape(text(binding.name_node))
    named = re.findall(rb"(?<![\w$.])" + name + rb"(?![\w$])", tree.data)
    cast = value.type in ("as_expression", "satisfies_expression")
    asked = any((n := tree.parent(use)) and n.type == "type_query" for use in binding.references)
    if asked or len(named) != 1 + len(binding.references):
        return True
    if field(binding.declarator, "type") is not None:
        return True
    return cast and text(value).rpartition(b" ")[2] != b"const"


def _is_in(node: Node, gone: list[Span]) -> bool:
    return any(s.contains(span(node)) for s in gone)


def _is_dead_text(program: Program, item: Node) -> bool:
    """Whether a member is the text of a dead URL."""
    value = member_value(item) if item.type == "pair" else item
    if value.type not in ("string", "template_string") or may_differ(value):
        return False
    found = classify(program.resolver.value(value))
    return found is not None
