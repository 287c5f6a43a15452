"""What an expression's text is before the program runs: constants followed within one file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.tree import field, items, key_name, text, unwrapped

#: Stands for a part that is not known before the program runs (a private-use character).
HOLE = "\ue000"
_MOST_ALTERNATIVES = 16
#: Expressions inside of each other, names followed included; few enough for Python's stack.
_MOST_DEPTH = 64
#: Expressions looked at for one value: constants that double each other have no end.
_MOST_STEPS = 5_000
#: Longer texts are no URL.
_MOST_LETTERS = 4_000
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ORIGIN = re.compile(r"(?P<origin>[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)(?P<path>[^?#]*)")
_MEMBERS = frozenset({"member_expression", "subscript_expression"})


@dataclass(frozen=True, slots=True)
class Value:
    """The texts an expression may have; holes are marked by `HOLE`.

    ``constants`` are the bindings that were followed, in order; ``nodes`` the ids of all
    expressions that the texts come from.
    """

    texts: tuple[str, ...]
    constants: tuple[Binding, ...] = ()
    nodes: frozenset[int] = frozenset()


_UNKNOWN = Value((HOLE,))


def unescape(raw: str) -> str:
    """The text that a string literal's or template's source stands for."""
    if "\\" not in raw:
        return raw

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else HOLE
        char: str = match[4]
        if char in ("\n", "\r\n", "\u2028", "\u2029"):
            return ""
        return _SIMPLE_ESCAPES.get(char, char)

    return _ESCAPE.sub(one, raw)


def _source(node: Node) -> str:
    return text(node).decode("utf-8", "replace")


class Resolver:
    """Follows constants in one file; what it has worked out once it remembers."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self._known: dict[int, Value] = {}
        self._kept: dict[int, bool] = {}
        #: The names that are being followed, to notice one that is declared by itself.
        self._active: set[int] = set()
        self._steps = 0
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
        if depth > _MOST_DEPTH or self._steps > _MOST_STEPS:
            self._cut += 1
            return _UNKNOWN
        cut = self._cut
        found = self._read(node, depth + 1)
        found = Value(found.texts, found.constants, found.nodes | {node.id})
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
                branches = [field(node, "consequence"), field(node, "alternative")]
                return _several([self._value(b, depth) for b in branches if b is not None])
            case "identifier" | "shorthand_property_identifier":
                return self._name(node, depth)
            case "member_expression" | "subscript_expression":
                return self._member(node, depth)
            case "new_expression":
                return self._new_url(node, depth) if self.builds_url(node) else _UNKNOWN
            case "call_expression":
                return self._call(node, depth)
        return _UNKNOWN

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
            parts.append(self._value(inside[0], depth) if len(inside) == 1 else _UNKNOWN)
            position = part.end_byte
        return _joined([*parts, literal(node.end_byte - 1)])

    def _binary(self, node: Node, depth: int) -> Value:
        left, right = field(node, "left"), field(node, "right")
        operator = text_of(node, "operator")
        if left is None or right is None:
            return _UNKNOWN
        if operator == b"+":
            summands = _summands(node)
            nodes = frozenset(n.id for n in summands)
            return _joined([self._value(n, depth) for n in summands], nodes)
        if operator in (b"||", b"??"):
            return _several([self._value(left, depth), self._value(right, depth)])
        return _UNKNOWN

    # names

    def _name(self, node: Node, depth: int) -> Value:
        binding = self._scopes.binding(node)
        if binding is None:
            return _UNKNOWN
        if id(binding) in self._active:
            self._cut += 1
            return _UNKNOWN
        declarator = binding.declarator
        if declarator.type != "variable_declarator" or field(declarator, "name") != (
            binding.name_node
        ):
            return _UNKNOWN
        self._active.add(id(binding))
        try:
            found = self._variable(binding, node, depth)
        finally:
            self._active.discard(id(binding))
        return Value(found.texts, (binding, *found.constants), found.nodes)

    def _variable(self, binding: Binding, use: Node, depth: int) -> Value:
        declared = field(binding.declarator, "value")
        if not binding.writes:
            return _UNKNOWN if declared is None else self._value(declared, depth)
        steps = self._in_order(binding, use)
        if steps is not None:
            parts = [] if declared is None else [declared]
            for assignment in steps:
                right = field(assignment, "right")
                if right is None:
                    return _UNKNOWN
                if assignment.type == "assignment_expression":
                    parts = []
                elif not parts:
                    return _UNKNOWN
                parts.append(right)
            if parts:
                return _joined([self._value(part, depth) for part in parts])
        sources = [declared]
        for write in binding.writes:
            assignment = self._tree.parent(write) or write
            if assignment.type != "assignment_expression" or field(assignment, "left") != write:
                return _UNKNOWN
            sources.append(field(assignment, "right"))
        known = [self._value(source, depth) for source in sources if source is not None]
        return _several(known) if known else _UNKNOWN

    def _in_order(self, binding: Binding, use: Node) -> list[Node] | None:
        """The assignments to a variable that have all run, each once, before a use of it.

        None when one stands in a condition, a loop or a function of its own, or does more than
        `=` and `+=`.
        """
        tree = self._tree
        declaration = tree.parent(binding.declarator)
        block = None if declaration is None else tree.parent(declaration)
        if declaration is None or block is None or block.type == "for_statement":
            return None
        if tree.function_of(use) != tree.function_of(declaration):
            return None
        steps = []
        for write in binding.writes:
            assignment = tree.parent(write)
            statement = None if assignment is None else tree.parent(assignment)
            if assignment is None or statement is None or field(assignment, "left") != write:
                return None
            adds = text_of(assignment, "operator") == b"+="
            if assignment.type != "assignment_expression" and not adds:
                return None
            if statement.type != "expression_statement" or tree.parent(statement) != block:
                return None
            if statement.start_byte < declaration.end_byte:
                return None
            if statement.end_byte <= use.start_byte:
                steps.append(assignment)
        return steps if use.start_byte >= declaration.end_byte else None

    # members of constant objects

    def _member(self, node: Node, depth: int) -> Value:
        """`API.url` where API is a constant object of this file; `.href` of a URL."""
        owner = field(node, "object")
        if owner is None:
            return _UNKNOWN
        if text_of(node, "property") == b"href":
            built = self.constant(owner)
            if built is not None and self.builds_url(built):
                return self._value(owner, depth)
        value = self.member(node)
        if value is None:
            return _UNKNOWN
        found = self._value(value, depth)
        root = unwrapped(owner)
        while root.type in _MEMBERS:
            root = unwrapped(field(root, "object") or root)
        binding = self._scopes.binding(root)
        constants = found.constants if binding is None else (binding, *found.constants)
        return Value(found.texts, constants, found.nodes)

    def member(self, node: Node) -> Node | None:
        """The expression behind `NAME.key` when NAME is an object that nothing changes.

        NAME may be an object literal, one inside of another, a frozen one or an enum.
        """
        path: list[bytes] = []
        owner = unwrapped(node)
        while owner.type in _MEMBERS:
            key = member_key(owner)
            inner = field(owner, "object")
            if key is None or inner is None:
                return None
            path.append(key)
            owner = unwrapped(inner)
        if owner.type != "identifier" or not 0 < len(path) <= _MOST_DEPTH:
            return None
        found: Node | None = self._container(owner)
        while path and found is not None:
            found = _member_of(found, path.pop())
            if path and found is not None:
                # What is deeper may have a name of its own.
                found = self._container(found)
        return found

    def _container(self, node: Node) -> Node | None:
        """The object literal or enum's body that stands behind a name, if nothing changes it."""
        node = unwrapped(node)
        for _ in range(_MOST_DEPTH):
            if node.type in ("object", "enum_body"):
                return node
            if node.type == "call_expression":
                if text_of(node, "function") != b"Object.freeze":
                    return None
                given = items(field(node, "arguments") or node)
                if len(given) != 1:
                    return None
                node = unwrapped(given[0])
                continue
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            inner = field(declarator, "value")
            if declarator.type == "enum_declaration":
                inner = field(declarator, "body")
            elif declarator.type != "variable_declarator" or (
                field(declarator, "name") != binding.name_node
            ):
                return None
            if inner is None or not self._is_kept(binding):
                return None
            node = unwrapped(inner)
        return None

    def _is_kept(self, binding: Binding) -> bool:
        """Whether nothing in this file changes the object that a name stands for."""
        known = self._kept.get(id(binding))
        if known is None:
            known = not any(self._is_changed(use) for use in binding.references)
            self._kept[id(binding)] = known
        return known

    def _is_changed(self, use: Node) -> bool:
        """Whether a member of the named object is assigned, or the object is given away."""
        node, parent = self._tree.outer(use)
        if parent is None:
            return True
        if parent.type not in _MEMBERS or field(parent, "object") != node:
            return parent.type not in ("export_specifier", "export_statement", "type_query")
        while parent is not None and parent.type in _MEMBERS:
            node, parent = self._tree.outer(parent)
        if parent is None:
            return True
        if parent.type in ("assignment_expression", "augmented_assignment_expression"):
            return field(parent, "left") == node
        return parent.type == "update_expression" or text_of(parent, "operator") == b"delete"

    def constant(self, node: Node) -> Node | None:
        """The unwrapped expression that a name stands for, if it is declared once and kept."""
        node = unwrapped(node)
        for _ in range(_MOST_DEPTH):
            if node.type not in ("identifier", "shorthand_property_identifier"):
                return node
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            if field(declarator, "name") != binding.name_node:
                return None
            value = field(declarator, "value")
            if declarator.type != "variable_declarator" or value is None:
                return None
            node = unwrapped(value)
        return None

    # calls that only make a text

    def builds_url(self, node: Node) -> bool:
        """Whether an expression is `new URL(...)` with the platform's URL."""
        constructor = field(node, "constructor")
        return (
            node.type == "new_expression"
            and constructor is not None
            and text(constructor) == b"URL"
            and self._scopes.binding(constructor) is None
        )

    def _new_url(self, node: Node, depth: int) -> Value:
        given = items(field(node, "arguments") or node)
        if len(given) == 1:
            return self._value(given[0], depth)
        if len(given) != 2:
            return _UNKNOWN
        values = [self._value(argument, depth) for argument in given]
        texts = [against(path, base) for path in values[0].texts for base in values[1].texts]
        return _merged(texts, values)

    def _call(self, node: Node, depth: int) -> Value:
        function = field(node, "function")
        given = items(field(node, "arguments") or node)
        if function is None:
            return _UNKNOWN
        if function.type == "identifier":
            plain = text(function) == b"String" and self._scopes.binding(function) is None
            return self._value(given[0], depth) if plain and len(given) == 1 else _UNKNOWN
        owner, name = field(function, "object"), text_of(function, "property")
        if function.type != "member_expression" or owner is None:
            return _UNKNOWN
        if name == b"toString" and not given:
            return self._value(owner, depth)
        if name == b"concat" and unwrapped(owner).type != "array":
            return _joined([self._value(part, depth) for part in (owner, *given)])
        return _UNKNOWN


