"""Types as a file declares them, and the lists of messages that they tell: `Turn[]`."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.given import is_given
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_LISTS = frozenset({b"Array", b"ReadonlyArray"})
_ROLES = frozenset({b"user", b"assistant"})
#: Methods that give a list of elements of their own list only.
_OWN_ELEMENTS = frozenset({b"filter", b"reverse", b"slice", b"toReversed"})
#: How many methods behind a list are followed.
_MOST_STEPS = 16


def is_declared_as_messages(binding: Binding, roles: frozenset[bytes] = _ROLES) -> bool:
    """Whether a name's declared type is a list of {role: 'user' | 'assistant', content: string}."""
    return lists_messages(declared_type(binding), roles)


def lists_messages(kind: Node | None, roles: frozenset[bytes] = _ROLES) -> bool:
    """Whether a type is a list of {role: 'user' | 'assistant', content: string}."""
    item = None if kind is None else item_of(kind)
    return item is not None and len(members_of(item) or []) == 2 and _has_message(item, roles)


def lists_more(kind: Node | None) -> bool:
    """Whether a type is a list of items with a role and a text among others."""
    item = None if kind is None else item_of(kind)
    return item is not None and _has_message(item)


def lists_turns(kind: Node | None) -> bool:
    """Whether a type is a list of items with a role and a text, both any string."""
    item = None if kind is None else item_of(kind)
    named = [] if item is None else [_member(item, name) for name in (b"role", b"content")]
    return bool(named) and all(each is not None and text(each) == b"string" for each in named)


def list_type(
    scopes: Scopes, node: Node, *, follows: bool = True, is_there: bool = False
) -> Node | None:
    """The type that this file declares of a list: a name, `input.history`, `body.messages ?? []`.

    Of `turns.filter(...).slice(-12)` it is that of `turns`, all elements being its own.

    ``follows``: also of a name that stands for one of these. ``is_there``: the list is certainly
    there, also where its type says that it need not be, as it is behind `if (!turns) return`.
    """
    for _ in range(_MOST_STEPS):
        inner, falls_back = unwrapped(node), False
        if inner.type == "binary_expression" and text_of(inner, "operator") in (b"||", b"??"):
            left, right = field(inner, "left"), field(inner, "right")
            falls_back = right is not None and text(unwrapped(right)) == b"[]"
            inner = unwrapped(left) if falls_back and left is not None else inner
        whole = list_behind(inner, falls_back=falls_back)
        if whole is None:
            break
        # A method is not called of what is not there.
        node, is_there = whole, True
    else:
        return None
    some = is_there or falls_back or is_given(scopes, inner)
    if inner.type == "member_expression":
        binding = scopes.binding(unwrapped(field(inner, "object") or inner))
        kind = None if binding is None or binding.writes else declared_type(binding)
        if kind is None or (field(inner, "optional_chain") is not None and not falls_back):
            return None
        return _member(kind, text_of(inner, "property"), optional=some)
    binding = scopes.binding(inner)
    if binding is None or binding.writes:
        return None
    kind = declared_type(binding, optional=some)
    declarator = binding.declarator
    value = field(declarator, "value") if declarator.type == "variable_declarator" else None
    if kind is not None or value is None or not follows:
        return kind
    is_whole = field(declarator, "name") == binding.name_node
    return list_type(scopes, value, follows=False, is_there=some) if is_whole else None


def list_behind(node: Node, *, falls_back: bool) -> Node | None:
    """The list whose elements, and no others, a method gives: `turns` of `turns.slice(-12)`.

    ``falls_back``: a list stands in where there is none, so that `turns?.slice(-12)` is a list too.
    """
    function = field(node, "function") if node.type == "call_expression" else None
    owner = None if function is None else field(function, "object")
    if function is None or owner is None or text_of(function, "property") not in _OWN_ELEMENTS:
        return None
    return unwrapped(owner) if falls_back or not _may_be_cut_short(node) else None


def _may_be_cut_short(node: Node | None) -> bool:
    """Whether a `?.` makes nothing of an expression: `asked?.turns.slice(-12)`."""
    if node is None or b"?." not in text(node):
        return False
    while node is not None:
        if any(child.type == "optional_chain" for child in node.children):
            return True
        node = field(node, "function") or field(node, "object")
    return False


def is_declared_as_text(binding: Binding) -> bool:
    """Whether a name's declared type is a string's, of one that need not be there too."""
    kind = declared_type(binding, optional=True)
    return kind is not None and text(kind) == b"string"


def is_member_of_text(binding: Binding | None, name: bytes) -> bool:
    """Whether what a name holds has a text under this key, by a type that this file shows."""
    kind = None if binding is None else declared_type(binding)
    member = None if kind is None else _member(kind, name, optional=True)
    return member is not None and text(member) == b"string"


