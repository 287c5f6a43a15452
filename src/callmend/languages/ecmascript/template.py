"""Templates: real TypeScript with metavariables, filled in on their tree and not as text.

A template is written in one fixed dialect (two blanks, single quotes, semicolons, no trailing
commas, LF). `$NAME` is a metavariable; it takes the bytes of a captured expression. One that the
call site lacks takes its array element, property or statement with it. A comment that starts with
`?NAME ` stays only if the metavariable is given, `!NAME ` only if it is not. One that says nothing
else decides so on the statement behind it.

Filling in is one set of byte edits on the template: leading blanks become the target's
indentation, strings take its quotes, terminators and trailing commas come or go, type syntax goes
in JavaScript, declared names are renamed, and metavariables become captured text, whose
continuation lines are moved by as much as their first line is (never those inside of template
literals or JSX text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from tree_sitter import Node

from callmend.data import read_data
from callmend.edits import Edit, apply
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.tree import Tree, descendants, field, items, span, text
from callmend.records import record
from callmend.source import Language, SourceFile

DEFAULT_BASE = b"https://api.openai.com/v1"
_CONDITION = re.compile(rb"^// ([?!])([A-Z_]+)(?: |$)")
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "type_identifier"})
_HAZARDS = (b"(", b"[", b"`", b"+", b"-", b"/")


#: What an absent metavariable takes an item of.
_LISTS = frozenset({"array", "formal_parameters", "object"})
_DECLARATIONS = frozenset({"function_declaration", "generator_function_declaration"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


@record(frozen=True, slots=True)
class Capture:
    """Source text for a metavariable.

    ``indent`` is what the line on which the text starts is indented by; ``fixed`` holds the offsets
    in ``text`` of line starts that must not move (inside of template literals and JSX text).
    """

    text: bytes
    indent: bytes = b""
    fixed: frozenset[int] = frozenset()

    def at(self, indent: bytes) -> bytes:
        """The text for a line with this indentation."""
        if indent == self.indent or b"\n" not in self.text:
            return self.text
        lines = []
        offset = 0
        for number, line in enumerate(self.text.split(b"\n")):
            moves = number > 0 and offset not in self.fixed and line.startswith(self.indent)
            if moves and line.strip():
                lines.append(indent + line[len(self.indent) :])
            else:
                lines.append(line)
            offset += len(line) + 1
        return b"\n".join(lines)


def capture(source: SourceFile, node: Node) -> Capture:
    """The node's text as a capture."""
    data = text(node)
    fixed: set[int] = set()
    for inner in descendants(node):
        if inner.type in ("template_string", "jsx_text", "string"):
            start = inner.start_byte - node.start_byte
            inside = data[start : inner.end_byte - node.start_byte]
            fixed.update(start + match.end() for match in re.finditer(rb"\n", inside))
    return Capture(data, source.indent_at(node.start_byte), frozenset(fixed))


class Template:
    """A parsed template: statements in their order, found again by what they start with."""

    def __init__(self, data: bytes) -> None:
        self.tree = Tree(data, Language.TYPESCRIPT)
        self.data = data

    def declared(self) -> frozenset[bytes]:
        """The names that the template declares anywhere in it."""
        return frozenset(
            text(name)
            for node in self.tree.nodes
            if node.type == "variable_declarator" and (name := field(node, "name")) is not None
        )

    def inner_names(self) -> frozenset[bytes]:
        """The names that the template's functions declare for themselves, loops' included."""
        loops = [field(node, "left") for node in self.tree.nodes if node.type == "for_in_statement"]
        parameters = [
            field(node, "pattern") for node in self.tree.nodes if node.type in _PARAMETERS
        ]
        named = [*loops, *parameters]
        return self.declared() | {text(name) for name in named if name is not None}

    def functions(self) -> tuple[bytes, ...]:
        """The names of the functions at the top."""
        return tuple(
            text(name)
            for node in self.statements()
            if node.type in _DECLARATIONS and (name := field(node, "name")) is not None
        )

    def globals(self) -> frozenset[bytes]:
        """The names that the template uses and does not declare, metavariables left out."""
        return self._globals

    @cached_property
    def _globals(self) -> frozenset[bytes]:
        return frozenset(n for n in Scopes(self.tree).free if not n.startswith(b"$"))

    def metavariables(self) -> frozenset[str]:
        """The names of the metavariables, without `$`."""
        return frozenset(
            text(node).lstrip(b"$").decode()
            for node in self.tree.nodes
            if node.type in _NAMES and text(node).startswith(b"$")
        )

    def statements(self) -> list[Node]:
        """The statements and comments at the top, in order."""
        return list(self.tree.root.named_children)

    def find(self, kind: str, start: bytes) -> Node:
        """The first node of a kind whose text starts so.

        Raises:
            LookupError: the template has none, which is a mistake in callmend itself.
        """
        for node in self.tree.nodes:
            if node.type == kind and text(node).startswith(start):
                return node
        raise LookupError(f"the template has no {kind} that starts with {start!r}")

    def pair(self, key: bytes) -> Node | None:
        """The first object member with this key, as it is spelt in the template."""
        pairs = (node for node in self.tree.nodes if node.type == "pair")
        return next((node for node in pairs if text(node).startswith(key + b":")), None)


