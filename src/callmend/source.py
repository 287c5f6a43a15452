"""One file as bytes: its language, what keeps it from being rewritten, line ends and positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from enum import Enum
from functools import cached_property

from callmend.reasons import Reason

BOM = b"\xef\xbb\xbf"
_GENERATED = re.compile(rb"@generated\b")
_MINIFIED_NAME = re.compile(r"[.-]min\.[cm]?js$")
#: Below this size a file is never taken for minified: a one-line snippet is not.
_MINIFIED_FROM = 2_000
_MINIFIED_LINE = 500
_HEAD = 2_000


class Language(Enum):
    """A language of source files, by what its grammar and its syntax allow."""

    TYPESCRIPT = "typescript"
    TSX = "tsx"
    JAVASCRIPT = "javascript"
    PYTHON = "python"

    @property
    def has_types(self) -> bool:
        """Whether type syntax may be written into a file of this language."""
        return self in (Language.TYPESCRIPT, Language.TSX)


#: tree-sitter's typescript grammar for .ts (`<string>x` is a cast), tsx for all that may hold JSX.
SUFFIXES = {
    ".ts": Language.TYPESCRIPT,
    ".mts": Language.TYPESCRIPT,
    ".cts": Language.TYPESCRIPT,
    ".tsx": Language.TSX,
    ".js": Language.JAVASCRIPT,
    ".jsx": Language.JAVASCRIPT,
    ".mjs": Language.JAVASCRIPT,
    ".cjs": Language.JAVASCRIPT,
    ".py": Language.PYTHON,
}


class SourceFile:
    """A file's path and bytes; everything else is worked out when it is first asked for.

    ``line_length`` gives the characters that a line of Python may have, None where that is not set.
    ``read`` gives the bytes of another file of the project by its path, None where there is none.
    """

    def __init__(
        self,
        path: str,
        data: bytes,
        line_length: Callable[[], int | None] | None = None,
        read: Callable[[str], bytes | None] | None = None,
    ) -> None:
        self.path = path
        self.data = data
        self.line_length = line_length
        self.read = read

    def changed(self, data: bytes) -> SourceFile:
        """The same file with other bytes."""
        return SourceFile(self.path, data, self.line_length, self.read)

    @cached_property
    def language(self) -> Language | None:
        """The language by the name's suffix; None when callmend does not read such files."""
        name = self.path.rsplit("/", 1)[-1]
        dot = name.rfind(".")
        return SUFFIXES.get(name[dot:].lower()) if dot >= 0 else None

    def obstacle(self, max_size: int) -> Reason | None:
        """What keeps the whole file from being rewritten, or None. ``max_size`` is in bytes."""
        if len(self.data) > max_size:
            return Reason.FILE_TOO_LARGE
        if b"\0" in self.data:
            return Reason.BINARY_FILE
        if self.language is not Language.PYTHON:  # Python files declare their encoding (PEP 263)
            try:
                self.data.decode("utf-8")
            except UnicodeDecodeError:
                return Reason.NOT_UTF8
        if _GENERATED.search(self.data[:_HEAD]):
            return Reason.GENERATED_FILE
        if self._minified:
            return Reason.MINIFIED_FILE
        return None

    @cached_property
    def _minified(self) -> bool:
        if len(self.data) < _MINIFIED_FROM:
            return False
        lines = self.data.count(b"\n") + 1
        return len(self.data) / lines > _MINIFIED_LINE or bool(_MINIFIED_NAME.search(self.path))

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The byte offset at which each line starts; a line ends with LF."""
        return (0, *(match.end() for match in re.finditer(rb"\n", self.data)))

    def line_start(self, offset: int) -> int:
        """The offset of the first byte of the line that holds this offset."""
        return self.data.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The offset behind the LF of this offset's line, or the end of the file."""
        end = self.data.find(b"\n", offset)
        return len(self.data) if end < 0 else end + 1

    def indent_at(self, offset: int) -> bytes:
        """The blanks and tabs that the line of this offset starts with."""
        start = self.line_start(offset)
        if start == 0 and self.data.startswith(BOM):
            start = len(BOM)
        end = start
        while self.data[end : end + 1] in (b" ", b"\t"):
            end += 1
        return self.data[start:end]

    def eol_at(self, offset: int) -> bytes:
        """How the line of this offset ends; the last line takes the end of the one before it."""
        end = self.data.find(b"\n", offset)
        if end < 0:
            end = self.data.rfind(b"\n")
        return b"\r\n" if end > 0 and self.data[end - 1 : end] == b"\r" else b"\n"

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and the 1-based column, in characters, of a byte offset.

        A byte order mark does not count; bytes that are not UTF-8 count as one character each.
        """
        line = bisect_right(self.line_starts, offset)
        head = self.data[self.line_starts[line - 1] : offset]
        if line == 1 and head.startswith(BOM):
            head = head[len(BOM) :]
        return line, len(head.decode("utf-8", "surrogateescape")) + 1
