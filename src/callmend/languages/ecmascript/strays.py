"""Dead URLs that no call was found for: where each goes, and whether something may request it.

A URL is followed from its literal through names, members, containers and conditions. It may end
where other files see it, where this analysis cannot follow it (and then a call may be given it),
or only where it is compared, logged or shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tree_sitter import Node

from callmend.endpoints import Endpoint, catalogue
from callmend.languages.ecmascript.find import Certainty, Request, classify
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.transports import Callees
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    field,
    items,
    key_name,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import Resolver, member_key, text_of
from callmend.records import record

_TEXTS = frozenset({"string", "template_string", "binary_expression", "new_expression"})
#: Attributes of an element that a browser sends a request to, and those of a component that show.
_SENT_ATTRIBUTES = frozenset({b"action", b"formAction"})
_SHOWN_ATTRIBUTES = frozenset(
    {b"alt", b"children", b"className", b"href", b"id", b"key", b"label", b"placeholder"}
    | {b"src", b"title", b"to"}
)
_DEFAULTS = frozenset(
    {
        "assignment_pattern",
        "object_assignment_pattern",
        "optional_parameter",
        "required_parameter",
    }
)
#: What gives a function its name.
_NAMED = frozenset({"function_declaration", "variable_declarator"})
_BASE = "/v1/workflows"
_CHOICES = (b"||", b"??", b"&&")
_MOST_STEPS = 2_000


@record(frozen=True, slots=True)
class Stray:
    """A dead URL without a call: its literal, whether other files see it, and where it is lost."""

    endpoint: Endpoint
    node: Node
    exported: bool
    lost_at: str


@record(frozen=True, slots=True)
class Flow:
    """A value that holds the URL: in itself, or in the members of ``path``, outermost first.

    None in the path is a member that is not known by name.
    """

    node: Node
    path: tuple[bytes | None, ...] = ()


@record(frozen=True, slots=True)
class End:
    """Where following a value ends: other files see it (no node), or it is lost at a node."""

    lost: Node | None = None


Path = tuple[bytes | None, ...]
_EXPORTED = End()


class Strays:
    """Finds the dead URLs of one file that its requests do not account for."""

    #: Which nodes may be a URL of their own.
    kinds = _TEXTS

    def __init__(self, tree: Tree, scopes: Scopes, resolver: Resolver, callees: Callees) -> None:
        self._tree = tree
        self._scopes = scopes
        self._resolver = resolver
        self._callees = callees

    def find(self, requests: Iterable[Request]) -> list[Stray]:
        """The dead URLs that may be requested and are in none of these requests, in order.

        One that is in a request too is told where other files see it.
        """
        accounted: set[int] = set()
        accounted.update(*(request.nodes for request in requests))
        seen = self._seen_elsewhere(accounted) if accounted else ()
        return sorted([*self.found(accounted), *seen], key=lambda stray: stray.node.start_byte)

    def _seen_elsewhere(self, accounted: Collection[int]) -> Iterator[Stray]:
        """The URLs of this file's own requests that are exported: the text itself stays dead."""
        for node in self._tree.nodes:
            if node.id not in accounted or node.type not in self.kinds or self._is_part(node):
                continue
            matched = self._matched(node)
            if matched is not None and matched.method != "GET" and self._is_exported(node):
                yield Stray(matched, node, exported=True, lost_at="")

    def found(self, accounted: Collection[int]) -> list[Stray]:
        """The strays among the texts that are none of these nodes, in order."""
        found = []
        for node in self._tree.nodes:
            kind = node.type
            if kind not in self.kinds or node.id in accounted or self._is_part(node):
                continue
            if kind == "binary_expression" and not _adds(node):
                continue
            matched = self._matched(node)
            endpoint = _below(matched)
            if endpoint is None or endpoint.method == "GET":
                # What it is requested with is not known, and it may be the base of other URLs.
                continue
            exported, lost = self._ends(node)
            if endpoint is not matched and lost is not None and lost.type == "call_expression":
                # It is requested as it is, or by what only gets the URL.
                continue
            if exported or lost is not None:
                at = "" if lost is None else f"`{show(lost)}` in line {lost.start_point[0] + 1}"
                found.append(Stray(endpoint, node, exported, at))
        return found

    def _matched(self, node: Node) -> Endpoint | None:
        """The endpoint that a text is the URL of."""
        matched = classify(self._resolver.value(node))
        return matched[0] if matched is not None and matched[1] is Certainty.CERTAIN else None

    def _is_part(self, node: Node) -> bool:
        """Whether a text is only a piece of a longer one, which is looked at as a whole."""
        outer, parent = self._tree.outer(node)
        if parent is None:
            return False
        if parent.type == "template_substitution" or _adds(parent):
            return True
        if parent.type == "arguments":
            return self._makes_a_text(self._tree.parent(parent))
        return (
            parent.type == "member_expression"
            and field(parent, "object") == outer
            and (self._makes_a_text(parent) or self._makes_a_text(self._tree.parent(parent)))
        )

    def _makes_a_text(self, node: Node | None) -> bool:
        """Whether an expression's own text is known, so that it stands for its parts."""
        if node is None or node.type not in ("new_expression", "call_expression"):
            return node is not None and text_of(node, "property") == b"href"
        return classify(self._resolver.value(node)) is not None

    # where a URL goes

    def _ends(self, literal: Node) -> tuple[bool, Node | None]:
        """Whether other files see a URL, and the first place where it cannot be followed."""
        exported = False
        for step in self._steps(literal):
            if step.lost is not None:
                return exported, step.lost
            exported = True
        return exported, None

    def _is_exported(self, literal: Node) -> bool:
        """Whether other files see a URL, wherever else it goes."""
        return any(step.lost is None for step in self._steps(literal))

    def _steps(self, literal: Node) -> Iterator[End]:
        """Every place where following a URL ends."""
        stack = [Flow(literal)]
        seen: set[tuple[int, Path]] = set()
        while stack:
            flow = stack.pop()
            if (flow.node.id, flow.path) in seen:
                continue
            seen.add((flow.node.id, flow.path))
            if len(seen) > _MOST_STEPS:
                yield End(flow.node)
                return
            for step in self._next(flow):
                if isinstance(step, Flow):
                    stack.append(step)
                else:
                    yield step

    def _next(self, flow: Flow) -> Iterator[Flow | End]:
        """Where a value goes from here: on, to other files, or (a node) where it is lost."""
        node, parent = self._tree.outer(flow.node)
        if parent is None:
            return
        kind = parent.type
        if kind == "variable_declarator" and field(parent, "value") == node:
            yield from self._declared(parent, flow.path)
        elif kind == "assignment_expression":
            if field(parent, "right") == node:
                yield from self._assigned(parent, flow.path)
        elif kind == "augmented_assignment_expression":
            if field(parent, "right") == node:
                yield End(parent)
        elif kind in ("ternary_expression", "sequence_expression", "await_expression"):
            if field(parent, "condition") != node:
                yield Flow(parent, flow.path)
        elif kind == "binary_expression":
            if text_of(parent, "operator") in _CHOICES or (_adds(parent) and self._is_dead(parent)):
                yield Flow(parent, flow.path)
        elif kind == "template_substitution":
            template = self._tree.parent(parent)
            if template is not None and self._is_dead(template):
                yield Flow(template, flow.path)
        elif kind in ("pair", "shorthand_property_identifier", "object", "array"):
            yield from self._contained(node, parent, flow.path)
        elif kind == "spread_element":
            around = self._tree.parent(parent)
            if around is not None:
                inside = around.type in ("object", "array")
                yield Flow(around, flow.path) if inside else End(parent)
        elif kind in ("member_expression", "subscript_expression"):
            yield from self._read(node, parent, flow.path)
        elif kind == "arguments":
            yield from self._given(parent, flow.path)
        elif kind == "call_expression" and field(parent, "arguments") == node:
            # A template with a tag: String.raw`...`.
            yield Flow(parent, flow.path) if self._is_dead(parent) else End(parent)
        elif kind == "enum_assignment":
            yield from self._enumerated(parent)
        elif kind == "for_in_statement" and field(parent, "right") == node:
            yield from self._gone_through(parent, flow.path)
        elif kind in ("export_statement", "export_specifier"):
            yield _EXPORTED
        elif kind in ("return_statement", "arrow_function", "yield_expression"):
            if not self._is_answer_of_a_double(parent):
                yield from self._returned(parent, flow.path)
        elif kind in _DEFAULTS or kind == "public_field_definition":
            if node != field(parent, "name") and node != field(parent, "left"):
                yield End(parent)
        elif kind in ("jsx_attribute", "jsx_expression"):
            yield from self._shown(parent)

    def _is_dead(self, node: Node) -> bool:
        return classify(self._resolver.value(node)) is not None

    def _declared(self, declarator: Node, path: Path) -> Iterator[Flow | End]:
        name = field(declarator, "name")
        binding = None if name is None else self._scopes.binding(name)
        if binding is not None:
            yield from self._uses(binding, path)
        elif name is not None and name.type == "object_pattern" and path:
            # `const { runs } = API`
            for part in items(name):
                key = key_name(part) if part.type != "object_assignment_pattern" else None
                if key is None or path[0] is None or key == path[0]:
                    value = field(part, "value") or part
                    bound = self._scopes.binding(value)
                    if bound is None:
                        yield End(declarator)
                    else:
                        yield from self._uses(bound, path[1:])
        else:
            yield End(declarator)

    def _uses(self, binding: Binding, path: Path) -> Iterator[Flow | End]:
        if is_exported(self._tree, binding):
            yield _EXPORTED
        for use in binding.references:
            if use not in binding.writes:
                yield Flow(use, path)

    def _assigned(self, assignment: Node, path: Path) -> Iterator[Flow | End]:
        left = field(assignment, "left")
        binding = None if left is None else self._scopes.binding(left)
        if left is not None and _is_commonjs(left):
            yield _EXPORTED
        elif binding is not None:
            yield from self._uses(binding, path)
        else:
            yield End(assignment)

    def _contained(self, node: Node, parent: Node, path: Path) -> Iterator[Flow]:
        if parent.type == "array":
            yield Flow(parent, (None, *path))
        elif parent.type == "object":
            # A name in short: `{ RUNS }`.
            yield Flow(parent, (text(node), *path))
        elif field(parent, "value") == node:
            around = self._tree.parent(parent)
            if around is not None:
                yield Flow(around, (key_name(parent), *path))

    def _read(self, node: Node, member: Node, path: Path) -> Iterator[Flow | End]:
        if field(member, "object") != node:
            return
        key = member_key(member)
        if not path:
            # A method of the text itself.
            call = self._tree.parent(member)
            if call is None or call.type != "call_expression" or self._callees.is_mention(call):
                return
            yield Flow(call) if self._is_dead(call) else End(call)
        elif path[0] is None or key is None or key == path[0]:
            if path[0] is None and member.type == "member_expression":
                # A list's method, or its length.
                call = self._tree.parent(member)
                if key != b"length" and (call is None or not self._callees.is_mention(call)):
                    yield End(member)
            else:
                yield Flow(member, path[1:])

    def _given(self, arguments: Node, path: Path) -> Iterator[Flow | End]:
        call = self._tree.parent(arguments)
        if call is None or self._callees.is_mention(call):
            return
        if text_of(call, "function") == b"Object.freeze" or (not path and self._is_dead(call)):
            yield Flow(call, path)
        else:
            yield End(call)

    def _gone_through(self, loop: Node, path: Path) -> Iterator[Flow | End]:
        """What a loop over a list does with each element."""
        name = field(loop, "left")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or text_of(loop, "operator") != b"of":
            yield End(loop)
        else:
            yield from self._uses(binding, path[1:])

    def _enumerated(self, member: Node) -> Iterator[Flow | End]:
        body = self._tree.parent(member)
        declaration = None if body is None else self._tree.parent(body)
        name = field(declaration, "name")
        binding = None if name is None else self._scopes.binding(name)
        if binding is not None:
            yield from self._uses(binding, (text_of(member, "name").strip(b"'\""),))

    def _returned(self, parent: Node, path: Path) -> Iterator[Flow | End]:
        """What the calls of a function give, where all its uses are calls of this file."""
        function = parent if parent.type in FUNCTIONS else self._tree.function_of(parent)
        declared = function
        if function.type != "function_declaration":
            declared = self._tree.outer(function)[1] or function
        name = field(declared, "name") if declared.type in _NAMED else None
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or binding.writes or is_exported(self._tree, binding):
            yield End(parent)
            return
        for use in binding.references:
            call = self._tree.parent(use)
            called = call is not None and call.type == "call_expression"
            if call is None or not called or field(call, "function") != use:
                yield End(parent)
            else:
                yield Flow(call, path)

    def _is_answer_of_a_double(self, parent: Node) -> bool:
        """Whether a function that returns the URL is given to a test's own functions."""
        function = parent if parent.type in FUNCTIONS else self._tree.function_of(parent)
        _, around = self._tree.outer(function)
        call = None if around is None or around.type != "arguments" else self._tree.parent(around)
        return call is not None and self._callees.is_mention(call)

    def _shown(self, parent: Node) -> Iterator[End]:
        """A URL in JSX: a form's action is sent, a link or a text is not."""
        attribute = parent if parent.type == "jsx_attribute" else self._tree.parent(parent)
        if attribute is None or attribute.type != "jsx_attribute":
            return
        names = items(attribute)
        name = text(names[0]) if names else b""
        element = self._tree.parent(attribute)
        tag = b"" if element is None else text_of(element, "name")
        if tag[:1].islower():
            if name in _SENT_ATTRIBUTES:
                yield End(attribute)
        elif name not in _SHOWN_ATTRIBUTES:
            yield End(attribute)


