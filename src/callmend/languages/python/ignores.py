"""`# callmend-ignore` comments: which call each one silences."""

from __future__ import annotations

import re

import libcst as cst

from callmend.edits import Span
from callmend.languages.python.tree import Tree
from callmend.records import record

_IGNORE = re.compile(r"callmend-ignore\b(?P<codes>(?:[ \t:,]+[A-Z]{2}\d+)*)")


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
    if "callmend-ignore" not in tree.text.text:
        return found
    for node in tree.nodes:
        match = _IGNORE.search(node.value) if isinstance(node, cst.Comment) else None
        if match is not None:
            codes = tuple(match["codes"].replace(":", " ").replace(",", " ").split())
            found.append(Ignore(tree.span(node), _reach(tree, node), codes))
    return found


def _reach(tree: Tree, comment: cst.CSTNode) -> Span:
    """Its own line for a comment at the end of one, otherwise the statement below it."""
    start, end = tree.chars(comment)
    line_start, _ = tree.text.line_range(tree.text.line(start))
    if tree.text.text[line_start:start].strip():
        return tree.text.span(line_start, start)
    for node in tree.nodes:
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Arg)):
            place = tree.chars(node)
            if place[0] >= end:
                return tree.text.span(end, max(place[1], end))
    return tree.text.span(end, len(tree.text.text))
