"""The options of a request in a function of the file, as one call of that function decides them.

`fetch(base + path, { ...init, headers: { ...init.headers, Authorization } })` sends what its call
gives as `init`: its method, its body, its headers.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.growing import optional_members
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.objects import may_change, object_behind
from callmend.languages.ecmascript.options import members_spread
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.sources import default_of, key_in
from callmend.languages.ecmascript.tree import (
    WRAPPERS,
    called,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.records import record

_MEMBERS = ("pair", "shorthand_property_identifier")
_PARTS = frozenset({b"body", b"headers", b"method"})
_NOTHING = frozenset({b"undefined", b"null"})
_SAME = frozenset({b"==", b"==="})
_OTHER = frozenset({b"!=", b"!=="})
_LITERALS = frozenset({"array", "number", "object", "string", "template_string"})
_MOST_STEPS = 16


class Absent(Enum):
    """What stands for an expression that the call gives nothing for."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@record(frozen=True, slots=True)
class _Parameter:
    """A parameter: its name or pattern, its default, and its place."""

    pattern: Node
    default: Node | None
    number: int


class GivenOptions:
    """Reads the options of one request in a function, for one call of it.

    ``sent`` is the request, ``asking`` the call.
    """

    def __init__(self, scopes: Scopes, function: Node, sent: Node, asking: Node) -> None:
        self._scopes = scopes
        self._sent = sent
        self._asking = asking
        #: What a client is given to send, which it does not change.
        self._given = items(field(sent, "arguments") or sent)
        self._arguments = items(field(asking, "arguments") or asking)
        self._parameters = list(_parameters(function))
        #: The names that are being followed, to notice one that is declared by itself.
        self._active: set[int] = set()

    # expressions

    def value(self, node: Node, depth: int = 0) -> Node | Absent:
        """What an expression of the function is for this call: the call's own, or itself."""
        inner = unwrapped(node)
        if depth > _MOST_STEPS:
            return node
        if inner.type == "ternary_expression":
            holds = self.truth(field(inner, "condition") or inner)
            branch = field(inner, "consequence" if holds else "alternative")
            return node if holds is None or branch is None else self.value(branch, depth + 1)
        left, right = field(inner, "left"), field(inner, "right")
        if inner.type == "binary_expression" and left is not None and right is not None:
            return self._either(node, text_of(inner, "operator"), left, right, depth)
        if inner.type in ("identifier", "shorthand_property_identifier"):
            binding = self._scopes.binding(inner)
            return node if binding is None else self._named(node, binding)
        if inner.type == "member_expression":
            owner = field(inner, "object")
            found = None if owner is None else self._literal(owner)
            if found is None:
                return node
            return self._member(found, text_of(inner, "property"), node)
        return node

    def _either(
        self, node: Node, operator: bytes, left: Node, right: Node, depth: int
    ) -> Node | Absent:
        """`init.method ?? 'POST'`, `body && JSON.stringify(body)`."""
        holds = self.truth(left)
        if holds is None or operator not in (b"??", b"||", b"&&"):
            return node
        if operator == b"&&":
            return self.value(right, depth + 1) if holds else ABSENT
        return self.value(left if holds else right, depth + 1)

    def truth(self, node: Node) -> bool | None:
        """Whether a condition holds for this call; None where that is not certain.

        What is given as a literal is taken for something, as an object, a list and a text are.
        """
        inner = unwrapped(node)
        if inner.type == "unary_expression" and text_of(inner, "operator") == b"!":
            holds = self.truth(field(inner, "argument") or inner)
            return None if holds is None else not holds
        left, right = field(inner, "left"), field(inner, "right")
        if inner.type == "binary_expression" and left is not None and right is not None:
            operator = text_of(inner, "operator")
            if operator not in _SAME | _OTHER:
                return None
            holds = self._is_same(unwrapped(left), unwrapped(right))
            return holds if holds is None or operator in _SAME else not holds
        found = self.value(inner)
        if isinstance(found, Absent):
            return False
        given = unwrapped(found)
        if not is_inside(found, self._asking):
            return None
        if given.type in ("identifier", "shorthand_property_identifier"):
            return True if self._holds_an_object(given) else None
        if given.type not in _LITERALS | {"call_expression"}:
            return None
        if given.type in ("number", "string", "template_string"):
            return None if text(given).strip(b"'\"`0.") == b"" else True
        # A call that gives a text: `JSON.stringify({ ... })`.
        if given.type == "call_expression" and text(called(given)) != b"JSON.stringify":
            return None
        return True

    def _holds_an_object(self, name: Node) -> bool:
        binding = self._scopes.binding(name)
        if binding is None or binding.writes:
            return False
        value = field(binding.declarator, "value")
        plain = field(binding.declarator, "name") == binding.name_node
        return plain and value is not None and unwrapped(value).type in ("array", "object")

    def _is_same(self, left: Node, right: Node) -> bool | None:
        """`body === undefined`, `typeof body === 'string'`."""
        if text(right) in _NOTHING:
            # null is no undefined, but what a call gives is neither.
            found = self.value(left)
            if isinstance(found, Absent):
                return True if text(right) == b"undefined" else None
            return None if self.truth(left) is None else False
        if left.type != "unary_expression" or text_of(left, "operator") != b"typeof":
            return None
        found = self.value(field(left, "argument") or left)
        if isinstance(found, Absent) or not is_inside(found, self._asking):
            return None
        kinds = {
            "array": b"object",
            "object": b"object",
            "string": b"string",
            "template_string": b"string",
        }
        kind = kinds.get(unwrapped(found).type)
        return None if kind is None or right.type != "string" else text(right)[1:-1] == kind

    def _named(self, node: Node, binding: Binding) -> Node | Absent:
        """What a parameter, or a name taken out of one, is given."""
        uses = [use for use in binding.references if use not in self._given]
        if binding.writes or any(map(_changes, uses)):
            return node
        for parameter in self._parameters:
            if parameter.pattern == binding.name_node:
                return self._argument(parameter)
            if parameter.pattern.type != "object_pattern":
                continue
            key = key_in(parameter.pattern, binding.name_node)
            if key is None:
                continue
            literal = self._of_call(self._argument(parameter))
            if literal is None:
                return node
            return self._taken_out(literal, key, node, binding)
        return self._declared(node, binding)

    def _declared(self, node: Node, binding: Binding) -> Node | Absent:
        """`const { body } = init`, `const method = init.method ?? 'POST'`."""
        declarator = binding.declarator
        value, pattern = field(declarator, "value"), field(declarator, "name")
        if declarator.type != "variable_declarator" or value is None or pattern is None:
            return node
        if id(binding) in self._active:
            return node
        self._active.add(id(binding))
        try:
            if pattern == binding.name_node:
                found = self.value(value)
                # A literal of the function's own is no part of the call.
                return node if found == value and unwrapped(value).type != "string" else found
            key = key_in(pattern, binding.name_node)
            literal = None if key is None else self._literal(value)
            if key is None or literal is None:
                return node
            return self._taken_out(literal, key, node, binding)
        finally:
            self._active.discard(id(binding))

    def _taken_out(
        self, literal: Node | Absent, key: bytes, node: Node, binding: Binding
    ) -> Node | Absent:
        found = self._member(literal, key, node)
        default = default_of(self._scopes, binding)
        return default if isinstance(found, Absent) and default is not None else found

    def _argument(self, parameter: _Parameter) -> Node | Absent:
        spread = any(node.type == "spread_element" for node in self._arguments)
        if spread:
            return parameter.pattern
        if parameter.number < len(self._arguments):
            given = self._arguments[parameter.number]
            if text(unwrapped(given)) != b"undefined":
                return given
        return ABSENT if parameter.default is None else parameter.default

    def _member(self, literal: Node | Absent, name: bytes, otherwise: Node) -> Node | Absent:
        """A member of a literal; ``otherwise`` where it may be there unseen."""
        if isinstance(literal, Absent):
            return ABSENT
        inside = items(literal)
        if any(item.type not in _MEMBERS or key_name(item) is None for item in inside):
            return otherwise
        found = [item for item in inside if key_name(item) == name]
        return member_value(found[-1]) if found else ABSENT

    def _literal(self, node: Node) -> Node | Absent | None:
        """The object literal that the call gives for an expression; None where that is not seen."""
        inner = unwrapped(node)
        found = self.value(inner)
        if isinstance(found, Absent):
            return found
        return None if found == inner else self._of_call(found)

    def _of_call(self, found: Node | Absent) -> Node | Absent | None:
        """The object literal that is given, where nothing else has it."""
        if isinstance(found, Absent):
            return found
        literal = object_behind(self._scopes, found)
        return None if literal is None or literal.shared else literal.node

    # options and headers

    def members(self) -> dict[bytes, Node]:
        """The options of the request by name, in the function or in the call.

        Raises:
            RefusedError: one that counts may be another than is seen.
        """
        options = given_to(self._scopes, self._sent)[1:2]
        literal = object_behind(self._scopes, options[0]) if options else None
        if literal is None:
            # `fetch(url, init)` sends all that the call gives.
            whole = self._literal(options[0]) if options else None
            named = _named_members(whole) if isinstance(whole, Node) else None
            named = {} if isinstance(whole, Absent) else named
            if named is None:
                raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(self._sent)}`")
            return named
        found: dict[bytes, Node] = {}
        for item in items(literal.node):
            name = key_name(item)
            if item.type in _MEMBERS and name is not None:
                found[name] = item
                continue
            brought = self.brought(item)
            if brought is None and item.type == "spread_element":
                brought = members_spread(self._scopes, items(item)[0])
            if brought is None:
                optional = optional_members(self._scopes, item)
                if optional is None or _PARTS & optional.keys():
                    raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(item)}`")
                continue
            found |= brought
        return found

    def brought(self, item: Node) -> dict[bytes, Node] | None:
        """The members that a spread brings for this call; None where that is not seen."""
        if item.type != "spread_element":
            return None
        given = unwrapped(items(item)[0])
        found = self.value(given)
        if found == given and given.type == "identifier":
            return self._rest(given)
        literal = self._of_call(found)
        if literal is None or (found == given and given.type != "object"):
            return None
        return {} if isinstance(literal, Absent) else _named_members(literal)

    def _rest(self, name: Node) -> dict[bytes, Node] | None:
        """The members of `...rest` of `{ body, ...rest }`."""
        binding = self._scopes.binding(name)
        if binding is None or binding.writes or any(_changes(use) for use in binding.references):
            return None
        pattern, literal = self._taken_apart(binding)
        parts = [] if pattern is None else items(pattern)
        if not parts or parts[-1].type != "rest_pattern":
            return None
        if binding.name_node not in items(parts[-1]):
            return None
        taken = {key_name(_key_of(part)) for part in parts[:-1]}
        named: dict[bytes, Node] | None = {} if isinstance(literal, Absent) else None
        if isinstance(literal, Node):
            named = _named_members(literal)
        if named is None or None in taken:
            return None
        return {key: member for key, member in named.items() if key not in taken}

    def _taken_apart(self, binding: Binding) -> tuple[Node | None, Node | Absent | None]:
        """The pattern that a name is taken out by, and the literal that it takes apart."""
        declarator = binding.declarator
        for parameter in self._parameters:
            given = parameter.pattern
            if given.type == "object_pattern" and is_inside(binding.name_node, given):
                return given, self._of_call(self._argument(parameter))
        value, pattern = field(declarator, "value"), field(declarator, "name")
        if declarator.type != "variable_declarator" or value is None or pattern is None:
            return None, None
        return (pattern, self._literal(value)) if pattern.type == "object_pattern" else (None, None)

    def takes_headers(self, holder: Node) -> bool:
        """Whether the request has the headers that the call may give, among its own ones."""
        return any(
            item.type == "spread_element" and self._is_of_headers(unwrapped(items(item)[0]))
            for item in items(holder)
        )

    def _is_of_headers(self, node: Node) -> bool:
        """Whether an expression is `init.headers`, or `headers` taken out of a parameter."""
        if text_of(node, "operator") in (b"??", b"||"):
            return self._is_of_headers(unwrapped(field(node, "left") or node))
        if node.type == "member_expression":
            owner = unwrapped(field(node, "object") or node)
            binding = self._scopes.binding(owner) if owner.type == "identifier" else None
            named = text_of(node, "property") == b"headers"
            return named and any(
                binding is not None and p.pattern == binding.name_node for p in self._parameters
            )
        binding = self._scopes.binding(node) if node.type == "identifier" else None
        return binding is not None and any(
            key_in(parameter.pattern, binding.name_node) == b"headers"
            for parameter in self._parameters
        )

    def options_given(self) -> Node | None:
        """The literal in the call that holds its options; None where it gives none."""
        for parameter in self._for_headers():
            literal = self._of_call(self._argument(parameter))
            if isinstance(literal, Node) and is_inside(literal, self._asking):
                return literal
        return None

    def _for_headers(self) -> Iterator[_Parameter]:
        """The parameters that headers are given by."""
        for parameter in self._parameters:
            if parameter.pattern.type == "object_pattern":
                names = {key_name(_key_of(part)) for part in items(parameter.pattern)}
                if b"headers" in names:
                    yield parameter
            elif self._has_headers(parameter.pattern):
                yield parameter

    def may_give_headers(self) -> bool:
        """Whether one more argument of the call, which holds headers, changes nothing but those."""
        found = next(self._for_headers(), None)
        if found is None or found.number != len(self._arguments):
            return False
        default = None if found.default is None else unwrapped(found.default)
        if default is not None and (default.type != "object" or items(default)):
            return False
        binding = self._scopes.binding(found.pattern)
        if binding is None:
            # What is taken out of the parameter is as it was without it, but for the headers.
            return found.pattern.type == "object_pattern"
        return all(map(_only_brings, binding.references))

    def _has_headers(self, name: Node) -> bool:
        binding = self._scopes.binding(name) if name.type == "identifier" else None
        return binding is not None and any(
            use.parent is not None
            and use.parent.type == "member_expression"
            and text_of(use.parent, "property") == b"headers"
            for use in binding.references
        )