def _below(endpoint: Endpoint | None) -> Endpoint | None:
    """What is requested with a URL that other paths are put behind: all of them are dead."""
    if endpoint is None or endpoint.path != _BASE:
        return endpoint
    return next((each for each in catalogue() if each.path == _BASE + "/{}/runs"), endpoint)


def _adds(node: Node) -> bool:
    return node.type == "binary_expression" and text_of(node, "operator") == b"+"


def _is_commonjs(left: Node) -> bool:
    """`module.exports`, `module.exports.x`, `exports.x`."""
    while left.type in ("member_expression", "subscript_expression"):
        if text(left) == b"module.exports":
            return True
        inner = field(left, "object")
        if inner is None:
            return False
        left = unwrapped(inner)
        if text(left) == b"exports":
            return True
    return False


def is_exported(tree: Tree, binding: Binding) -> bool:
    """Whether other files can see the name."""
    declaration = tree.parent(binding.declarator)
    around = None if declaration is None else tree.parent(declaration)
    if any(n is not None and n.type == "export_statement" for n in (declaration, around)):
        return True
    return any(
        (
            (parent := tree.parent(use)) is not None
            and parent.type in ("export_specifier", "export_statement")
        )
        or _is_commonjs_export(tree, use)
        for use in binding.references
    )


def _is_commonjs_export(tree: Tree, use: Node) -> bool:
    """`module.exports = X`, `module.exports = { X }`, `exports.X = X`."""
    for parent in tree.ancestors(use):
        if parent.type == "assignment_expression":
            left = field(parent, "left")
            return left is not None and _is_commonjs(left)
        if parent.type not in ("object", "pair"):
            return False
    return False
