"""Which declaration each name refers to: scopes, bindings, their references and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.tree import FUNCTIONS, Tree, descendants, text
from callmend.languages.ecmascript.tree import field as child

_SCOPES = FUNCTIONS | {
    "program",
    "statement_block",
    "for_statement",
    "for_in_statement",
    "catch_clause",
    "switch_body",
    "class_static_block",
    "class_body",
    "class",
    "function_type",
    "constructor_type",
    "call_signature",
    "method_signature",
    "abstract_method_signature",
    "function_signature",
    "construct_signature",
}
#: What `_declare` takes a name from.
_DECLARING = (FUNCTIONS - {"method_definition"}) | {
    "abstract_class_declaration",
    "catch_clause",
    "class",
    "class_declaration",
    "enum_declaration",
    "for_in_statement",
    "function_signature",
    "import_clause",
    "import_require_clause",
    "import_specifier",
    "internal_module",
    "module",
    "namespace_import",
    "optional_parameter",
    "required_parameter",
    "variable_declarator",
}
#: Where a `var` goes no further up.
_VAR_SCOPES = FUNCTIONS | {"class_static_block"}
_NAMES = frozenset(
    {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
)
_PATTERNS = frozenset(
    {
        "object_pattern",
        "array_pattern",
        "rest_pattern",
        "assignment_pattern",
        "pair_pattern",
        "object_assignment_pattern",
    }
)


class Kind(Enum):
    """How a name was declared."""

    CONST = "const"
    LET = "let"
    VAR = "var"
    PARAMETER = "parameter"
    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    OTHER = "other"


@dataclass(eq=False, slots=True)
class Binding:
    """One declared name. ``name_node`` is the name in the declaration.

    ``declarator`` is the `variable_declarator`, parameter or import specifier that declares it.
    References do not count the declaration; writes are the references that assign.
    """

    name: bytes
    kind: Kind
    name_node: Node
    declarator: Node
    scope: Scope
    references: list[Node] = field(default_factory=list)
    writes: list[Node] = field(default_factory=list)

    @property
    def is_stable(self) -> bool:
        """Whether the name never changes its value once it is set."""
        return not self.writes


@dataclass(eq=False, slots=True)
class Scope:
    """A region in which names are declared."""

    node: Node
    parent: Scope | None
    bindings: dict[bytes, Binding] = field(default_factory=dict)

    def lookup(self, name: bytes) -> Binding | None:
        """The binding that a name means here."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.bindings.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None


