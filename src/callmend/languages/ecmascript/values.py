"""What an expression's text is before the program runs: constants followed within one file."""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.fields import held_by_field
from callmend.languages.ecmascript.members import (
    MEMBERS,
    MOST_DEPTH,
    Members,
    member_key,
    member_of,
    text_of,
)
from callmend.languages.ecmascript.placeholders import filled, placeholder_of
from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.sources import (
    Elements,
    Sources,
    default_of,
    is_async,
    key_in,
    parameters,
    returned,
    text_branches,
)
from callmend.languages.ecmascript.steps import assigned_in_order
from callmend.languages.ecmascript.texts import (
    HOLE,
    UNKNOWN,
    Value,
    against,
    joined,
    may_be_workflow,
    merged,
    several,
    unescape,
)
from callmend.languages.ecmascript.tree import field, items, text, unwrapped
from callmend.languages.ecmascript.url_objects import is_changed, is_platforms

__all__ = ["HOLE", "Resolver", "Value", "member_key", "text_of", "unescape"]

#: Expressions looked at for one value: constants that double each other have no end.
_MOST_STEPS = 5_000
#: Functions that call each other twice are twice as much work for each that is inside.
_MOST_INSIDE = 6
#: Functions of the platform whose result is, for a URL, the text that they are given.
_SAME_TEXT = frozenset({b"String", b"encodeURI", b"encodeURIComponent"})
#: A pattern that takes the slashes at a text's end, as `replace` is given it.
_ENDING_SLASHES = re.compile(rb"/\\/[+*]?\$/[gu]*")


_EMPTY = Value(("",))


def _source(node: Node) -> str:
    return text(node).decode("utf-8", "replace")