def text_of(node: Node, name: str) -> bytes:
    """The bytes of a field, empty where it is absent."""
    found = field(node, name)
    return b"" if found is None else text(found)


def member_key(node: Node) -> bytes | None:
    """The name that is read: `b` of `a.b` and `a['b']`; None when it is not known."""
    if node.type == "member_expression":
        return text_of(node, "property")
    index = field(node, "index")
    return text(index)[1:-1] if index is not None and index.type == "string" else None


def against(path: str, base: str) -> str:
    """The URL that `new URL(path, base)` makes; a hole stands for what is not known."""
    if _SCHEME.match(path):
        return path
    found = _ORIGIN.match(base)
    origin = HOLE if found is None else found["origin"]
    if found is None and not base.startswith(HOLE):
        # A base without a host: the URL's constructor throws.
        return HOLE
    if path.startswith("//"):
        return origin.partition("//")[0] + path
    if path.startswith("/"):
        return origin + path
    if path.startswith(HOLE):
        return path
    folder = "" if found is None else found["path"].rpartition("/")[0]
    return f"{origin}{folder}/{path}"


def _member_of(holder: Node, key: bytes) -> Node | None:
    """The value of one member of an object literal or an enum's body, if it is there once."""
    inside = items(holder)
    if holder.type == "enum_body":
        found = [n for n in inside if n.type == "enum_assignment" and _enum_name(n) == key]
        return field(found[0], "value") if len(found) == 1 else None
    if holder.type != "object" or any(n.type == "spread_element" for n in inside):
        return None
    known = ("pair", "shorthand_property_identifier")
    found = [n for n in inside if n.type in known and key_name(n) == key]
    if len(found) != 1:
        return None
    return field(found[0], "value") if found[0].type == "pair" else found[0]


