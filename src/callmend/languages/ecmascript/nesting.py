"""The way to the text in an answer, as the code of the members on it, and as it is told."""

from __future__ import annotations

from collections.abc import Mapping

from callmend.calls import RefusedError
from callmend.reasons import Reason


def spelt(names: tuple[bytes, ...]) -> str:
    """A way as a person writes it: `output[0].text`."""
    words = [name.decode("utf-8", "replace") for name in names]
    return "".join(f"[{word}]" if word.isdigit() else f".{word}" for word in words).lstrip(".")


def code_of(
    names: tuple[bytes, ...], told: Mapping[tuple[bytes, ...], bytes] | None = None
) -> bytes:
    """`output: { message: text }` of output, message; `choices: [{ text }]` of choices, 0, text.

    ``told`` are further members on that way, by their paths, with their values.
    """
    code = b"text"
    for depth, name in reversed(list(enumerate(names))):
        if name.isdigit():
            if name != b"0":
                raise RefusedError(Reason.OTHER_READ, f"element {name.decode()} of a list")
            code = b"[" + code + b"]"
        else:
            key = (
                name if name.replace(b"_", b"").replace(b"$", b"").isalnum() else b"'" + name + b"'"
            )
            member = key if key == code else key + b": " + code
            more = (
                path[-1] + b": " + value + b", "
                for path, value in (told or {}).items()
                if path[:-1] == names[:depth]
            )
            code = b"{ " + b"".join(more) + member + b" }"
    return code.removeprefix(b"{ ").removesuffix(b" }")
