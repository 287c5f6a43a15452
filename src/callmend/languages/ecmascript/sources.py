"""Where a value comes from that is no plain constant: class fields, lists, patterns, functions."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes, is_declared_exported
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.records import record

_FIELDS = frozenset({"public_field_definition", "field_definition"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})
#: Methods of a list that give its elements, one by one and in order, to a function.
_VISITS = frozenset(
    {b"every", b"filter", b"find", b"findLast", b"flatMap", b"forEach", b"map", b"some"}
)
#: Methods that put other elements into a list, or move them.
_CHANGES = frozenset(
    {b"copyWithin", b"fill", b"pop", b"push", b"reverse", b"shift", b"sort", b"splice", b"unshift"}
)
#: Methods that give a list of the same elements, or of some of them.
_SAME = frozenset({b"concat", b"filter", b"slice"})


@record(frozen=True, slots=True)
class Elements:
    """An array literal and its elements; None stands for one that is not known."""

    array: Node
    nodes: tuple[Node | None, ...]


@record(frozen=True, slots=True)
class Parameter:
    """One parameter of a function: the name that it declares, if it is a plain one, its default."""

    name: Node | None
    default: Node | None


class Sources:
    """Finds in one file the expressions that a name or a member may stand for."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self._fields: dict[int, dict[bytes, list[Node | None]]] = {}

    # classes

    def fields(self, member: Node) -> list[Node | None] | None:
        """What `this.NAME` or `Class.NAME` is ever set to in this file; None: it is no field.

        None among the values is one that is not known.
        """
        owner, name = field(member, "object"), field(member, "property")
        if member.type != "member_expression" or owner is None or name is None:
            return None
        body = self._class_body(unwrapped(owner))
        if body is None:
            return None
        known = [self._fields_of(each).get(text(name)) for each in self.family(body)]
        declared = [values for values in known if values is not None]
        every = {0 if v is None else v.id: v for values in declared for v in values}
        return [*every.values()] if declared else None

    def family(self, body: Node) -> list[Node]:
        """The bodies of a class, of those that it extends, and of those that extend it.

        Only classes of this file are seen; an object of any of them may be `this`.
        """
        found = [body]
        while (above := self._extended(found[-1])) is not None and above not in found:
            found.append(above)
        below = [body]
        for known in below:
            below += (
                n
                for n in self._tree.every("class_body")
                if self._extended(n) == known and n not in below
            )
        return found + below[1:]

    def _extended(self, body: Node) -> Node | None:
        """The body of the class that a class extends, where that is one of this file."""
        holder = self._tree.parent(body)
        above = [] if holder is None else [n for n in holder.children if n.type == "class_heritage"]
        clause = (items(above[0]) or above)[0] if above else None
        name = field(clause, "value")
        return None if name is None else self._class_body(unwrapped(name))

    def kept_field(self, member: Node) -> Node | None:
        """What `this.NAME` is set to, where that is one expression and always the same."""
        value = self._only(member)
        own = [] if value is None else [n for n in descendants(value) if _is_of_this(n)]
        return value if all(len(self.fields(n) or ()) == 1 for n in own) else None

    def _only(self, member: Node) -> Node | None:
        values = self.fields(member)
        return values[0] if values is not None and len(values) == 1 else None

    def _class_body(self, owner: Node) -> Node | None:
        if owner.type == "this":
            for node in self._tree.ancestors(owner):
                if node.type == "class_body":
                    return node
                if node.type == "object" and self._is_method_in(node, owner):
                    return node if self._is_own(node) else None
            return None
        binding = self._scopes.binding(owner) if owner.type == "identifier" else None
        if binding is None or binding.kind is not Kind.CLASS:
            return None
        return field(binding.declarator, "body")

    def _is_method_in(self, literal: Node, this: Node) -> bool:
        """Whether `this` stands in a method of an object literal, arrow functions passed."""
        inside = [n for n in self._tree.ancestors(this) if is_inside(n, literal) and n != literal]
        functions = [n for n in inside if n.type in FUNCTIONS and n.type != "arrow_function"]
        if not functions:
            return False
        around = self._tree.parent(functions[0])
        return literal in (around, self._tree.parent(around) if around is not None else None)

    def _is_own(self, literal: Node) -> bool:
        """Whether an object literal's methods are called on it alone: a constant, or an export."""
        if any(member.type == "spread_element" for member in items(literal)):
            return False
        node, parent = self._tree.outer(literal)
        if parent is None or parent.type != "variable_declarator":
            return parent is not None and parent.type == "export_statement"
        name = field(parent, "name")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or binding.writes or field(parent, "value") != node:
            return False
        for use in binding.references:
            outer, around = self._tree.outer(use)
            if around is None or around.type in ("export_specifier", "export_statement"):
                continue
            exports = text(field(around, "left") or around) == b"module.exports"
            if field(around, "object") != outer and not exports:
                return False
        return True

    def _fields_of(self, body: Node) -> dict[bytes, list[Node | None]]:
        known = self._fields.get(body.id)
        if known is not None:
            return known
        found: dict[bytes, list[Node | None]] = {}
        for member in items(body):
            name = field(member, "name") or field(member, "property")
            if member.type == "pair":
                found.setdefault(key_name(member) or b"", []).append(field(member, "value"))
            elif member.type == "shorthand_property_identifier":
                found.setdefault(text(member), []).append(member)
            elif member.type in _FIELDS and name is not None:
                value = field(member, "value")
                found.setdefault(text(name), []).extend([] if value is None else [value])
            elif member.type == "method_definition" and name is not None:
                if text(name) == b"constructor":
                    self._parameter_fields(member, found)
                elif any(child.type == "get" for child in member.children):
                    found.setdefault(text(name), []).extend(returned(member) or [None])
        self._assigned_fields(body, found)
        self._fields[body.id] = found
        return found

    def _parameter_fields(self, constructor: Node, found: dict[bytes, list[Node | None]]) -> None:
        """`constructor(private base = '...')`."""
        for parameter in items(field(constructor, "parameters") or constructor):
            modified = any(
                child.type == "accessibility_modifier" or text(child) == b"readonly"
                for child in parameter.children
            )
            name = field(parameter, "pattern")
            if parameter.type in _PARAMETERS and modified and name is not None:
                default = field(parameter, "value")
                found[text(name)] = [None] if default is None else [None, default]

    def _assigned_fields(self, body: Node, found: dict[bytes, list[Node | None]]) -> None:
        """What is assigned to a member of such a name, on whatever object of this file."""
        plain = self._tree.every("assignment_expression")
        every = (*plain, *self._tree.every("augmented_assignment_expression"))
        for node in sorted(every, key=lambda node: node.start_byte):
            left, right = field(node, "left"), field(node, "right")
            if left is None or left.type != "member_expression":
                continue
            owner, name = field(left, "object"), field(left, "property")
            if owner is None or name is None:
                continue
            inside = body.start_byte <= node.start_byte < body.end_byte
            if inside and owner.type == "this":
                is_set = node.type == "assignment_expression"
                found.setdefault(text(name), []).append(right if is_set else None)
            elif text(name) in found and owner.type != "this":
                found[text(name)].append(None)

    # lists

    def elements(self, node: Node) -> Elements | None:
        """The elements of the array that an expression is, names and `as const` followed."""
        node = unwrapped(node)
        for _ in range(8):
            if node.type == "array":
                return Elements(
                    node, tuple(None if n.type == "spread_element" else n for n in items(node))
                )
            made = self.list_made(node)
            if made is not None:
                node = made
                continue
            if node.type == "call_expression":
                function = field(node, "function")
                inner = field(function, "object")
                if function is None or inner is None or inner.type == "this":
                    return None
                if text(field(function, "property") or function) not in _SAME:
                    return None
                node = unwrapped(inner)
                continue
            binding = self._scopes.binding(node) if node.type == "identifier" else None
            if binding is None or binding.writes or not _is_plain(binding):
                return None
            value = field(binding.declarator, "value")
            if value is None:
                return None
            if any(self._changes(use) for use in binding.references):
                found = self.elements(value)
                return None if found is None else Elements(found.array, (*found.nodes, None))
            node = unwrapped(value)
        return None

    def list_made(self, call: Node) -> Node | None:
        """The array literal that a function of the file makes for the one call of it."""
        name = field(call, "function") if call.type == "call_expression" else None
        binding = self._scopes.binding(name) if name is not None else None
        if name is None or binding is None or len(binding.references) != 1:
            return None
        function = self.function_behind(name)
        if function is None or is_declared_exported(binding):
            return None
        made = [] if is_async(function) else returned(function) or []
        only = unwrapped(made[0]) if len(made) == 1 else None
        return only if only is not None and only.type == "array" else None

    def _changes(self, use: Node) -> bool:
        """Whether a list gets other elements by this use of its name."""
        node, parent = self._tree.outer(use)
        if parent is None or field(parent, "object") != node:
            return False
        around = self._tree.parent(parent)
        name = text(field(parent, "property") or parent)
        if parent.type == "subscript_expression" or name == b"length":
            return around is not None and field(around, "left") == parent
        return name in _CHANGES

    def listed(self, binding: Binding) -> tuple[Elements, bytes | None] | None:
        """The list that a name goes through, and the member of its elements that the name is.

        `for (const url of urls)`, `for (const { url } of targets)`, `urls.map((url) => ...)`.
        """
        declarator = binding.declarator
        if binding.writes:
            return None
        if declarator.type == "for_in_statement":
            if text(field(declarator, "operator") or declarator) != b"of":
                return None
            pattern, source = field(declarator, "left"), field(declarator, "right")
        elif declarator.type in (*_PARAMETERS, "arrow_function"):
            pattern = field(declarator, "pattern") or field(declarator, "parameter")
            source = self._visited(declarator)
        else:
            return None
        if pattern is None or source is None:
            return None
        key: bytes | None = None
        if pattern.type == "array_pattern":
            return self._numbered(pattern, source, binding)
        if pattern != binding.name_node:
            key = key_in(pattern, binding.name_node)
            if key is None:
                return None
        elements = self.elements(source)
        return None if elements is None else (elements, key)

    def _numbered(
        self, pattern: Node, source: Node, binding: Binding
    ) -> tuple[Elements, bytes | None] | None:
        """`for (const [i, url] of urls.entries())`."""
        called = field(unwrapped(source), "function")
        owner, name = field(called, "object"), field(called, "property")
        if owner is None or name is None or text(name) != b"entries":
            return None
        elements = self.elements(owner) if items(pattern)[1:] == [binding.name_node] else None
        return None if elements is None else (elements, None)

    def _visited(self, parameter: Node) -> Node | None:
        """The list whose elements a callback's first parameter is given."""
        function = parameter
        if parameter.type != "arrow_function":
            around = self._tree.parent(parameter)
            if around is None or items(around)[0] != parameter:
                return None
            function = self._tree.parent(around) or parameter
        outer, arguments = self._tree.outer(function)
        call = None if arguments is None else self._tree.parent(arguments)
        if call is None or call.type != "call_expression" or items(arguments or call)[0] != outer:
            return None
        called = field(call, "function")
        if called is None or called.type != "member_expression":
            return None
        visits = text(field(called, "property") or called) in _VISITS
        return field(called, "object") if visits else None

    # functions

    def argument(self, binding: Binding) -> Node | None:
        """What a parameter certainly is given: its function is called once, in this file alone."""
        declarator = binding.declarator
        around = self._tree.parent(declarator)
        function = None if around is None else self._tree.parent(around)
        if function is None or declarator.type not in _PARAMETERS or binding.writes:
            return None
        if field(declarator, "pattern") != binding.name_node:
            return None
        name = field(function, "name")
        declares = self._tree.parent(function)
        if name is None and declares is not None and declares.type == "variable_declarator":
            name = field(declares, "name")
        own = None if name is None else self._scopes.binding(name)
        if own is None or own.writes or len(own.references) != 1:
            return None
        if any(n.type == "export_statement" for n in self._tree.ancestors(function)):
            return None
        use, call = self._tree.outer(own.references[0])
        given = field(call, "arguments")
        if call is None or field(call, "function") != use or given is None:
            return None
        passed = items(given)
        at = items(around).index(declarator) if around is not None else 0
        spread = any(n.type == "spread_element" for n in passed)
        return passed[at] if at < len(passed) and not spread else None

    def function_behind(self, node: Node) -> Node | None:
        """The function of this file that a called name or `this.NAME` certainly is."""
        node = unwrapped(node)
        if node.type in FUNCTIONS:
            return node
        if node.type == "identifier":
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            if binding.kind is Kind.FUNCTION:
                return binding.declarator
            value = field(binding.declarator, "value") if _is_plain(binding) else None
            return _function(value)
        owner, name = field(node, "object"), field(node, "property")
        if node.type != "member_expression" or owner is None or name is None:
            return None
        body = self._class_body(unwrapped(owner))
        family = [] if body is None else self.family(body)
        found = [n for each in family for n in items(each) if _names(n, text(name))]
        if len(found) != 1:
            return None
        return found[0] if found[0].type in FUNCTIONS else _function(field(found[0], "value"))


