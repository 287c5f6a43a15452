"""Following an assistant's id to the constant that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.tree import (
    ancestors_of,
    descendants,
    field,
    items,
    key_name,
    member_value,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of, unescape
from callmend.origins import Origin, Where, is_open

_ID_KEYS = (b"workflow_id", b"workflowId", b"assistant_id")
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_MOST_STEPS = 8
_FIREBASE = frozenset({b"firebase-functions/params", b"firebase-functions/v2/params"})
_DEFINERS = frozenset({b"defineSecret", b"defineString"})


def id_expression(program: Program, call: Node) -> Node | None:
    """The expression that a call sends as its workflow's or assistant's id."""
    given = items(field(call, "arguments") or call)
    if len(given) == 1 and unwrapped(given[0]).type == "new_expression":
        # `fetch(new Request(url, { ... }))`
        given = items(field(unwrapped(given[0]), "arguments") or call)
    inside = [node for argument in given[1:] for node in descendants(argument)]
    found = next(_ids_among(inside), None)
    if found is not None:
        return found
    # `body: JSON.stringify(payload)`, whose literal stands above.
    for node in inside:
        binding = program.scopes.binding(node) if node.type in _NAMES else None
        value = None if binding is None else field(binding.declarator, "value")
        if value is not None and unwrapped(value).type in ("call_expression", "object"):
            found = next(_ids_among(descendants(value)), None)
            if found is not None:
                return found
    return None


def _ids_among(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.type == "pair" and key_name(node) in _ID_KEYS:
            yield member_value(node)
        if node.type == "shorthand_property_identifier" and text(node) in _ID_KEYS:
            yield node


def origin(program: Program, expression: Node) -> Origin:
    """Where an id's expression leads to within its file."""
    shown = text(expression).decode("utf-8", "replace")
    node = unwrapped(expression)
    member = ""
    for _ in range(_MOST_STEPS):
        if node.type == "string":
            return _literal(node, shown)
        variable = environment_name(node) or firebase_name(program, node)
        if variable:
            return Origin(Where.ENVIRONMENT, span(expression), shown, value=variable)
        if node.type in ("member_expression", "subscript_expression"):
            value = program.resolver.member(node)
            if value is not None:
                node = unwrapped(value)
                continue
            member = member or text_of(node, "property").decode("utf-8", "replace")
            owner = field(node, "object")
            node = unwrapped(owner) if owner is not None else node
            continue
        if node.type in ("call_expression", "await_expression"):
            inner = field(node, "function") if node.type == "call_expression" else items(node)[0]
            if inner is None:
                break
            node = unwrapped(inner)
            continue
        if node.type == "binary_expression":
            # `stored || DEFAULT`: the default is what a file can hold.
            right = field(node, "right")
            if right is None:
                break
            node = unwrapped(right)
            continue
        binding = program.scopes.binding(node)
        if binding is None:
            break
        if binding.kind is Kind.IMPORT:
            return _imported(binding, expression, shown, member)
        value = field(binding.declarator, "value")
        if binding.declarator.type != "variable_declarator" or value is None:
            break
        if field(binding.declarator, "name") != binding.name_node:
            member = member or binding.name.decode("utf-8", "replace")
        node = unwrapped(value)
    return Origin(Where.UNKNOWN, span(expression), shown, member=member)


def _literal(node: Node, shown: str) -> Origin:
    value = unescape(text(node)[1:-1].decode("utf-8", "replace"))
    return Origin(Where.LITERAL, span(node), shown, value=value)


def environment_name(node: Node) -> str:
    """`process.env.NAME`, `import.meta.env.NAME`, `Deno.env.get('NAME')`."""
    shown = text(node).decode("utf-8", "replace")
    for head in ("process.env.", "import.meta.env."):
        if node.type == "member_expression" and shown.startswith(head):
            return shown[len(head) :]
    if node.type == "call_expression" and text_of(node, "function") == b"Deno.env.get":
        given = items(field(node, "arguments") or node)
        return text(given[0])[1:-1].decode("utf-8", "replace") if given else ""
    return ""