class Scopes:
    """All scopes of one tree, with every reference resolved."""

    def __init__(self, tree: Tree) -> None:
        #: The tree whose names these are.
        self.tree = tree
        self._scope_of: dict[int, Scope] = {}
        self._binding_of: dict[int, Binding] = {}
        self._declared: set[int] = set()
        self.free: dict[bytes, list[Node]] = {}
        self.root = Scope(tree.root, None)
        self._scope_of[tree.root.id] = self.root
        self._declare_all()
        self._refer_all()

    def scope_at(self, node: Node) -> Scope:
        """The innermost scope that a node stands in (its own, if it opens one)."""
        return self._scope_of.get(node.id, self.root)

    def binding(self, name_node: Node) -> Binding | None:
        """What a name refers to (or declares); None for a name that this file does not declare."""
        return self._binding_of.get(name_node.id)

    def names_in(self, node: Node) -> Iterator[Node]:
        """The name nodes in a subtree that refer to something (no property names)."""
        for found in descendants(node):
            if found.type in _NAMES and found.id not in self._declared:
                yield found

    def uses_inside(self, name: bytes, node: Node, *, of: Binding | None) -> bool:
        """Whether a subtree refers by this name to a given binding, or (None) to none of ours."""
        nodes = self.free.get(name, []) if of is None else of.references
        return any(
            node.start_byte <= use.start_byte and use.end_byte <= node.end_byte for use in nodes
        )

    # declarations

    def _declare_all(self) -> None:
        scope_of = self._scope_of
        declaring = []
        for node in self.tree.nodes:
            parent = self.tree.parent(node)
            if parent is None:
                continue
            scope = scope_of[parent.id]
            kind = node.type
            # A function's body shares the scope of its parameters: a `let` of the same name
            # as a parameter is a syntax error, so nothing is lost by merging the two.
            if kind in _SCOPES and not (
                kind == "statement_block"
                and (parent.type in FUNCTIONS or parent.type == "catch_clause")
            ):
                scope = Scope(node, scope)
            scope_of[node.id] = scope
            if kind in _DECLARING:
                declaring.append(node)
        for node in declaring:
            self._declare(node)

    def _outer(self, node: Node) -> Scope:
        parent = self.tree.parent(node)
        return self.scope_at(parent) if parent is not None else self.root

    def _declare(self, node: Node) -> None:
        kind = node.type
        if kind == "variable_declarator":
            self._declare_variable(node)
        elif kind in ("required_parameter", "optional_parameter"):
            pattern = child(node, "pattern")
            if pattern is not None:
                self._bind_pattern(pattern, Kind.PARAMETER, node, self.scope_at(node))
        elif kind == "arrow_function":
            parameter = child(node, "parameter")
            if parameter is not None:
                self._bind(parameter, Kind.PARAMETER, node, self.scope_at(node))
        elif kind in ("function_declaration", "generator_function_declaration"):
            self._bind(child(node, "name"), Kind.FUNCTION, node, self._outer(node))
        elif kind in ("function_expression", "generator_function"):
            self._bind(child(node, "name"), Kind.FUNCTION, node, self.scope_at(node))
        elif kind in ("class_declaration", "abstract_class_declaration"):
            self._bind(child(node, "name"), Kind.CLASS, node, self._outer(node))
        elif kind == "class":
            self._bind(child(node, "name"), Kind.CLASS, node, self.scope_at(node))
        elif kind in ("enum_declaration", "internal_module", "module", "function_signature"):
            self._bind(child(node, "name"), Kind.OTHER, node, self._outer(node))
        elif kind == "catch_clause":
            parameter = child(node, "parameter")
            if parameter is not None:
                self._bind_pattern(parameter, Kind.LET, node, self.scope_at(node))
        elif kind == "for_in_statement" and child(node, "kind") is not None:
            left = child(node, "left")
            if left is not None:
                how = _kind(child(node, "kind"))
                self._bind_pattern(left, how, node, self._scope_for(how, node))
        elif kind in ("import_specifier", "import_clause", "namespace_import"):
            self._declare_import(node)
        elif kind == "import_require_clause":
            names = [n for n in node.named_children if n.type == "identifier"]
            self._bind(names[0] if names else None, Kind.IMPORT, node, self.root)

    def _declare_variable(self, node: Node) -> None:
        name = child(node, "name")
        declaration = self.tree.parent(node)
        if name is None or declaration is None:
            return
        how = Kind.VAR
        if declaration.type == "lexical_declaration":
            how = _kind(child(declaration, "kind"))
        self._bind_pattern(name, how, node, self._scope_for(how, node))

    def _declare_import(self, node: Node) -> None:
        if node.type == "import_specifier":
            self._bind(child(node, "alias") or child(node, "name"), Kind.IMPORT, node, self.root)
            name = child(node, "name")
            if name is not None:
                self._declared.add(name.id)
        else:
            for name in node.named_children:
                if name.type == "identifier":
                    self._bind(name, Kind.IMPORT, node, self.root)

    def _scope_for(self, how: Kind, node: Node) -> Scope:
        scope = self.scope_at(node)
        if how is not Kind.VAR:
            return scope
        while scope.parent is not None and scope.node.type not in _VAR_SCOPES:
            scope = scope.parent
        return scope

    def _bind_pattern(self, pattern: Node, kind: Kind, declarator: Node, scope: Scope) -> None:
        for name in _pattern_names(pattern):
            self._bind(name, kind, declarator, scope)

    def _bind(self, name: Node | None, kind: Kind, declarator: Node, scope: Scope) -> None:
        if name is None or name.type not in (*_NAMES, "type_identifier"):
            return
        known = scope.bindings.get(text(name))
        if known is None:
            known = Binding(text(name), kind, name, declarator, scope)
            scope.bindings[known.name] = known
        elif kind is Kind.FUNCTION and known.declarator.type == "function_signature":
            # The signatures in front of a function say what it may be given.
            known.kind, known.name_node, known.declarator = kind, name, declarator
        elif Kind.VAR in (kind, known.kind) or kind is known.kind is Kind.FUNCTION:
            # `var` twice is one variable that is set twice, and of two functions the last one is.
            known.writes.append(name)
        self._binding_of[name.id] = known
        self._declared.add(name.id)

    # references

    def _refer_all(self) -> None:
        for node in self.tree.nodes:
            if node.type not in _NAMES or node.id in self._declared:
                continue
            found = self.scope_at(node).lookup(text(node))
            if found is None:
                self.free.setdefault(text(node), []).append(node)
                continue
            self._binding_of[node.id] = found
            found.references.append(node)
            if self.is_write(node):
                found.writes.append(node)

    def is_write(self, name: Node) -> bool:
        """Whether this use of a name assigns to it."""
        node = name
        for parent in self.tree.ancestors(name):
            if parent.type in ("assignment_expression", "augmented_assignment_expression"):
                return child(parent, "left") == node
            if parent.type == "update_expression":
                return True
            if parent.type == "for_in_statement":
                return child(parent, "left") == node
            if parent.type in ("assignment_pattern", "object_assignment_pattern"):
                if child(parent, "right") == node:
                    return False
            elif parent.type not in _PATTERNS and parent.type not in (
                "parenthesized_expression",
                "non_null_expression",
                "as_expression",
            ):
                return False
            node = parent
        return False


def _kind(node: Node | None) -> Kind:
    word = text(node) if node is not None else b""
    return {b"const": Kind.CONST, b"let": Kind.LET, b"var": Kind.VAR}.get(word, Kind.CONST)


def _pattern_names(pattern: Node) -> Iterator[Node]:
    """The names that a destructuring pattern declares, in source order."""
    stack: list[Node | None] = [pattern]
    while stack:
        part = stack.pop()
        if part is None:
            continue
        if part.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield part
        elif part.type in ("assignment_pattern", "object_assignment_pattern"):
            stack.append(child(part, "left"))
        elif part.type == "pair_pattern":
            stack.append(child(part, "value"))
        elif part.type in _PATTERNS:
            stack.extend(reversed(part.named_children))


def is_declared_exported(binding: Binding) -> bool:
    """Whether a declaration stands behind `export`."""
    parent = binding.declarator.parent
    around = parent.parent if parent is not None else None
    # A function is declared by itself, a variable inside of its `const`.
    return any(node is not None and node.type == "export_statement" for node in (parent, around))
