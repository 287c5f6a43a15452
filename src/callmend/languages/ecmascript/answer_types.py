"""Where the text stands in an answer by the type that a file declares for it: `Promise<Run>`."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.answer_values import OTHER, TEXT, Tree
from callmend.languages.ecmascript.declared import (
    annotated,
    declared_type,
    item_of,
    members_of,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Path, Readings
from callmend.languages.ecmascript.schemas import is_of_texts, item_schema, object_parsed
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    WRAPPERS,
    field,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_DEEPEST = 5
_NOTHING = frozenset({b"null", b"undefined"})
_ANYTHING = frozenset({b"any", b"unknown"})
#: What gives one of its parts as it is.
_GIVING = frozenset({*WRAPPERS, "binary_expression", "ternary_expression"})


def declared_texts(readings: Readings, program: Program) -> list[Path]:
    """The strings in the type of an answer that is handed on, as if they were read."""
    for node in readings.handed:
        kind = _type_of(node, program)
        found = [] if kind is None else [*_strings(kind, (), kind, _DEEPEST)]
        texts = [path for path in found if not path.is_of_the_run]
        if texts:
            return texts
    return []


def put_into_objects(readings: Readings, program: Program) -> list[Path]:
    """The readings of the answer that are put where the file declares an object: `x: Idea = ...`.

    What is there would be a text after the migration, of which no member could be read.
    """
    return [p for p in readings.texts() if not p.method and _is_put_into_object(p.node, program)]


def is_put_into_list(path: Path, program: Program) -> bool:
    """Whether a reading is put where the file declares a list, or is declared as one.

    `data.output as Part[]`, and `data.output` of `const data: { output: Part[] }`.
    """
    if path.method:
        return False
    kinds = (_object_type(path.node, program), _of_member(path.node, program, _DEEPEST))
    return any(kind is not None and item_of(_plain(kind)) is not None for kind in kinds)


def _of_member(node: Node, program: Program, most: int) -> Node | None:
    """The type that a member has in what its object is declared as."""
    if not most:
        return None
    if node.type == "member_expression":
        owner, name = unwrapped(field(node, "object") or node), text_of(node, "property")
        kind = _of_member(owner, program, most - 1) or _of_value(owner, program)
    else:
        pattern = program.tree.parent(node)
        declarator = None if pattern is None else program.tree.parent(pattern)
        if pattern is None or pattern.type != "object_pattern" or declarator is None:
            return None
        name, value = key_name(node) or text(node), field(declarator, "value")
        kind = annotated(declarator)
        kind = kind if kind is not None or value is None else _of_value(value, program)
    members = () if kind is None else members_of(_plain(kind)) or ()
    return next((annotated(inner) for inner in members if key_name(inner) == name), None)


def declared_fields(path: Path, program: Program) -> dict[bytes, Tree]:
    """The texts, and what else there is, in the object that a reading is declared as."""
    parsed = object_parsed(path.node)
    if parsed is not None:
        return {name: _let_through(schema) for name, schema in parsed.items()}
    kind = _object_type(path.node, program)
    return {} if kind is None else _fields(kind, _DEEPEST)


def _let_through(schema: Node) -> Tree:
    item = item_schema(schema)
    if item is not None:
        return [TEXT if is_of_texts(item) else OTHER]
    return TEXT if is_of_texts(schema) else OTHER


def _fields(kind: Node, most: int) -> dict[bytes, Tree]:
    found: dict[bytes, Tree] = {}
    for inner in (members_of(_plain(kind)) or ()) if most else ():
        name, own = key_name(inner), annotated(inner)
        if inner.type == "property_signature" and name is not None and own is not None:
            found[name] = _field(own, most - 1)
    return found


def _field(kind: Node, most: int) -> Tree:
    kind = _plain(kind)
    item = item_of(kind)
    if item is not None and most:
        return [_field(item, most - 1)]
    if text(kind) == b"string":
        return TEXT
    return _fields(kind, most) or OTHER


def _is_put_into_object(node: Node, program: Program) -> bool:
    if object_parsed(node) is not None:
        return True
    kind = _object_type(node, program)
    return kind is not None and bool(members_of(_plain(kind)))


def _object_type(node: Node, program: Program) -> Node | None:
    """The type of the place where something is put, where one is declared for that."""
    kind = None
    parent = node.parent
    while parent is not None and kind is None:
        if parent.type == "as_expression" and len(items(parent)) == 2:
            kind = items(parent)[1] if text(items(parent)[1]) not in _ANYTHING else None
        elif parent.type in ("variable_declarator", "assignment_expression"):
            target = field(parent, "name") or field(parent, "left")
            named = target is not None and target != node and target.type == "identifier"
            binding = program.scopes.binding(target) if named and target is not None else None
            kind = None if binding is None else declared_type(binding)
            if kind is None:
                return None
        elif parent.type == "return_statement" or parent.type in FUNCTIONS:
            kind = _type_of(node, program)
            return None if kind is None or text(kind) in _ANYTHING else kind
        elif parent.type not in _GIVING or field(parent, "condition") == node:
            return None
        node, parent = parent, parent.parent
    return kind


def _type_of(node: Node, program: Program) -> Node | None:
    """The type of what is handed on: its own, or that of what its function gives."""
    _, parent = program.tree.outer(node)
    function = node if node.type in FUNCTIONS else program.tree.function_of(node)
    gives = node.type in ("return_statement", *FUNCTIONS) or (
        parent is not None and (parent.type == "return_statement" or parent == function)
    )
    value = _given_by(node) if node.type in ("return_statement", *FUNCTIONS) else node
    kind = None if value is None else _of_value(value, program)
    returned = field(function, "return_type") if gives else None
    if kind is None and returned is not None and items(returned):
        kind = items(returned)[0]
    if kind is not None and kind.type == "generic_type" and text_of(kind, "name") == b"Promise":
        given = field(kind, "type_arguments")
        return items(given)[0] if given is not None and items(given) else None
    return kind


def _given_by(node: Node) -> Node | None:
    """What a `return` gives, or a function: its expression, or its last statement's."""
    if node.type == "return_statement":
        return items(node)[0] if items(node) else None
    body = field(node, "body")
    if body is None or body.type != "statement_block":
        return body
    last = items(body)[-1] if items(body) else None
    return _given_by(last) if last is not None and last.type == "return_statement" else None


