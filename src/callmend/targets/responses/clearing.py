"""Taking statements and polling loops out without losing a comment or a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit, Span, apply
from callmend.languages.ecmascript.assistants.flows import Flow
from callmend.languages.ecmascript.assistants.loops import Loop
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import (
    has_own_comments,
    joins_its_neighbours,
    removal,
    removals,
    single_declaration,
)
from callmend.languages.ecmascript.strays import is_exported
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    descendants,
    field,
    is_inside,
    items,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.responses.literals import at_margin

#: What a constant may be that goes when nothing reads it: it does nothing when it is made.
_INERT = re.compile(rb"(?:process\.env|import\.meta\.env)(?:\.\w+|\[['\"]\w+['\"]\])")


class Clearing:
    """Takes code of one flow out; ``moved`` are the expressions that go on living elsewhere."""

    def __init__(self, program: Program, moved: list[Node], eol: bytes) -> None:
        self._program = program
        self._tree = program.tree
        self._source = program.source
        self._moved = moved
        self._eol = eol

    def comments_of(self, node: Node) -> list[bytes]:
        """The comments in code that goes, those in moved expressions left out."""
        return [text(comment) for comment in self._comments(node)]

    def _comments(self, node: Node) -> list[Node]:
        return [
            inner
            for inner in descendants(node)
            if inner.type == "comment" and not any(is_inside(inner, m) for m in self._moved)
        ]

    def removed(self, statements: Sequence[tuple[Node, Sequence[bytes]]]) -> list[Edit]:
        """The edits that put each statement's comments, and other lines, in its place.

        Raises:
            RefusedError: one stands where no statement can be taken out.
        """
        edits = []
        whole = []
        for statement, put in statements:
            block = self._tree.parent(statement)
            if block is None or block.type not in BLOCKS:
                raise RefusedError(Reason.NEEDS_BRACES, show_line(statement))
            lines = [*self.comments_of(statement), *put]
            if lines:
                edits.append(self._lines(span(statement), lines))
            elif joins_its_neighbours(statement):
                raise RefusedError(Reason.NEEDS_SEMICOLON, show_line(statement))
            else:
                whole.append(statement)
        return edits + removals(self._source, whole)

    def _lines(self, where: Span, lines: Sequence[bytes]) -> Edit:
        indent = self._source.indent_at(where.start)
        separator = self._eol + indent
        end = where.end
        data = self._source.data
        while data[end : end + 1] in (b" ", b"\t"):
            end += 1
        if data[end : end + 2] in (b"//", b"/*"):
            return Edit(where.start, end, separator.join(lines) + separator)
        return Edit(where.start, where.end, separator.join(lines))

    # loops

    def loops(
        self, loops: Sequence[Loop], edits: list[Edit], behind: dict[int, list[bytes]]
    ) -> tuple[list[Edit], list[Node]]:
        """The edits with those inside of loops made part of one edit for each loop.

        ``behind`` is what has to stand behind a loop's decisions. Loops of which nothing stays are
        given back, to be taken out with the statements beside them.
        """
        empty = []
        for loop in loops:
            where = span(loop.node)
            inside = [edit for edit in edits if where.contains(edit.span)]
            edits = [edit for edit in edits if not where.contains(edit.span)]
            lines = [*self._loop(loop, inside), *behind.get(loop.node.id, [])]
            block = self._tree.parent(loop.node)
            if block is None or block.type not in BLOCKS:
                raise RefusedError(Reason.NEEDS_BRACES, show_line(loop.node))
            if lines:
                edits.append(self._lines(where, lines))
            else:
                empty.append(loop.node)
        return edits, empty

    def _loop(self, loop: Loop, inside: list[Edit]) -> list[bytes]:
        """What stays of a loop: its decisions, once, and its comments, in their order."""
        cuts = [self._cut(node) for node in loop.cuts]
        indent = self._source.indent_at(loop.node.start_byte)
        pieces: list[tuple[int, bytes]] = []
        for kept in loop.kept:
            where = span(kept)
            own = [c for c in cuts if where.contains(c.span)]
            own += [
                edit
                for edit in inside
                if where.contains(edit.span) and not any(c.span.contains(edit.span) for c in own)
            ]
            if any(edit == Edit(kept.start_byte, kept.end_byte, b"") for edit in own):
                continue
            pieces.append((kept.start_byte, self._moved_code(kept, own, indent)))
        for comment in self._comments(loop.node):
            around = next((k for k in loop.kept if is_inside(comment, k)), None)
            cut = any(c.span.contains(span(comment)) for c in cuts)
            if around is None:
                pieces.append((comment.start_byte, text(comment)))
            elif cut:
                pieces.append((around.end_byte, text(comment)))
        return [piece for _, piece in sorted(pieces, key=lambda p: p[0]) if piece]

    def _cut(self, node: Node) -> Edit:
        if node.type == "else_clause":
            before = node.prev_sibling
            start = node.start_byte if before is None else before.end_byte
            return Edit(start, node.end_byte, b"")
        where = span(node)
        return removal(self._source, where, where)

    def _moved_code(self, node: Node, edits: list[Edit], indent: bytes) -> bytes:
        """A statement with its edits made, at another indentation."""
        data = self._source.data
        new = (
            apply(
                data,
                [Edit(0, node.start_byte, b""), *edits, Edit(node.end_byte, len(data), b"")],
            )
            if node.start_byte or node.end_byte < len(data)
            else apply(data, edits)
        )
        fixed = capture(self._source, node).fixed
        if fixed and edits:
            # Offsets of lines that must not move are those of the old text.
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(node))
        own = self._source.indent_at(node.start_byte)
        return at_margin(Capture(new, own, fixed)).at(indent)

    # what nothing reads any more

    def gone(self, edits: list[Edit], flow: Flow) -> list[Span]:
        """The spans in which nothing of the old code lives on."""
        found = [edit.span for edit in edits if edit.start < edit.end]
        if flow.start.raw is None:
            found.append(span(flow.start.node))
        return found

    def idle(self, bindings: Sequence[Binding], gone: list[Span], edits: list[Edit]) -> list[Node]:
        """The declarations that only code that goes has read."""
        alive = [span(node) for node in self._moved]
        found: list[Node] = []
        waiting = list(bindings)
        changed = True
        while changed:
            changed = False
            for binding in list(waiting):
                declaration = single_declaration(self._tree, binding)
                if declaration is None or not self._may_go(binding, declaration):
                    waiting.remove(binding)
                    continue
                if any(where.contains(span(declaration)) for where in gone):
                    waiting.remove(binding)
                    continue
                uses = binding.references
                if all(self._is_gone(use, binding, gone, alive, edits) for use in uses):
                    found.append(declaration)
                    gone = [*gone, span(declaration)]
                    waiting.remove(binding)
                    changed = True
        return found

    def _is_gone(
        self,
        use: Node,
        binding: Binding,
        gone: list[Span],
        alive: list[Span],
        edits: list[Edit],
    ) -> bool:
        where = span(use)
        if any(living.contains(where) for living in alive):
            return False
        if not any(place.contains(where) for place in gone):
            return False
        # An edit that holds other old code (a loop's decisions) may hold this name still.
        holding = [edit for edit in edits if edit.span.contains(where)]
        pattern = re.compile(rb"(?<![\w$.])" + re.escape(binding.name) + rb"(?![\w$])")
        return not any(pattern.search(edit.text) for edit in holding)

    def _may_go(self, binding: Binding, declaration: Node) -> bool:
        value = field(binding.declarator, "value")
        if is_exported(self._tree, binding):
            return False
        if value is None:
            return True
        if has_own_comments(declaration, value) or any(
            n.type == "comment" for n in descendants(value)
        ):
            return False
        return _is_inert(value)


def _is_inert(value: Node) -> bool:
    """Whether an initial value does nothing: a literal, a variable of the environment, a clock."""
    value = unwrapped(value)
    if value.type in ("number", "string", "null", "true", "false", "undefined", "identifier"):
        return True
    if value.type == "template_string":
        return not items(value)
    if _INERT.fullmatch(text(value)):
        return True
    if text(value) in (b"Date.now()", b"performance.now()"):
        return True
    if value.type == "member_expression":
        return not any(n.type == "call_expression" for n in descendants(value))
    if value.type == "binary_expression":
        left, right = field(value, "left"), field(value, "right")
        return left is not None and right is not None and _is_inert(left) and _is_inert(right)
    return False