def firebase_name(program: Program, node: Node) -> str:
    """`NAME.value()` of `const NAME = defineString('NAME')`, a setting of Firebase's functions."""
    callee = field(node, "function") if node.type == "call_expression" else None
    if callee is None or text_of(callee, "property") != b"value" or _given(node):
        return ""
    binding = program.scopes.binding(field(callee, "object") or callee)
    made = None if binding is None or binding.writes else field(binding.declarator, "value")
    definer = None if made is None else program.scopes.binding(field(made, "function") or made)
    if made is None or definer is None or definer.kind is not Kind.IMPORT:
        return ""
    names = _given(made)
    statement = _statement_of(definer)
    module = b"" if statement is None else text_of(statement, "source")[1:-1]
    if module not in _FIREBASE or definer.name not in _DEFINERS or not names:
        return ""
    return text(names[0])[1:-1].decode("utf-8", "replace") if names[0].type == "string" else ""


def _given(call: Node) -> list[Node]:
    return items(field(call, "arguments") or call)


def _statement_of(binding: Binding) -> Node | None:
    """The statement that imports a name."""
    around = ancestors_of(binding.declarator)
    return next((n for n in around if n.type == "import_statement"), None)


def _imported(binding: Binding, expression: Node, shown: str, member: str) -> Origin:
    statement = _statement_of(binding)
    module = text_of(statement, "source")[1:-1].decode("utf-8", "replace") if statement else ""
    name = binding.name.decode("utf-8", "replace")
    if binding.declarator.type == "import_specifier":
        name = text_of(binding.declarator, "name").decode("utf-8", "replace")
    elif binding.declarator.type == "namespace_import":
        name = "*"
    elif binding.declarator.type == "import_clause":
        name = "default"
    return Origin(Where.IMPORT, span(expression), shown, module=module, name=name, member=member)


def open_constants(program: Program, name: str, member: str) -> list[Node]:
    """The string literals of a settings file in which the id belongs.

    First what the export of this name holds, then what is stored under the member's name anywhere
    in the file. Literals that hold an assistant's id already are found too.
    """
    binding = program.scopes.root.bindings.get(name.encode())
    if binding is not None:
        value = field(binding.declarator, "value")
        if value is not None and unwrapped(value).type == "string":
            return [unwrapped(value)]
    found: dict[int, Node] = {}
    wanted = (member or name).encode()
    for node in program.tree.nodes:
        if (node.type in ("pair", "public_field_definition") and key_name(node) == wanted) or (
            node.type == "variable_declarator" and text_of(node, "name") == wanted
        ):
            for literal in _defaults(program, field(node, "value"), 0):
                found[literal.id] = literal
    return list(found.values())


def likely_constants(program: Program) -> list[Node]:
    """Top-level constants that are named like an id and wait for one."""
    found = []
    for binding in program.scopes.root.bindings.values():
        value = field(binding.declarator, "value")
        if value is None or unwrapped(value).type != "string":
            continue
        name = binding.name.lower().replace(b"_", b"")
        if name.endswith((b"workflowid", b"assistantid")):
            if is_open(text(unwrapped(value))[1:-1].decode("utf-8", "replace")):
                found.append(unwrapped(value))
    return found


def _defaults(program: Program, node: Node | None, depth: int) -> Iterator[Node]:
    """The string literals that an expression may fall back to, names followed."""
    if node is None or depth > _MOST_STEPS:
        return
    node = unwrapped(node)
    if node.type == "string":
        yield node
    elif node.type == "binary_expression" and text_of(node, "operator") in (b"||", b"??"):
        for side in ("left", "right"):
            yield from _defaults(program, field(node, side), depth + 1)
    elif node.type == "ternary_expression":
        for side in ("consequence", "alternative"):
            yield from _defaults(program, field(node, side), depth + 1)
    elif node.type in ("identifier", "shorthand_property_identifier"):
        binding = program.scopes.binding(node)
        if binding is not None and binding.declarator.type == "variable_declarator":
            if field(binding.declarator, "name") == binding.name_node:
                yield from _defaults(program, field(binding.declarator, "value"), depth + 1)
    elif node.type == "member_expression":
        yield from _defaults(program, program.resolver.member(node), depth + 1)