def _parameters(function: Node) -> Iterator[_Parameter]:
    single = field(function, "parameter")
    if single is not None:
        yield _Parameter(single, None, 0)
        return
    for number, parameter in enumerate(items(field(function, "parameters") or function)):
        pattern = field(parameter, "pattern")
        if pattern is None or pattern.type == "rest_pattern":
            return
        yield _Parameter(pattern, field(parameter, "value"), number)


def _key_of(part: Node) -> Node:
    """The part of a pattern that has the member's name."""
    if part.type in ("assignment_pattern", "object_assignment_pattern"):
        return field(part, "left") or part
    return part


def _named_members(literal: Node) -> dict[bytes, Node] | None:
    """The members of a literal by name; None where one has none."""
    found: dict[bytes, Node] = {}
    for item in items(literal):
        name = key_name(item)
        if item.type not in _MEMBERS or name is None:
            return None
        found[name] = item
    return found


def _only_brings(use: Node) -> bool:
    """Whether a use of the options is `...init` or `init.headers`, which no other part decides."""
    parent = use.parent
    if parent is None or parent.type == "spread_element":
        return parent is not None
    return parent.type == "member_expression" and text_of(parent, "property") == b"headers"


def _changes(use: Node) -> bool:
    """Whether a use of a parameter may change what is given, which a question does not."""
    node, parent = use, use.parent
    while parent is not None:
        operator = text_of(parent, "operator")
        if parent.type == "binary_expression":
            asked = operator == b"&&" and field(parent, "left") == node
            if asked or operator not in (b"??", b"||", b"&&"):
                return False
        elif parent.type == "unary_expression":
            return operator == b"delete"
        elif parent.type in ("if_statement", "template_substitution"):
            return False
        elif parent.type == "variable_declarator":
            return text_of(parent, "name")[:1] != b"{"
        elif parent.type == "ternary_expression" and field(parent, "condition") == node:
            return False
        elif parent.type != "ternary_expression" and parent.type not in WRAPPERS:
            break
        node, parent = parent, parent.parent
    return may_change(node)
