"""Taking a block out of the statement around it: the header goes, the lines move to the left."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.reasons import Reason


class Unwrapping:
    """Collects what is taken out of its statements in one file.

    ``headers`` are the ranges of characters of the lines that go, ``dedents`` how many characters
    go at the start of which line (1-based).
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._text = program.text
        self.headers: list[tuple[int, int]] = []
        self.dedents: dict[int, int] = {}

    def take_out(self, statement: cst.For | cst.If, head: cst.BaseExpression) -> None:
        """Leave the body of a statement alone; ``head`` is what its header ends with.

        Raises:
            RefusedError: it is not a block of whole lines, or a comment would be lost.
        """
        shown = self._tree.show_line(statement)
        body = statement.body
        if not isinstance(body, cst.IndentedBlock) or statement.orelse is not None:
            raise RefusedError(Reason.NEEDS_BRACES, shown)
        start, end = self._tree.chars(statement)
        head_end = self._tree.whole(head)[1]
        first, _ = self._text.line_range(self._text.line(start))
        _, head_line_end = self._text.line_range(self._text.line(head_end))
        if self._text.text[head_end:head_line_end].strip() != ":":
            raise RefusedError(Reason.COMMENT_LOST, shown)
        for node in self._tree.below(body):
            string = isinstance(node, (cst.SimpleString, cst.FormattedString))
            if string and "\n" in self._tree.source(node):
                raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(node))
        outer = self._text.text[first:start]
        inner_start, _ = self._text.line_range(self._tree.line(body.body[0]))
        inner = self._text.text[inner_start : self._tree.chars(body.body[0])[0]]
        unit = len(inner) - len(outer)
        self.headers.append((first, head_line_end))
        for line in range(self._text.line(head_line_end - 1) + 1, self._text.line(end) + 1):
            line_start, line_end = self._text.line_range(line)
            blanks = self._text.text[line_start:line_end]
            if len(blanks) - len(blanks.lstrip(" \t")) >= unit and blanks.strip():
                self.dedents[line] = self.dedents.get(line, 0) + unit