def _names(member: Node, name: bytes) -> bool:
    own = field(member, "name") or field(member, "property") or field(member, "key")
    return own is not None and text(own) == name


def _function(value: Node | None) -> Node | None:
    value = None if value is None else unwrapped(value)
    if value is not None and value.type == "call_expression":
        # `useCallback(async () => ...)`
        given = items(field(value, "arguments") or value)
        if text(field(value, "function") or value).endswith(b"useCallback") and given:
            value = unwrapped(given[0])
    return value if value is not None and value.type in FUNCTIONS else None


def _is_plain(binding: Binding) -> bool:
    declarator = binding.declarator
    plain = field(declarator, "name") == binding.name_node
    return declarator.type == "variable_declarator" and plain


def _is_of_this(node: Node) -> bool:
    owner = field(node, "object") if node.type == "member_expression" else None
    return owner is not None and unwrapped(owner).type == "this"


def is_async(function: Node) -> bool:
    """Whether a function is async or a generator, so that its call gives no plain value."""
    return "generator" in function.type or any(
        child.type in ("async", "*") for child in function.children
    )


def returned(function: Node) -> list[Node] | None:
    """The expressions that a function may return; None when one returns nothing."""
    body = field(function, "body")
    if body is None:
        return None
    if body.type != "statement_block":
        return [body]
    found: list[Node] = []
    stack = [body]
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            given = items(node)
            if not given:
                return None
            found.append(given[0])
        elif node.type not in FUNCTIONS:
            stack.extend(reversed(node.named_children))
    return found or None


