"""Pieces of new code that hold captured code: objects and lists in the file's own dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.template import Capture
from callmend.records import record

#: A list or object wider than this goes over several lines.
_WIDTH = 80


def at_margin(capture: Capture) -> Capture:
    """A capture as if its first line stood at the left margin."""
    if not capture.indent or b"\n" not in capture.text:
        return Capture(capture.text, b"", capture.fixed if not capture.indent else frozenset())
    return _moved(capture, capture.indent, b"")


def _moved(capture: Capture, old: bytes, new: bytes) -> Capture:
    """A capture with its continuation lines moved from one indentation to another."""
    lines: list[bytes] = []
    fixed: set[int] = set()
    offset = length = 0
    for number, line in enumerate(capture.text.split(b"\n")):
        moved = line
        if number and offset in capture.fixed:
            fixed.add(length)
        elif number and line.strip() and line.startswith(old):
            moved = new + line[len(old) :]
        lines.append(moved)
        offset += len(line) + 1
        length += len(moved) + 1
    return Capture(b"\n".join(lines), new, frozenset(fixed))


def joined(parts: Iterable[bytes | Capture]) -> Capture:
    """Parts one behind the other, all of them at the left margin."""
    data = b""
    fixed: set[int] = set()
    for part in parts:
        if isinstance(part, bytes):
            data += part
            continue
        fixed.update(len(data) + offset for offset in part.fixed)
        data += part.text
    return Capture(data, b"", frozenset(fixed))


@record(frozen=True, slots=True)
class Literals:
    """Writes objects and lists; every capture given and returned stands at the left margin."""

    style: Style
    eol: bytes = b"\n"

    def string(self, value: str) -> Capture:
        """A string literal."""
        quote = self.style.quote
        escaped = value.replace("\\", "\\\\").replace(quote.decode(), "\\" + quote.decode())
        escaped = escaped.replace("\n", "\\n").replace("\r", "\\r")
        return Capture(quote + escaped.encode() + quote)

    def object(self, pairs: Sequence[tuple[bytes, Capture]]) -> Capture:
        """`{ a: 1, b: 2 }`, a pair whose value is its own name in short."""
        if not pairs:
            return Capture(b"{}")
        entries = [
            Capture(key) if value.text == key else joined([key + b": ", value])
            for key, value in pairs
        ]
        return self._listed(b"{", entries, b"}", b" ")

    def array(self, entries: Sequence[Capture]) -> Capture:
        """`[a, b]`."""
        if not entries:
            return Capture(b"[]")
        return self._listed(b"[", entries, b"]", b"")

    def _listed(
        self, opening: bytes, entries: Sequence[Capture], closing: bytes, blank: bytes
    ) -> Capture:
        flat = b", ".join(entry.text for entry in entries)
        if b"\n" not in flat and len(flat) <= _WIDTH:
            # A list of several objects is easier to read as lines.
            several = opening == b"[" and len(entries) > 1 and b"{" in flat
            if not several:
                return joined([opening + blank, *_between(entries, b", "), blank + closing])
        unit, eol = self.style.unit, self.eol
        lines: list[bytes | Capture] = [opening]
        for number, entry in enumerate(entries):
            last = number == len(entries) - 1
            lines += [eol + unit, _moved(entry, b"", unit)]
            lines.append(b"," if not last or self.style.trailing_commas else b"")
        return joined([*lines, eol + closing])


def _between(entries: Sequence[Capture], separator: bytes) -> list[bytes | Capture]:
    found: list[bytes | Capture] = []
    for number, entry in enumerate(entries):
        found += [separator, entry] if number else [entry]
    return found
