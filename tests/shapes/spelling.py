"""How the code of composed programs is spelt: lines put together, types, dialects."""

from __future__ import annotations

import re


def as_undici(line: str) -> str:
    """A status check of `got` in the words of undici's `request`."""
    for old, new in (("!got.ok", "statusCode >= 400"), ("got.ok", "statusCode < 400")):
        line = line.replace(old, new)
    return line.replace("got.status", "statusCode")


def assigned(name: str, lines: list[str]) -> list[str]:
    return suffixed(prefixed(f"const {name} = ", lines), ";")


def prefixed(prefix: str, lines: list[str]) -> list[str]:
    return [prefix + lines[0], *lines[1:]]


def suffixed(lines: list[str], suffix: str) -> list[str]:
    return [*lines[:-1], lines[-1] + suffix]


def _enclosed(before: str, lines: list[str], after: str) -> list[str]:
    return suffixed(prefixed(before, lines), after)


_TYPE = re.compile(r"<(: (?:[^<>]|<[^<>]*>)*|\(| as any\)?)>")


def with_types(text: str, *, keep: bool) -> str:
    """The text with what stands in angle brackets, or without it."""
    return _TYPE.sub(r"\1" if keep else "", text.replace("<< as any>>", "< as any>"))


def in_dialect(text: str, dialect: str) -> str:
    """The program in another quote, without semicolons, with other indents or line ends."""
    match dialect:
        case "double":
            return text.replace("'", '"')
        case "bare":
            return re.sub(r";$", "", text, flags=re.MULTILINE)
        case "tabs":
            return re.sub(r"^(?:  )+", lambda m: "\t" * (len(m[0]) // 2), text, flags=re.MULTILINE)
        case "wide":
            return re.sub(r"^ +", lambda m: m[0] * 2, text, flags=re.MULTILINE)
        case "crlf":
            return text.replace("\n", "\r\n")
    return text