def _enum_name(member: Node) -> bytes:
    name = text_of(member, "name")
    return name[1:-1] if name.startswith((b"'", b'"')) else name


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


def _merged(texts: Iterable[str], values: Iterable[Value]) -> Value:
    """A value of these texts that comes from those values."""
    values = list(values)
    kept = tuple(dict.fromkeys(t if len(t) <= _MOST_LETTERS else HOLE for t in texts))
    if len(kept) > _MOST_ALTERNATIVES:
        kept = (*kept[:_MOST_ALTERNATIVES], HOLE)
    constants = dict.fromkeys(binding for value in values for binding in value.constants)
    return Value(kept, tuple(constants), frozenset().union(*(value.nodes for value in values)))


def _joined(values: list[Value], nodes: frozenset[int] = frozenset()) -> Value:
    """The texts of one value behind the other's, in every combination."""
    texts = [""]
    run: list[str] = []

    for value in values:
        if len(value.texts) == 1:
            run.append(value.texts[0])
            continue
        texts = [a + "".join(run) + b for a in texts for b in value.texts]
        run = []
        if len(texts) > _MOST_ALTERNATIVES:
            texts = [HOLE]
    joined = _merged((a + "".join(run) for a in texts), values)
    return Value(joined.texts, joined.constants, joined.nodes | nodes)


def _several(values: list[Value]) -> Value:
    return _merged((text for value in values for text in value.texts), values)
