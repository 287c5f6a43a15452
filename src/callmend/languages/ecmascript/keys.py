"""Keys in browser code: where a call's key comes from a variable that is built into the page.

Vite, Next.js and Create React App put variables of these names into what the browser loads, and
OpenAI's library sends a key from a browser only with `dangerouslyAllowBrowser`. Sources:
https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety and section 6 of the
project's reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import descendants, field, key_name, text, unwrapped
from callmend.languages.ecmascript.values import member_key, text_of

ADVICE = "https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety"
_PUBLIC = re.compile(rb"(?:VITE|NEXT_PUBLIC|REACT_APP)_[A-Za-z0-9_]+")
_KEYS = frozenset({b"authorization", b"apikey", b"api_key", b"x-api-key", b"api-key"})
_MEMBERS = frozenset({"member_expression", "subscript_expression"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_MOST_STEPS = 3_000


def exposed_keys(program: Program, calls: Iterable[Node]) -> Iterator[tuple[Node, str]]:
    """The places at which these calls' keys become public, each once, with what to know."""
    seen: set[int] = set()
    for call in calls:
        for place in _public_names(program, call):
            if place.id not in seen:
                seen.add(place.id)
                name = text(place).decode().strip("'\"`")
                yield (
                    place,
                    f"the key comes from `{name}`, which is built into the page: everybody who "
                    f"opens it can read the key; send the request through a server of yours "
                    f"({ADVICE})",
                )
    for place in _allowed(program):
        yield (
            place,
            "`dangerouslyAllowBrowser` sends the key from the page: everybody who opens it can "
            f"read the key; send the request through a server of yours ({ADVICE})",
        )


def _public_names(program: Program, call: Node) -> Iterator[Node]:
    """The names of public variables that a call's key is made of."""
    sinks = [
        value for node in _reached(program, [call]) if (value := _given_as_key(node)) is not None
    ]
    for node in _reached(program, sinks):
        if not node.children and _PUBLIC.fullmatch(text(node)):
            yield node


def _given_as_key(node: Node) -> Node | None:
    """The value of `apiKey: ...`, `'Authorization': ...`, and of assignments to such members."""
    if node.type == "pair":
        key, value = key_name(node), field(node, "value")
    elif node.type == "shorthand_property_identifier":
        key, value = text(node), node
    elif node.type == "assignment_expression":
        left = field(node, "left")
        is_member = left is not None and left.type in _MEMBERS
        key = member_key(left) if left is not None and is_member else None
        value = field(node, "right")
    elif node.type == "call_expression" and text_of(node, "function").endswith(
        (b".set", b".append")
    ):
        # `headers.set('Authorization', ...)`
        given = field(node, "arguments")
        inside = [] if given is None else given.named_children
        if len(inside) != 2 or inside[0].type != "string":
            return None
        key, value = text(inside[0])[1:-1], inside[1]
    else:
        return None
    return value if key is not None and key.lower() in _KEYS else None


def _reached(program: Program, starts: list[Node]) -> Iterator[Node]:
    """The nodes of some expressions, and of all that the names in them stand for in this file."""
    stack = list(reversed(starts))
    seen: set[int] = set()
    while stack and len(seen) < _MOST_STEPS:
        node = stack.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        if node.type in _MEMBERS:
            values = _values_of_member(program, node)
            if values:
                stack += values
                continue
        if node.type in _NAMES:
            binding = program.scopes.binding(node)
            stack += [] if binding is None else _values_of(program, binding)
        stack += reversed(node.children)


def _values_of(program: Program, binding: Binding) -> list[Node]:
    """What is given to a name: where it is declared, assigned, and where its members are."""
    declarator = binding.declarator
    found: list[Node | None] = [field(declarator, "value")]
    if declarator.type.startswith(("function", "generator_function")):
        found.append(field(declarator, "body"))
    if declarator.type == "variable_declarator" and field(declarator, "name") != binding.name_node:
        # `const { VITE_KEY: key } = import.meta.env`: of the names only its own.
        around = program.tree.parent(binding.name_node)
        found = [around if around is not None and around.type == "pair_pattern" else None]
    for use in binding.references:
        node, parent = use, program.tree.parent(use)
        while parent is not None and parent.type in _MEMBERS and field(parent, "object") == node:
            node, parent = parent, program.tree.parent(parent)
        if parent is None:
            continue
        if parent.type == "assignment_expression" and field(parent, "left") == node:
            found.append(field(parent, "right") if node == use else parent)
        elif parent.type == "call_expression" and field(parent, "function") == node != use:
            found.append(parent if _given_as_key(parent) is not None else None)
    return [node for node in found if node is not None]


def _values_of_member(program: Program, node: Node) -> list[Node]:
    """What a member of an object of this file, or of the class around, is made of."""
    value = program.resolver.member(node)
    if value is not None:
        return [value]
    owner, key = field(node, "object"), member_key(node)
    if owner is None or key is None or unwrapped(owner).type != "this":
        return []
    around = next((n for n in program.tree.ancestors(node) if n.type == "class_body"), None)
    found: list[Node | None] = []
    for inner in descendants(around) if around is not None else ():
        if inner.type in ("public_field_definition", "field_definition") and key_name(inner) == key:
            found.append(field(inner, "value"))
        elif inner.type == "assignment_expression":
            left = field(inner, "left")
            if left is not None and text(left) == b"this." + key:
                found.append(field(inner, "right"))
    return [value for value in found if value is not None]


def _allowed(program: Program) -> Iterator[Node]:
    """`dangerouslyAllowBrowser: true` given to a client of OpenAI's library."""
    if b"dangerouslyAllowBrowser" not in program.tree.data:
        return
    for node in program.tree.nodes:
        if node.type != "pair" or key_name(node) != b"dangerouslyAllowBrowser":
            continue
        made = next((n for n in program.tree.ancestors(node) if n.type == "new_expression"), None)
        maker = b"" if made is None else text_of(made, "constructor")
        if text_of(node, "value") == b"true" and b"OpenAI" in maker:
            yield node
