"""The texts that an expression may have, put together, with marks for what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding
from callmend.records import record

#: Stands for a part that is not known before the program runs (a private-use character).
HOLE = "\ue000"
_MOST_ALTERNATIVES = 16
#: Longer texts are no URL.
_MOST_LETTERS = 4_000
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ORIGIN = re.compile(r"(?P<origin>[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)(?P<path>[^?#]*)")


@record(frozen=True, slots=True)
class Value:
    """The texts an expression may have; holes are marked by `HOLE`.

    ``constants`` are the bindings that were followed, in order; ``nodes`` the ids of all
    expressions that the texts come from; ``candidates`` the array whose elements the texts are,
    where the code goes through it or picks one.
    """

    texts: tuple[str, ...]
    constants: tuple[Binding, ...] = ()
    nodes: frozenset[int] = frozenset()
    candidates: Node | None = None


UNKNOWN = Value((HOLE,))


def unescape(raw: str) -> str:
    """The text that a string literal's or template's source stands for."""
    if "\\" not in raw:
        return raw

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            number = int(code, 16)
            return chr(number) if number <= 0x10FFFF else HOLE
        char: str = match[4]
        if char in ("\n", "\r\n", "\u2028", "\u2029"):
            return ""
        return _SIMPLE_ESCAPES.get(char, char)

    return _ESCAPE.sub(one, raw)


def against(path: str, base: str) -> str:
    """The URL that `new URL(path, base)` makes; a hole stands for what is not known."""
    if _SCHEME.match(path):
        return path
    found = _ORIGIN.match(base)
    origin = HOLE if found is None else found["origin"]
    if found is None and not base.startswith(HOLE):
        # A base without a host: the URL's constructor throws.
        return HOLE
    if path.startswith("//"):
        return origin.partition("//")[0] + path
    if path.startswith("/"):
        return origin + path
    if path.startswith(HOLE):
        return path
    folder = "" if found is None else found["path"].rpartition("/")[0]
    return f"{origin}{folder}/{path}"


def merged(texts: Iterable[str], values: Iterable[Value]) -> Value:
    """A value of these texts that comes from those values."""
    values = list(values)
    kept = tuple(dict.fromkeys(t if len(t) <= _MOST_LETTERS else HOLE for t in texts))
    if len(kept) > _MOST_ALTERNATIVES:
        kept = (*kept[:_MOST_ALTERNATIVES], HOLE)
    constants = dict.fromkeys(binding for value in values for binding in value.constants)
    nodes = frozenset().union(*(value.nodes for value in values))
    candidates = next((v.candidates for v in values if v.candidates is not None), None)
    return Value(kept, tuple(constants), nodes, candidates)


def joined(values: list[Value], nodes: frozenset[int] = frozenset()) -> Value:
    """The texts of one value behind the other's, in every combination."""
    texts = [""]
    run: list[str] = []

    for value in values:
        if len(value.texts) == 1:
            run.append(value.texts[0])
            continue
        texts = [a + "".join(run) + b for a in texts for b in value.texts]
        run = []
        if len(texts) > _MOST_ALTERNATIVES:
            texts = [HOLE]
    whole = merged((a + "".join(run) for a in texts), values)
    return replace(whole, nodes=whole.nodes | nodes)


def several(values: list[Value]) -> Value:
    """The texts of any of these values."""
    return merged((text for value in values for text in value.texts), values)


def may_be_workflow(known: str) -> bool:
    """Whether a text is the id of a workflow, or not known at all."""
    return known == HOLE or (known.startswith("wf_") and known.isidentifier())