def _of_value(node: Node, program: Program) -> Node | None:
    """`T` of `x as T`, of `const x: T`, and of `axios.post<T>(...)` where its `data` is taken."""
    if node.type in ("as_expression", "satisfies_expression") and len(items(node)) == 2:
        return items(node)[1]
    if node.type in WRAPPERS or node.type == "await_expression":
        return _of_value(items(node)[0], program) if items(node) else None
    if node.type == "call_expression":
        return _of_call(node, program)
    if node.type == "member_expression" and text_of(node, "property") == b"data":
        return _of_value(field(node, "object") or node, program)
    binding = program.scopes.binding(node) if node.type == "identifier" else None
    if binding is None:
        return None
    kind = declared_type(binding)
    value = field(binding.declarator, "value")
    if kind is not None or value is None or value.type == "identifier":
        return kind
    return _of_value(value, program)


def _of_call(call: Node, program: Program) -> Node | None:
    """`T` of `x.json<T>()`, and what a `.then(...)` gives."""
    types = field(call, "type_arguments")
    if types is not None:
        return items(types)[0] if len(items(types)) == 1 else None
    callee = field(call, "function") or call
    then = items(field(call, "arguments") or call)[:1]
    if text_of(callee, "property") in (b"catch", b"finally"):
        return _of_value(field(callee, "object") or callee, program)
    if text_of(callee, "property") != b"then" or not then or then[0].type not in FUNCTIONS:
        return None
    value = _given_by(then[0])
    return None if value is None else _of_value(value, program)


def _strings(kind: Node, names: tuple[bytes, ...], member: Node, most: int) -> Iterator[Path]:
    """The ways to the texts of a type, each with the member that declares it."""
    kind = _plain(kind)
    if names and kind.type == "predefined_type" and text(kind) == b"string":
        yield Path(names, member)
    item = item_of(kind)
    if item is not None and names and most:
        yield from _strings(item, (*names, b"0"), member, most - 1)
    for inner in (members_of(kind) or ()) if most else ():
        name, own = key_name(inner), annotated(inner)
        if inner.type == "property_signature" and name is not None and own is not None:
            yield from _strings(own, (*names, name), inner, most - 1)


def _plain(kind: Node) -> Node:
    """`T` of `T | null`."""
    while kind.type in ("union_type", "parenthesized_type") and items(kind):
        rest = [each for each in items(kind) if text(each) not in _NOTHING]
        if len(rest) != 1:
            break
        kind = rest[0]
    return kind
