"""The golden pairs of Python files, and their variants: both sides put into another dialect."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from callmend.settings import Settings

GOLDENS = Path(__file__).with_name("goldens_python")
_USUAL_FINDINGS = "CM101 migrated\n"


@dataclass(frozen=True)
class PythonGolden:
    """A pair of files: what is given, what has to come out, and what is found on the way."""

    name: str
    source: bytes
    expected: bytes
    findings: str = _USUAL_FINDINGS
    settings: Settings | None = None


@cache
def goldens() -> dict[str, PythonGolden]:
    """Every folder of tests/goldens_python by its name."""
    return {folder.name: _read(folder) for folder in sorted(GOLDENS.iterdir()) if folder.is_dir()}


def _read(folder: Path) -> PythonGolden:
    findings, settings = folder / "findings.txt", folder / "settings.toml"
    return PythonGolden(
        name=folder.name,
        source=(folder / "input.py").read_bytes(),
        expected=(folder / "expected.py").read_bytes(),
        findings=findings.read_text() if findings.exists() else _USUAL_FINDINGS,
        settings=Settings(**tomllib.loads(settings.read_text())) if settings.exists() else None,
    )


# --- variants


def crlf(source: bytes) -> bytes:
    """Lines that end in CR LF."""
    return source.replace(b"\n", b"\r\n")


def bom(source: bytes) -> bytes:
    """A byte order mark in front."""
    return b"\xef\xbb\xbf" + source


def no_final_newline(source: bytes) -> bytes:
    """No newline at the end of the file."""
    return source.removesuffix(b"\n")


def single_quotes(source: bytes) -> bytes:
    """Single quotes where the text holds none."""
    plain = re.compile(r"""(?<!")"((?:[^"'\\\n]|\\[nr])*)"(?!")""")
    nested = re.compile(r"f'[^'\n]*\{[^}'\n]*$")  # in `f'{answer["id"]}'` there is no other way

    def changed(match: re.Match[str]) -> str:
        line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
        return match[0] if nested.search(line) else f"'{match[1]}'"

    return plain.sub(changed, source.decode()).encode()


def latin_1(source: bytes) -> bytes:
    """A coding line, and a comment and a name that are other bytes in Latin-1 than in UTF-8."""
    text = source.decode().replace("question", "quéstiôn")
    return f"# -*- coding: latin-1 -*-\n# Größe\n{text}".encode("latin-1")


def not_ascii(source: bytes) -> bytes:
    """A name of more bytes than characters."""
    text = source.decode().replace("question", "quéstiôn")
    return text.encode()


def form_feed(source: bytes) -> bytes:
    """A form feed on a line of its own before the first function."""
    return re.sub(rb"\n(?=(?:async )?def |class )", b"\n\x0c\n", source, count=1)


#: Variants whose bytes are known from the golden's own.
VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "crlf": crlf,
    "bom": bom,
    "no-final-newline": no_final_newline,
    "single-quotes": single_quotes,
    "latin-1": latin_1,
    "not-ascii": not_ascii,
    "form-feed": form_feed,
}


def indented(source: bytes, unit: bytes) -> bytes:
    """Another unit of indentation; the width of lines changes with it."""
    lines = source.split(b"\n")
    inside: set[int] = set()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.STRING:
            inside.update(range(token.start[0], token.end[0]))
    for number, line in enumerate(lines):
        rest = line.lstrip(b" ")
        if number not in inside:
            lines[number] = unit * ((len(line) - len(rest)) // 4) + rest
    return b"\n".join(lines)


def made(golden: PythonGolden, variant: str) -> PythonGolden:
    """A golden's variant."""
    change = VARIANTS[variant]
    return replace(golden, source=change(golden.source), expected=change(golden.expected))
