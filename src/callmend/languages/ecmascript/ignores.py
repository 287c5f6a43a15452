"""`callmend-ignore` comments: which call each one silences."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.edits import Span
from callmend.languages.ecmascript.tree import Tree, span, text
from callmend.records import record
from callmend.source import BOM

_IGNORE = re.compile(rb"callmend-ignore\b(?P<codes>(?:[ \t:,]+[A-Z]{2}\d+)*)")


@record(frozen=True, slots=True)
class Ignore:
    """One comment. ``reach`` is the span in which the next call is silenced; no codes mean all."""

    comment: Span
    reach: Span
    codes: tuple[str, ...]

    def silences(self, rule: str) -> bool:
        """Whether findings of this rule are meant."""
        return not self.codes or any(rule.startswith(code) for code in self.codes)


def find_ignores(tree: Tree) -> list[Ignore]:
    """The file's `callmend-ignore` comments, in source order."""
    found: list[Ignore] = []
    if b"callmend-ignore" not in tree.data:
        return found
    for node in tree.comments:
        match = _IGNORE.search(text(node))
        if match is not None:
            codes = tuple(match["codes"].decode().replace(":", " ").replace(",", " ").split())
            found.append(Ignore(span(node), _reach(tree, node), codes))
    return found


def _reach(tree: Tree, comment: Node) -> Span:
    """What a comment stands above: the next node beside it, or its own line for one at the end."""
    line = tree.data.rfind(b"\n", 0, comment.start_byte) + 1
    if tree.data[line : comment.start_byte].removeprefix(BOM).strip(b" \t{"):
        return Span(line, comment.start_byte)
    follower = comment.next_named_sibling
    while follower is not None and follower.type == "comment":
        follower = follower.next_named_sibling
    parent = tree.parent(comment)
    if follower is None and parent is not None and parent.type == "jsx_expression":
        follower = parent.next_named_sibling
    end = comment.end_byte if follower is None else follower.end_byte
    return Span(comment.end_byte, end)
