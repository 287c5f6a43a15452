"""Placeholders in a URL's text that `replace` fills: `PATH.replace('{id}', id)`."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.texts import HOLE, UNKNOWN, Value, merged, unescape
from callmend.languages.ecmascript.tree import FUNCTIONS, field, items, text, unwrapped

#: A pattern without anything that stands for more than itself.
_PLAIN_PATTERN = re.compile(r"/((?:\\[{}:\[\]$<>]|[\w:<>}-]|\{(?=[a-zA-Z_]))+)/g?")


def placeholder_of(call: Node) -> tuple[str, bool] | None:
    """What `path.replace('{id}', id)` replaces, and whether it does wherever that stands."""
    function, given = field(call, "function"), items(field(call, "arguments") or call)
    name = b"" if function is None else text_of(function, "property")
    if name not in (b"replace", b"replaceAll") or len(given) != 2:
        return None
    if unwrapped(given[1]).type in FUNCTIONS or given[1].type == "spread_element":
        return None
    pattern = given[0]
    source = text(pattern).decode("utf-8", "replace")
    if pattern.type == "string":
        return unescape(source[1:-1]), name == b"replaceAll"
    found = _PLAIN_PATTERN.fullmatch(source) if pattern.type == "regex" else None
    return None if found is None else (found[1].replace("\\", ""), source.endswith("g"))


def filled(whole: Value, hole: str, filling: Value, everywhere: bool) -> Value:
    """The texts of one value with a placeholder in it replaced by those of another."""
    # `$` in a replacement stands for parts of what was found.
    if not hole or any("$" in each for each in filling.texts):
        return UNKNOWN
    texts: list[str] = []
    for known in whole.texts:
        # What is not known may hold a word, but no `{id}`.
        if HOLE in known and hole[0].isalnum():
            return UNKNOWN
        times = -1 if everywhere else 1
        texts += [known.replace(hole, each, times) for each in filling.texts]
    return merged(texts, [whole, filling])