@cache
def load(target: str, name: str) -> Template:
    """The template of this file name of a target."""
    return Template(read_data("targets", target, "templates", name))


@record(frozen=True, slots=True)
class Fill:
    """Everything that a template is filled in with.

    ``values`` holds every metavariable by its name without `$`; None means that it is absent.
    ``indent`` is put before every line but the first. ``renames`` maps declared names.
    """

    style: Style
    values: Mapping[str, Capture | None]
    indent: bytes = b""
    eol: bytes = b"\n"
    base_url: bytes = DEFAULT_BASE
    renames: Mapping[bytes, bytes] | None = None


def render(template: Template, start: int, end: int, fill: Fill) -> bytes:
    """The template's bytes ``start:end`` (offsets into the template) as code for the target."""
    edits = _Renderer(template, fill).edits(start, end)
    return apply(
        template.data,
        # `apply` works on the whole template; the parts before and behind are cut away.
        [Edit(0, start, b""), *edits, Edit(end, len(template.data), b"")],
    )


class _Renderer:
    def __init__(self, template: Template, fill: Fill) -> None:
        self._data = template.data
        self._tree = template.tree
        self._fill = fill

    def edits(self, start: int, end: int) -> list[Edit]:
        """The edits inside of a part of the template."""
        removals: list[Edit] = []
        # The widest first, so that what lies inside of another removal is seen to.
        for removal in sorted(self._removals(), key=lambda e: (e.start, -e.end)):
            if not any(gone.span.contains(removal.span) for gone in removals):
                removals.append(removal)
        kept = (
            edit
            for edit in self._all(start, end)
            if not any(gone.start <= edit.start and edit.end <= gone.end for gone in removals)
        )
        # An insertion at the very end (a trailing comma) belongs to what stands around the part.
        return [
            edit
            for edit in (*removals, *kept)
            if start <= edit.start and edit.end <= end and edit.start != end
        ]

    def _all(self, start: int, end: int) -> Iterator[Edit]:
        """All edits but removals that touch a part of the template."""
        yield from self._lines(start, end)
        for node in self._tree.nodes:
            if node.end_byte < start or node.start_byte > end:
                continue
            name = text(node)
            if node.type in _NAMES:
                yield from self._name(node, name)
            elif node.type == "string" and node.is_named and not self._in_template_string(node):
                yield from self._string(node)
            elif node.type == "template_string":
                yield from self._base(node)
            elif node.type == ";" and not self._fill.style.semicolons:
                if not self._in_head_of_for(node):
                    yield Edit(node.start_byte, node.end_byte, b"")
            elif node.type in ("object", "array"):
                yield from self._trailing_comma(node)
            elif node.type == "comment":
                condition = _CONDITION.match(name)
                if condition is not None and condition.end() < len(name):
                    yield Edit(node.start_byte, node.start_byte + condition.end(), b"// ")

    def _in_head_of_for(self, node: Node) -> bool:
        """Whether a `;` separates the parts of a `for`; the first one belongs to a declaration."""
        parent = self._tree.parent(node)
        if parent is not None and parent.type == "lexical_declaration":
            parent = self._tree.parent(parent)
        return parent is not None and parent.type == "for_statement"

    def _in_template_string(self, node: Node) -> bool:
        return any(parent.type == "template_string" for parent in self._tree.ancestors(node))

    # metavariables and names

    def _value(self, name: str) -> Capture | None:
        return self._fill.values[name]

    def _name(self, node: Node, name: bytes) -> Iterator[Edit]:
        if name.startswith(b"$"):
            value = self._value(name.lstrip(b"$").decode())
            if value is not None:
                captured = value.at(self._indent_of(node))
                around = node.parent
                key = None if around is None else field(around, "key")
                if around is not None and key is not None and text(key) == captured:
                    # `signal: signal`
                    yield Edit(around.start_byte, node.end_byte, captured)
                    return
                opens = around is not None and self._starts_statement(node)
                if opens and not self._fill.style.semicolons and captured.startswith(_HAZARDS):
                    captured = b";" + captured
                yield Edit(node.start_byte, node.end_byte, captured)
            return
        new = (self._fill.renames or {}).get(name)
        if new is not None and new != name:
            if node.type == "shorthand_property_identifier":
                new = name + b": " + new
            yield Edit(node.start_byte, node.end_byte, new)

    def _starts_statement(self, node: Node) -> bool:
        return any(
            parent.type == "expression_statement" and parent.start_byte == node.start_byte
            for parent in self._tree.ancestors(node)
        )

    def _removals(self) -> Iterator[Edit]:
        for node in self._tree.nodes:
            if not self._fill.style.types and (syntax := _type_syntax(node)) is not None:
                yield syntax
            elif node.type == "identifier" and text(node).startswith(b"$"):
                if self._value(text(node).lstrip(b"$").decode()) is None:
                    yield self._without(node)
            elif node.type == "comment":
                condition = _CONDITION.match(text(node))
                if condition is not None:
                    given = self._value(condition[2].decode()) is not None
                    fails = given != (condition[1] == b"?")
                    alone = condition.end() == len(text(node))
                    if fails or alone:
                        yield self._whole_lines(node)
                    if fails and alone and node.next_named_sibling is not None:
                        yield self._whole_lines(node.next_named_sibling)

    def _without(self, node: Node) -> Edit:
        """The edit that takes the list item or statement around an absent metavariable away."""
        current = node
        for parent in self._tree.ancestors(node):
            if parent.type == "binary_expression":
                left = parent.named_children[0]
                return Edit(left.end_byte, current.end_byte, b"")
            if parent.type in _LISTS:
                follower = current.next_named_sibling
                if follower is not None:
                    return Edit(current.start_byte, follower.start_byte, b"")
                previous = current.prev_named_sibling
                while previous is not None and self._is_absent(previous):
                    previous = previous.prev_named_sibling
                if previous is not None:
                    comma = b"," if self._ends_in_comma(parent) else b""
                    return Edit(previous.end_byte, current.end_byte, comma)
                return Edit(current.start_byte, current.end_byte, b"")
            if parent.type in ("program", "statement_block"):
                return self._whole_lines(current)
            current = parent
        raise LookupError("a metavariable outside of any statement")

    def _is_absent(self, item: Node) -> bool:
        """Whether a list's item goes with a metavariable that the call site lacks."""
        return any(
            text(node).startswith(b"$")
            and self._value(text(node).lstrip(b"$").decode()) is None
            and next(n for n in self._tree.ancestors(node) if n.type in _LISTS) == item.parent
            for node in descendants(item)
            if node.type == "identifier"
        )

    def _whole_lines(self, node: Node) -> Edit:
        """A statement's lines, with the blank line behind it."""
        start = self._data.rfind(b"\n", 0, node.start_byte) + 1
        end = self._data.find(b"\n", node.end_byte) + 1
        if self._data[end : end + 1] == b"\n":
            end += 1
        return Edit(start, end, b"")

    # dialect

    def _indent_of(self, node: Node) -> bytes:
        start = self._data.rfind(b"\n", 0, node.start_byte) + 1
        blanks = len(self._data) - start - len(self._data[start:].lstrip(b" "))
        return self._fill.indent + self._fill.style.unit * (blanks // 2)

    def _lines(self, start: int, end: int) -> Iterator[Edit]:
        literals = [span(n) for n in self._tree.nodes if n.type == "template_string"]
        for match in re.finditer(rb"\n( *)(?=([^ \n])?)", self._data):
            if match.end() < start or match.start() > end:
                continue
            if any(literal.start < match.start() < literal.end for literal in literals):
                continue
            blanks = b""
            if match[2] is not None:
                blanks = self._fill.indent + self._fill.style.unit * (len(match[1]) // 2)
            # Where the template has no blanks, the new ones go with the line end: an insertion of
            # their own would meet what replaces the line's first name.
            if match[1]:
                yield Edit(match.start(), match.start(1), self._fill.eol)
                yield Edit(match.start(1), match.end(1), blanks)
            else:
                yield Edit(match.start(), match.end(), self._fill.eol + blanks)

    def _string(self, node: Node) -> Iterator[Edit]:
        quote = self._fill.style.quote
        inside = text(node)[1:-1]
        if quote in inside or text(node)[:1] == quote:
            yield from self._base(node)
            return
        yield Edit(node.start_byte, node.start_byte + 1, quote)
        yield Edit(node.end_byte - 1, node.end_byte, quote)
        yield from self._base(node)

    def _base(self, node: Node) -> Iterator[Edit]:
        at = text(node).find(DEFAULT_BASE)
        if at >= 0 and self._fill.base_url != DEFAULT_BASE:
            start = node.start_byte + at
            yield Edit(start, start + len(DEFAULT_BASE), self._fill.base_url)

    def _trailing_comma(self, node: Node) -> Iterator[Edit]:
        if self._ends_in_comma(node):
            end = items(node)[-1].end_byte
            yield Edit(end, end, b",")

    def _ends_in_comma(self, node: Node) -> bool:
        inside = items(node)
        if not self._fill.style.trailing_commas or node.type not in ("array", "object"):
            return False
        return bool(inside) and inside[-1].end_point[0] < node.end_point[0]


def _type_syntax(node: Node) -> Edit | None:
    """The removal of what a node adds for types only: `: T`, `as T`, the `?` of a parameter."""
    if node.type in ("type_annotation", "type_parameters"):
        return Edit(node.start_byte, node.end_byte, b"")
    if node.type == "as_expression":
        return Edit(node.named_children[0].end_byte, node.end_byte, b"")
    if node.type == "?" and node.parent is not None and node.parent.type == "optional_parameter":
        return Edit(node.start_byte, node.end_byte, b"")
    return None