class Resolver:
    """Follows constants in one file; what it has worked out once it remembers."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = self.scopes = scopes
        self._tree = scopes.tree
        self._members = Members(scopes)
        self._sources = Sources(scopes)
        #: What the parameters of the functions that are looked into are given.
        self._given: dict[int, Value] = {}
        self._known: dict[int, Value] = {}
        #: The names that are being followed, to notice one that is declared by itself.
        self._active: set[int] = set()
        self._steps = 0
        #: How many functions that make a text are looked into inside each other.
        self._inside = 0
        #: How often an expression was given up at a limit, not for what it is.
        self._cut = 0

    def value(self, node: Node) -> Value:
        """The texts that an expression may have."""
        self._steps = 0
        return self._value(node, 0)

    def _value(self, node: Node, depth: int) -> Value:
        node = unwrapped(node)
        known = self._known.get(node.id)
        if known is not None:
            return known
        self._steps += 1
        if depth > MOST_DEPTH or self._steps > _MOST_STEPS:
            self._cut += 1
            return UNKNOWN
        cut = self._cut
        found = self._read(node, depth + 1)
        found = replace(found, nodes=found.nodes | {node.id})
        if self._cut == cut:
            self._known[node.id] = found
        return found

    def _read(self, node: Node, depth: int) -> Value:
        match node.type:
            case "string":
                return Value((unescape(_source(node)[1:-1]),))
            case "number":
                return Value((_source(node),))
            case "template_string":
                return self._template(node, depth)
            case "binary_expression":
                return self._binary(node, depth)
            case "ternary_expression":
                return several([self._value(branch, depth) for branch in text_branches(node)])
            case "identifier" | "shorthand_property_identifier":
                return self._name(node, depth)
            case "member_expression" | "subscript_expression":
                return self._member(node, depth)
            case "new_expression":
                return self._new_url(node, depth) if self.builds_url(node) else UNKNOWN
            case "call_expression":
                return self._call(node, depth)
        return UNKNOWN

    def _template(self, node: Node, depth: int) -> Value:
        parts: list[Value] = []
        position = node.start_byte + 1
        data = text(node)

        def literal(end: int) -> Value:
            raw = data[position - node.start_byte : end - node.start_byte]
            return Value((unescape(raw.decode("utf-8", "replace")),))

        for part in node.named_children:
            if part.type != "template_substitution":
                continue
            inside = items(part)
            parts.append(literal(part.start_byte))
            parts.append(self._value(inside[0], depth) if len(inside) == 1 else UNKNOWN)
            position = part.end_byte
        return joined([*parts, literal(node.end_byte - 1)])

    def _binary(self, node: Node, depth: int) -> Value:
        left, right = field(node, "left"), field(node, "right")
        operator = text_of(node, "operator")
        if left is None or right is None:
            return UNKNOWN
        if operator == b"+":
            summands = _summands(node)
            nodes = frozenset(n.id for n in summands)
            return joined([self._value(n, depth) for n in summands], nodes)
        if operator in (b"||", b"??"):
            return several([self._value(left, depth), self._value(right, depth)])
        return UNKNOWN

    # names

    def _name(self, node: Node, depth: int) -> Value:
        binding = self._scopes.binding(node)
        if binding is None:
            return UNKNOWN
        given = self._given.get(id(binding))
        if given is not None:
            return given
        if id(binding) in self._active:
            self._cut += 1
            return UNKNOWN
        self._active.add(id(binding))
        try:
            return self._declared(binding, node, depth)
        finally:
            self._active.discard(id(binding))

    def _declared(self, binding: Binding, use: Node, depth: int) -> Value:
        declarator = binding.declarator
        plain = field(declarator, "name") == binding.name_node
        if declarator.type == "variable_declarator" and plain:
            found = self._variable(binding, use, depth)
            return replace(found, constants=(binding, *found.constants))
        listed = self._sources.listed(binding)
        if listed is not None:
            return self._one_of(listed[0], listed[1], depth)
        if binding.writes:
            return UNKNOWN
        found = self._taken_out(binding, depth) if not plain else UNKNOWN
        default = default_of(self._scopes, binding)
        return found if default is None else several([found, self._value(default, depth)])

    def _one_of(self, elements: Elements, key: bytes | None, depth: int) -> Value:
        """The texts of a list's elements, or of one member of each."""
        values = []
        for element in elements.nodes:
            found = element
            if element is not None and key is not None:
                holder = self._members.container(element)
                found = None if holder is None else member_of(holder, key)
            values.append(UNKNOWN if found is None else self._value(found, depth))
        whole = several(values) if values else UNKNOWN
        if all(map(may_be_workflow, whole.texts)):
            # Each of some workflows is asked; none is a URL that is tried.
            return Value((HOLE,), whole.constants, nodes=whole.nodes)
        return replace(whole, candidates=elements.array)

    def _taken_out(self, binding: Binding, depth: int) -> Value:
        """`const { base } = API`, `const { base } = this`, `const [first] = urls`."""
        pattern, source = field(binding.declarator, "name"), field(binding.declarator, "value")
        if pattern is None or source is None:
            return UNKNOWN
        if pattern.type == "array_pattern":
            elements = self._sources.elements(source)
            at = [n.id for n in items(pattern)]
            if elements is None or binding.name_node.id not in at or None in elements.nodes:
                return UNKNOWN
            number = at.index(binding.name_node.id)
            found = elements.nodes[number] if number < len(elements.nodes) else None
            return UNKNOWN if found is None else self._value(found, depth)
        key = key_in(pattern, binding.name_node)
        holder = None if key is None else self._members.container(source)
        value = None if holder is None or key is None else member_of(holder, key)
        return UNKNOWN if value is None else self._value(value, depth)

    def _variable(self, binding: Binding, use: Node, depth: int) -> Value:
        declared = field(binding.declarator, "value")
        if not binding.writes:
            if declared is None or self._is_changed_url(binding, unwrapped(declared)):
                return UNKNOWN
            return self._value(declared, depth)
        steps = assigned_in_order(self._scopes, binding, use)
        if steps is not None and self._adds_queries(steps, depth):
            parts = [] if declared is None else [self._value(declared, depth)]
            for assignment, sometimes in steps:
                right = field(assignment, "right")
                if right is None:
                    return UNKNOWN
                if assignment.type == "assignment_expression":
                    parts = []
                elif not parts:
                    return UNKNOWN
                piece = self._value(right, depth)
                parts.append(several([_EMPTY, piece]) if sometimes else piece)
            if parts:
                return joined(parts)
        sources = [declared]
        more = []
        for write in binding.writes:
            assignment = self._tree.parent(write) or write
            if field(assignment, "left") != write:
                return UNKNOWN
            if text_of(assignment, "operator") == b"+=":
                more.append(field(assignment, "right"))
            elif assignment.type == "assignment_expression":
                sources.append(field(assignment, "right"))
            else:
                return UNKNOWN
        known = [self._value(source, depth) for source in sources if source is not None]
        if not known:
            return UNKNOWN
        if not more:
            return several(known)
        # Which of them are added, and in which order, is known at run time only.
        added = [self._value(part, depth) for part in more if part is not None]
        whole = [joined([several(known), each]) for each in (joined(added), *added)]
        return several([*known, *whole, UNKNOWN])

    def _adds_queries(self, steps: list[tuple[Node, bool]], depth: int) -> bool:
        """Whether what is added only sometimes is a query or a fragment, and no other path."""
        return all(
            known.startswith(("?", "&", "#"))
            for step, sometimes in steps
            if sometimes and (right := field(step, "right")) is not None
            for known in self._value(right, depth).texts
        )

    def _is_changed_url(self, binding: Binding, declared: Node) -> bool:
        if not self.builds_url(declared):
            return False
        return is_changed(self._scopes, binding, self.function_behind)

    # members of constant objects

    def _member(self, node: Node, depth: int) -> Value:
        """`API.url` where API is a constant object of this file; `.href` of a URL."""
        owner = field(node, "object")
        if owner is None:
            return UNKNOWN
        if text_of(node, "property") == b"href":
            built = self.constant(owner)
            if built is not None and self.builds_url(built):
                return self._value(owner, depth)
        value = self.member(node)
        if value is None:
            return self._field_or_element(node, unwrapped(owner), depth)
        found = self._value(value, depth)
        root = unwrapped(owner)
        while root.type in MEMBERS:
            root = unwrapped(field(root, "object") or root)
        binding = self._scopes.binding(root)
        constants = found.constants if binding is None else (binding, *found.constants)
        return replace(found, constants=constants)

    def _field_or_element(self, node: Node, owner: Node, depth: int) -> Value:
        """`this.base`, `Api.base` of a class, `urls[0]`, `urls[i]`, `target.url` in a loop."""
        values = self._sources.fields(node)
        if values is not None:
            if not values or node.id in self._active:
                return UNKNOWN
            self._active.add(node.id)
            try:
                known = [UNKNOWN if n is None else self._value(n, depth) for n in values]
            finally:
                self._active.discard(node.id)
            return several(known)
        held = held_by_field(owner, self._sources, self._members, self._tree)
        if held is not None:
            key = member_key(node)
            value = None if key is None else member_of(held, key)
            return UNKNOWN if value is None else self._value(value, depth)
        if node.type == "subscript_expression":
            elements = self._sources.elements(owner)
            index = field(node, "index")
            if elements is None or index is None or index.type == "string":
                return UNKNOWN
            number = int(text(index)) if text(index).isdigit() else -1
            if None not in elements.nodes and 0 <= number < len(elements.nodes):
                return self._value(elements.nodes[number] or node, depth)
            return self._one_of(elements, None, depth)
        binding = self._scopes.binding(owner) if owner.type == "identifier" else None
        settings = None if binding is None else self._argument_object(binding)
        if settings is not None:
            value = member_of(settings, text_of(node, "property"))
            return UNKNOWN if value is None else self._value(value, depth)
        listed = None if binding is None else self._sources.listed(binding)
        if listed is None or listed[1] is not None:
            return UNKNOWN
        return self._one_of(listed[0], text_of(node, "property"), depth)

    def _argument_object(self, binding: Binding) -> Node | None:
        """The object that a parameter is given by the only call: `run(getConfig())`."""
        given = self._sources.argument(binding) if binding.kind is Kind.PARAMETER else None
        if given is None or not self._members.is_kept(binding):
            return None
        for _ in range(_MOST_INSIDE):
            given = unwrapped(given)
            if given.type == "call_expression":
                own = self.function_behind(field(given, "function") or given)
                results = None if own is None or is_async(own) else returned(own)
                if results is None or len(results) != 1:
                    return None
                given = results[0]
                continue
            held = self._scopes.binding(given) if given.type == "identifier" else None
            if held is None or held.writes or field(held.declarator, "name") != held.name_node:
                break
            value = field(held.declarator, "value")
            if value is None or not self._members.is_kept(held, given):
                return None
            given = value
        return given if given.type == "object" else None

    def member(self, node: Node) -> Node | None:
        """The expression behind `NAME.key` when NAME is an object that nothing changes."""
        return self._members.member(node)

    def constant(self, node: Node) -> Node | None:
        """The unwrapped expression that a name stands for, if it is declared once and kept."""
        return self._members.constant(node)

    def binding(self, node: Node) -> Binding | None:
        """What declares a name; None for anything else."""
        return self._scopes.binding(node) if node.type == "identifier" else None

    # calls that only make a text

    def builds_url(self, node: Node) -> bool:
        """Whether an expression is `new URL(...)` with the platform's URL."""
        constructor = field(node, "constructor")
        return (
            node.type == "new_expression"
            and constructor is not None
            and is_platforms(self._scopes, constructor)
        )

    def _new_url(self, node: Node, depth: int) -> Value:
        given = items(field(node, "arguments") or node)
        if len(given) == 1:
            return self._value(given[0], depth)
        if len(given) != 2:
            return UNKNOWN
        values = [self._value(argument, depth) for argument in given]
        texts = [against(path, base) for path in values[0].texts for base in values[1].texts]
        return merged(texts, values)

    def _call(self, node: Node, depth: int) -> Value:
        function = field(node, "function")
        given = items(field(node, "arguments") or node)
        if function is None:
            return UNKNOWN
        if function.type == "identifier" and self._scopes.binding(function) is None:
            same = text(function) in _SAME_TEXT and len(given) == 1
            return self._value(given[0], depth) if same else UNKNOWN
        own = self.function_behind(function)
        if own is not None:
            return self._returned(own, given, depth)
        owner, name = field(function, "object"), text_of(function, "property")
        if function.type != "member_expression" or owner is None:
            return UNKNOWN
        if name in (b"toString", b"trim") and not given:
            return self._value(owner, depth)
        if name == b"concat" and unwrapped(owner).type != "array":
            return joined([self._value(part, depth) for part in (owner, *given)])
        if name == b"replace" and len(given) == 2 and _ENDING_SLASHES.fullmatch(text(given[0])):
            base = self._value(owner, depth)
            plain = text(given[1]) in (b"''", b'""')
            return merged([t.rstrip("/") for t in base.texts], [base]) if plain else UNKNOWN
        holder = placeholder_of(node)
        if holder is not None and self.function_behind(given[1]) is None:
            hole, everywhere = holder
            values = [self._value(part, depth) for part in (owner, given[1])]
            return filled(values[0], hole, values[1], everywhere)
        if name == b"join" and len(given) == 1:
            return self._joined_list(owner, given[0], depth)
        return UNKNOWN

    def _joined_list(self, owner: Node, separator: Node, depth: int) -> Value:
        """`[base, 'workflows', 'runs'].join('/')`."""
        elements = self._sources.elements(owner)
        if elements is None or separator.type != "string" or None in elements.nodes:
            return UNKNOWN
        between = self._value(separator, depth)
        parts: list[Value] = []
        for element in elements.nodes:
            if element is not None:
                parts += [between] * bool(parts) + [self._value(element, depth)]
        return joined(parts)

    def function_behind(self, function: Node) -> Node | None:
        """The function of this file that is called, if it certainly is that one."""
        found = self._sources.function_behind(function)
        if found is None and unwrapped(function).type == "member_expression":
            member = self.member(unwrapped(function))
            found = None if member is None else self._sources.function_behind(member)
        return found

    def _returned(self, function: Node, given: list[Node], depth: int) -> Value:
        """What a function returns for these arguments, where it only makes a text."""
        results = None if is_async(function) else returned(function)
        if results is None or function.id in self._active:
            return UNKNOWN
        if self._inside >= _MOST_INSIDE:
            self._cut += 1
            return UNKNOWN
        values = self.arguments(function, given, depth)
        self._active.add(function.id)
        self._inside += 1
        try:
            return several([self.substituted(result, values, depth) for result in results])
        finally:
            self._active.discard(function.id)
            self._inside -= 1

    def arguments(self, function: Node, given: list[Node], depth: int = 0) -> dict[int, Value]:
        """What a function's parameters are for these arguments, by the id of their binding."""
        found: dict[int, Value] = {}
        spread = any(node.type == "spread_element" for node in given)
        for number, parameter in enumerate(parameters(function)):
            binding = None if parameter.name is None else self._scopes.binding(parameter.name)
            if binding is None or binding.writes:
                continue
            value = UNKNOWN
            if not spread and number < len(given):
                value = self._value(given[number], depth)
            elif not spread and parameter.default is not None:
                value = self._value(parameter.default, depth)
            found[id(binding)] = value
        return found

    def substituted(self, node: Node, given: dict[int, Value], depth: int = 0) -> Value:
        """The texts of an expression in a function whose parameters are given these values."""
        known, outer = self._known, self._given
        # What is known for other arguments is not known for these.
        self._known, self._given = {}, {**outer, **given}
        try:
            return self._value(node, depth)
        finally:
            self._known, self._given = known, outer


def _summands(node: Node) -> list[Node]:
    """The parts of a sum, first to last: `a + b + c` is one sum in another, and may be long."""
    parts: list[Node] = []
    while node.type == "binary_expression" and text_of(node, "operator") == b"+":
        left, right = field(node, "left"), field(node, "right")
        if left is None or right is None:
            break
        parts.append(right)
        node = unwrapped(left)
    parts.append(node)
    return parts[::-1]