def is_declared_as_object(binding: Binding | None) -> bool:
    """Whether a name's declared type is one of an object, which this file shows."""
    kind = None if binding is None else declared_type(binding)
    return kind is not None and bool(members_of(kind))


def is_declared_as_record(binding: Binding | None) -> bool:
    """Whether a name's declared type is `Record<string, ...>`, or one of this file that is that."""
    kind = None if binding is None else declared_type(binding)
    named = None if kind is None else _declaration(kind)
    kind = kind if named is None else field(named, "value")
    return kind is not None and kind.type == "generic_type" and text_of(kind, "name") == b"Record"


def declared_type(binding: Binding, *, optional: bool = False) -> Node | None:
    """The type of a parameter, of a variable, or of a member that is taken out of an object.

    ``optional``: also of a member that need not be there.
    """
    declarator = binding.declarator
    pattern = field(declarator, "name") or field(declarator, "pattern")
    kind = annotated(declarator)
    value = field(declarator, "value") if declarator.type == "variable_declarator" else None
    if kind is None and value is not None:
        kind = _cast(value)
    if pattern is None or pattern == binding.name_node:
        return kind
    if pattern.type == "object_pattern" and kind is not None:
        for part in items(pattern):
            own = field(part, "value") if part.type == "pair_pattern" else part
            default = None if own is None else field(own, "right")
            bound = own if own is None or default is None else field(own, "left")
            if bound == binding.name_node:
                name = key_name(part) if default is None or part != own else text(bound)
                listed = default is not None and text(default) == b"[]"
                return _member(kind, name or b"", optional=optional or listed)
        return None
    if pattern.type == "array_pattern" and items(pattern)[:1] == [binding.name_node]:
        return None if value is None else _state(value)
    return None


def annotated(declarator: Node) -> Node | None:
    """The type that is written behind a name."""
    annotation = field(declarator, "type")
    return items(annotation)[0] if annotation is not None and items(annotation) else None


def _cast(value: Node) -> Node | None:
    """`T` of `x as T`."""
    while value.type == "parenthesized_expression" and items(value):
        value = items(value)[0]
    inside = items(value)
    return inside[1] if value.type == "as_expression" and len(inside) == 2 else None


def _state(value: Node) -> Node | None:
    """`T` of `useState<T>(...)`."""
    call = unwrapped(value)
    arguments = field(call, "type_arguments")
    if arguments is None or text_of(call, "function") not in (b"useState", b"React.useState"):
        return None
    return items(arguments)[0] if len(items(arguments)) == 1 else None


def item_of(kind: Node) -> Node | None:
    """The type of a list's items."""
    if kind.type == "readonly_type" and items(kind):
        kind = items(kind)[0]
    if kind.type == "array_type":
        return items(kind)[0] if items(kind) else None
    if kind.type == "generic_type" and text_of(kind, "name") in _LISTS:
        given = field(kind, "type_arguments")
        return items(given)[0] if given is not None and len(items(given)) == 1 else None
    return None


def members_of(kind: Node) -> list[Node] | None:
    """The members of an object type, or of the one type of this file with that name."""
    if kind.type == "object_type":
        return items(kind)
    named = _declaration(kind)
    if named is None or any(child.type == "extends_type_clause" for child in named.children):
        return None
    body = field(named, "body") or field(named, "value")
    return items(body) if body is not None and body.type in _BODIES else None


def _declaration(kind: Node) -> Node | None:
    """The one declaration of this file with a type's name."""
    if kind.type != "type_identifier":
        return None
    root = kind
    while root.parent is not None:
        root = root.parent
    named = [
        node
        for node in descendants(root)
        if node.type in ("interface_declaration", "type_alias_declaration")
        and text_of(node, "name") == text(kind)
    ]
    return named[0] if len(named) == 1 else None


_BODIES = frozenset({"interface_body", "object_type"})


def _member(kind: Node, name: bytes, *, optional: bool = False) -> Node | None:
    """The type of a member; ``optional``: also of one that need not be there."""
    for member in members_of(kind) or ():
        given = optional or not any(child.type == "?" for child in member.children)
        if member.type == "property_signature" and key_name(member) == name and given:
            return annotated(member)
    return None


def _has_message(kind: Node, roles: frozenset[bytes] = _ROLES) -> bool:
    role, content = _member(kind, b"role"), _member(kind, b"content")
    if role is None or content is None or text(content) != b"string":
        return False
    named = [node for node in descendants(role) if node.type == "literal_type"]
    plain = {"literal_type", "union_type"}
    return bool(named) and all(text(each)[1:-1] in roles for each in named) and role.type in plain
