"""TypeScript and JavaScript: where markers stand in a file, and where one belongs."""

from __future__ import annotations

import re

from callmend.edits import Span
from callmend.languages.ecmascript.statements import ends_its_line, starts_its_line
from callmend.languages.ecmascript.tree import BLOCKS, Tree, span, text
from callmend.marks.wording import WORDS
from callmend.source import Language, SourceFile

#: Comments that are about the very next line or node, so that no line may come between.
_ABOUT_THE_NEXT = re.compile(
    rb"(?://|/\*)[^\n]*(?:-next-line|@ts-ignore|@ts-expect-error|prettier-ignore|biome-ignore"
    rb"|lint-ignore|(?:istanbul|c8|v8) ignore|callmend-ignore)"
)
#: A statement's place, and a class's member's too: a class may be long.
_HOLDERS = BLOCKS | {"class_body"}


class Places:
    """The places for markers in one file; the file is parsed once."""

    sign = b"// "

    def __init__(self, source: SourceFile, language: Language) -> None:
        self._source = source
        self._tree = Tree(source.data, language)

    def markers(self) -> list[Span]:
        """The comments that are markers and stand on lines of their own."""
        return [
            span(node)
            for node in self._tree.nodes
            if node.type == "comment"
            and text(node).startswith(self.sign)
            and WORDS.fullmatch(text(node)[len(self.sign) :].rstrip(b"\r"))
            and starts_its_line(self._source, node)
            and ends_its_line(self._source, node.end_byte)
        ]

    def above(self, offset: int) -> int | None:
        """The start of the first statement around an offset that starts its line.

        A comment on the line above is always legal there: where a statement starts, neither JSX
        text nor a template is going on.
        """
        node = self._tree.root.descendant_for_byte_range(offset, offset + 1)
        while node is not None:
            parent = self._tree.parent(node)
            if parent is None:
                return None
            holds = parent.type in _HOLDERS or node.type.endswith("_statement")
            if holds and starts_its_line(self._source, node):
                return self._below_its_comments(node.start_byte)
            node = parent
        return None

    def _below_its_comments(self, start: int) -> int:
        """The start of the comments directly above that must stay next to the statement."""
        source = self._source
        while True:
            line = source.line_start(start)
            above = source.line_start(max(line - 1, 0))
            words = source.data[above:line].strip()
            if above == line or not _ABOUT_THE_NEXT.match(words):
                return start
            start = above + len(source.indent_at(above))
