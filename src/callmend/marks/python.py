"""Python: where markers stand in a file, and where one belongs."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from functools import cached_property

from callmend.edits import Span
from callmend.marks.wording import WORDS
from callmend.source import BOM, Language, SourceFile

_LONE_CR = re.compile(rb"\r(?!\n)")
_ABOUT_THE_NEXT = re.compile(rb"#[^\n]*(?:disable-next|callmend-ignore)")


class Places:
    """The places for markers in one file; Python's own parser reads it, without LibCST."""

    sign = b"# "

    def __init__(self, source: SourceFile, language: Language) -> None:
        del language
        self._source = source

    def markers(self) -> list[Span]:
        """The comments that are markers and stand on lines of their own."""
        if self._root is None:
            return []
        found = []
        for token in tokenize.tokenize(io.BytesIO(self._source.data).readline):
            words = token.string.encode("utf-8", "replace")
            own_line = token.line.strip() == token.string
            if token.type == tokenize.COMMENT and own_line and words.startswith(self.sign):
                if not WORDS.fullmatch(words[len(self.sign) :]):
                    continue
                start = self._source.line_starts[token.start[0] - 1]
                start += len(self._source.indent_at(start))
                start += len(BOM) if token.start[0] == 1 and self._has_mark else 0
                found.append(Span(start, start + len(words)))
        return found

    def above(self, offset: int) -> int | None:
        """The start of the first statement around an offset that starts its line."""
        if self._root is None:
            return None
        line, column = self._source.position(offset)
        head = self._line(line)[: offset - self._source.line_starts[line - 1]]
        place = (line, column - 1 if head.isascii() else self._columns(head))
        found = None
        for node in ast.walk(self._root):
            if not isinstance(node, ast.stmt) or node.end_lineno is None:
                continue
            first = node.lineno
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                first = min([first, *(decorator.lineno for decorator in node.decorator_list)])
            starts = (first, node.col_offset)
            inside = starts <= place < (node.end_lineno, node.end_col_offset or 0)
            # `ast.walk` goes from the outside in.
            if inside and self._starts_its_line(first, node.col_offset):
                found = first
        return None if found is None else self._below_its_comments(found)

    @cached_property
    def _root(self) -> ast.Module | None:
        # A lone CR ends a line for Python and not for callmend.
        if _LONE_CR.search(self._source.data):
            return None
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse(self._source.data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @property
    def _has_mark(self) -> bool:
        return self._source.data.startswith(BOM)

    def _line(self, number: int) -> bytes:
        start = self._source.line_starts[number - 1]
        return self._source.data[start : self._source.line_end(start)]

    def _columns(self, head: bytes) -> int:
        """The length in UTF-8 of a line's head, which is in the file's own encoding."""
        encoding, _ = tokenize.detect_encoding(io.BytesIO(self._source.data).readline)
        return len(head.decode(encoding, "replace").encode("utf-8"))

    def _starts_its_line(self, number: int, column: int) -> bool:
        indent = self._source.indent_at(self._source.line_starts[number - 1])
        goes_on = number > 1 and self._line(number - 1).rstrip(b"\r\n").endswith(b"\\")
        return len(indent) == column and not goes_on

    def _below_its_comments(self, number: int) -> int:
        while number > 1 and _ABOUT_THE_NEXT.match(self._line(number - 1).strip()):
            number -= 1
        start = self._source.line_starts[number - 1]
        start += len(BOM) if number == 1 and self._has_mark else 0
        return start + len(self._source.indent_at(start))