def parameters(function: Node) -> list[Parameter]:
    """A function's parameters in order; a rest parameter ends them."""
    single = field(function, "parameter")
    if single is not None:
        return [Parameter(single, None)]
    found = []
    for parameter in items(field(function, "parameters") or function):
        if parameter.type not in _PARAMETERS:
            break
        pattern = field(parameter, "pattern")
        if pattern is not None and pattern.type == "rest_pattern":
            break
        plain = pattern is not None and pattern.type == "identifier"
        found.append(Parameter(pattern if plain else None, field(parameter, "value")))
    return found


def key_in(pattern: Node, name: Node) -> bytes | None:
    """The member of an object that a pattern gives this name: `b` for x in `{ a, b: x = 1 }`."""
    if pattern.type != "object_pattern":
        return None
    for part in items(pattern):
        inner = part
        if part.type == "pair_pattern":
            inner = field(part, "value") or part
        if inner.type in ("assignment_pattern", "object_assignment_pattern"):
            inner = field(inner, "left") or inner
        if inner == name:
            return key_name(part) if part.type == "pair_pattern" else text(name)
    return None


def default_of(scopes: Scopes, binding: Binding) -> Node | None:
    """The default that a parameter or a pattern gives a name."""
    declarator, name = binding.declarator, binding.name_node
    if declarator.type in _PARAMETERS and field(declarator, "pattern") == name:
        return field(declarator, "value")
    parent = scopes.tree.parent(name)
    if parent is not None and parent.type in ("assignment_pattern", "object_assignment_pattern"):
        return field(parent, "right") if field(parent, "left") == name else None
    return None


def text_branches(node: Node) -> list[Node]:
    """The branches of `a ? b : c` that may be a text: of `id ? url : null` only the first."""
    branches = [
        b for b in (field(node, "consequence"), field(node, "alternative")) if b is not None
    ]
    texts = [b for b in branches if unwrapped(b).type not in ("null", "undefined")]
    return texts or branches
