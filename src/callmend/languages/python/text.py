"""A Python file's text: its encoding (PEP 263), and where each character stands in the bytes."""

from __future__ import annotations

import codecs
import io
import itertools
import re
import tokenize
from bisect import bisect_right

from callmend.edits import Span
from callmend.source import BOM

#: A form feed in the indentation is a part of the line end: Python counts columns anew behind it.
_LINE_END = re.compile(r"(\r\n?|\n)(?:[ \t\f]*\f(?=[ \t]*[^\s]))?")
_HEAD = re.compile(rb"(?:%s)?(?:[ \t\f]*\f(?=[ \t]*[^\s]))?" % BOM)


class Text:
    """The decoded text of a file without its byte order mark; offsets of characters and bytes."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self.data = data
        self.encoding = encoding
        self._head = _HEAD.match(data).end()  # type: ignore[union-attr]  # it matches nothing as well
        self.text = data[self._head :].decode(encoding)
        self._plain = self.text.isascii()
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        self._line_bytes: list[int] | None = None

    @property
    def parsable(self) -> str:
        """The text line by line without the form feeds of its indentation, which LibCST loses."""
        return _LINE_END.sub(r"\1", self.text) if "\f" in self.text else self.text

    def char(self, line: int, column: int) -> int:
        """The offset in characters of a 1-based line and a 0-based column."""
        return self._line_starts[line - 1] + column

    def line(self, char: int) -> int:
        """The 1-based line of an offset in characters."""
        return bisect_right(self._line_starts, char)

    def column(self, char: int) -> int:
        """The 0-based column, in characters, of an offset in characters."""
        return char - self._line_starts[self.line(char) - 1]

    def line_range(self, line: int) -> tuple[int, int]:
        """The offsets in characters of a 1-based line: its start, and behind its line end."""
        ends = [*self._line_starts[1:], len(self.text)]
        return self._line_starts[line - 1], ends[line - 1]

    def offset(self, char: int) -> int:
        """The offset in bytes of the file of an offset in characters."""
        if self._plain:
            return char + self._head
        line = self.line(char) - 1
        start = self._line_starts[line]
        return self._head + self._bytes_before(line) + len(self.encode(self.text[start:char]))

    def _bytes_before(self, line: int) -> int:
        if self._line_bytes is None:
            sizes = [0]
            bounds = [*self._line_starts, len(self.text)]
            for start, end in itertools.pairwise(bounds):
                sizes.append(sizes[-1] + len(self.encode(self.text[start:end])))
            self._line_bytes = sizes
        return self._line_bytes[line]

    def span(self, start: int, end: int) -> Span:
        """The span in bytes of a range of characters."""
        return Span(self.offset(start), self.offset(end))

    def encode(self, text: str) -> bytes:
        """Text as bytes of this file.

        Raises:
            UnicodeEncodeError: the file's encoding has no such character.
        """
        return text.encode(self.encoding)


def decode(data: bytes) -> Text | None:
    """The text of a file, or None where its declared or default encoding does not hold for it.

    Encodings with states or units of several bytes are not taken apart: None as well.
    """
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        codec = codecs.lookup(name)
        encoding = "utf-8" if name == "utf-8-sig" else codec.name
        text = Text(data, encoding)
        head = data[: text.offset(0)]
        if head + text.encode(text.text) != data or len("a\n".encode(encoding)) != len("a\n"):
            return None
    except (SyntaxError, LookupError, UnicodeError, ValueError):
        return None
    return text
