"""How a Python file is written: indent, quotes, width, trailing commas."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.tree import Tree
from callmend.records import record

#: The widths that formatters are set to most, of which one is guessed; a line that is broken at
#: the smaller one stays so at the larger one, because of its trailing comma.
_NARROW, USUAL = 79, 88


@record(frozen=True, slots=True)
class Style:
    """A file's own style; ``width`` is in characters, ``known`` by a formatter's settings."""

    indent: str
    quote: str
    width: int
    trailing_comma: bool
    known: bool = False


def detect(tree: Tree) -> Style:
    """The style of a file."""
    double = single = commas = bare = 0
    for text in tree.every(cst.SimpleString):
        if len(text.raw_value) and "'" not in text.raw_value:
            double += text.quote == '"'
            single += text.quote == "'"
    held: list[tuple[cst.CSTNode, Sequence[cst.BaseElement | cst.BaseDictElement | cst.Arg]]] = [
        *((node, node.args) for node in tree.every(cst.Call)),
        *((node, node.elements) for node in tree.every(cst.Dict)),
        *((node, node.elements) for node in tree.every(cst.List)),
    ]
    for node, elements in held:
        if len(elements) < 2:
            continue
        # One element a line, the bracket on one of its own.
        before, last = (tree.chars(element) for element in elements[-2:])
        end = tree.chars(node)[1]
        if "\n" in tree.text.text[last[1] : end] and "\n" in tree.text.text[before[1] : last[0]]:
            has_comma = isinstance(elements[-1].comma, cst.Comma)
            commas += has_comma
            bare += not has_comma
    width = None if tree.line_length is None else tree.line_length()
    longest = max((len(line) for line in tree.text.text.splitlines()), default=0)
    return Style(
        indent=tree.module.default_indent,
        quote="'" if single > double else '"',
        width=width or (_NARROW if longest <= _NARROW else USUAL),
        trailing_comma=commas >= bare,
        known=width is not None,
    )
