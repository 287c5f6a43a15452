"""Lists of messages by the schema of zod that made them: `Body.parse(await req.json())`."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.sources import key_in
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_PARSES = frozenset({b"parse", b"parseAsync"})
_TRIES = frozenset({b"safeParse", b"safeParseAsync"})
#: Methods of a schema after which it lets through fewer values, and no others.
_NARROWS = frozenset({b"describe", b"length", b"max", b"min", b"nonempty", b"strict"})
_MODULES = frozenset({b"zod", b"zod/v3", b"zod/v4"})


def is_parsed_as_messages(binding: Binding, roles: frozenset[bytes]) -> bool:
    """Whether a schema of this file lets through lists of {role, content} only.

    An object's schema leaves out of what it gives all that it does not name.
    """
    declarator, name = binding.declarator, binding.name_node
    value = field(declarator, "value") if declarator.type == "variable_declarator" else None
    if value is None or binding.writes or not is_of_zod(declarator):
        return False
    pattern = field(declarator, "name") or declarator
    schema, keys = _parsed(value)
    if schema is not None and pattern != name:
        keys.append(key_in(pattern, name))
    for key in keys:
        schema = None if schema is None or key is None else _members(schema).get(key)
    item = None if schema is None else _made(schema, b"array")
    members = {} if item is None else _members(item)
    if set(members) != {b"role", b"content"} or _made(members[b"content"], b"string") is None:
        return False
    listed = _made(members[b"role"], b"enum")
    words = [] if listed is None or listed.type != "array" else items(listed)
    return bool(words) and all(w.type == "string" and text(w)[1:-1] in roles for w in words)


def object_parsed(node: Node) -> dict[bytes, Node] | None:
    """The schemas of the members that an object must have to be let through, by their names.

    `Plan.parse(node)`, where `Plan` is a `z.object({...})` of this file. None for anything else.
    """
    call = None if node.parent is None else node.parent.parent
    if call is None or call.type != "call_expression" or not is_of_zod(call):
        return None
    schema = _schema_of(call, _PARSES | _TRIES)
    if schema is None or _made(schema, b"object") is None:
        return None
    return _members(schema)


def is_of_texts(schema: Node) -> bool:
    """Whether a schema lets only texts through."""
    return _made(schema, b"string") is not None


def item_schema(schema: Node) -> Node | None:
    """The schema of a list's items; None where it is no list's."""
    return _made(schema, b"array")


def _parsed(value: Node) -> tuple[Node | None, list[bytes | None]]:
    """The schema that lets a value through, and the keys that lead from what it gives to it.

    `S.parse(x)`, `parsed.data.messages` where `parsed` is `S.safeParse(x)`: where that lets nothing
    through there is no `data`, of which a member cannot be read.
    """
    node, keys = unwrapped(value), list[bytes | None]()
    while node.type == "member_expression" and field(node, "optional_chain") is None:
        name, owner = text_of(node, "property"), unwrapped(field(node, "object") or node)
        made = list(_named(owner)) if name == b"data" and owner.type == "identifier" else []
        if len(made) == 1:
            reads = bool(keys) or _is_taken_apart(value)
            return (_schema_of(made[0], _TRIES) if reads else None), keys
        keys.insert(0, name)
        node = owner
    return _schema_of(node, _PARSES), keys


def _is_taken_apart(value: Node) -> bool:
    """Whether members of a value are taken out of it where it is: `const { messages } = value`."""
    pattern = None if value.parent is None else field(value.parent, "name")
    return pattern is not None and pattern.type == "object_pattern"


def _schema_of(node: Node, methods: frozenset[bytes]) -> Node | None:
    """The schema whose method is called: `S` of `await S.parseAsync(x)`."""
    call = unwrapped(node)
    if call.type == "await_expression":
        call = unwrapped(items(call)[0])
    function = field(call, "function")
    is_one = function is not None and text_of(function, "property") in methods
    return field(function, "object") if is_one else None


def _members(schema: Node) -> dict[bytes, Node]:
    """The schemas of an object's members; empty where not all of them are seen."""
    given = _made(schema, b"object")
    members = [] if given is None or given.type != "object" else items(given)
    if any(key_name(m) is None or m.type == "spread_element" for m in members):
        return {}
    return {key_name(m) or b"": member_value(m) for m in members}


def _made(schema: Node, kind: bytes) -> Node | None:
    """What a schema of this kind is made of: `x` of `z.array(x).min(1)`; itself if of nothing."""
    schema = unwrapped(schema)
    if schema.type in ("identifier", "shorthand_property_identifier"):
        named = list(_named(schema))
        if len(named) != 1:
            return None
        schema = named[0]
    while schema.type == "call_expression":
        function, given = field(schema, "function"), items(field(schema, "arguments") or schema)
        owner = field(function, "object")
        method = b"" if function is None else text_of(function, "property")
        if owner is None:
            return None
        if text(owner) == b"z":
            return (given[0] if given else schema) if method == kind else None
        empty = method == b"default" and [text(each) for each in given] == [b"[]"]
        if method not in _NARROWS and not empty:
            return None
        schema = unwrapped(owner)
    return None


def _named(name: Node) -> Iterator[Node]:
    """What the file's constants of this name are."""
    for node in descendants(_root(name)):
        if node.type == "variable_declarator" and text_of(node, "name") == text(name):
            value = field(node, "value")
            if value is not None:
                yield unwrapped(value)


def is_of_zod(node: Node) -> bool:
    """Whether `z` is zod's own in the file of a node."""
    for statement in items(_root(node)):
        if statement.type == "import_statement":
            source = field(statement, "source")
            if source is not None and text(source)[1:-1] in _MODULES:
                names = [text(n) for n in descendants(statement) if n.type == "identifier"]
                return b"z" in names
    return False


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node
