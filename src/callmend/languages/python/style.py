"""How a Python file is written: indent, quotes, width, trailing commas."""

from __future__ import annotations

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
    for node in tree.nodes:
        if (
            isinstance(node, cst.SimpleString)
            and len(node.raw_value)
            and "'" not in (node.raw_value)
        ):
            if node.quote in ('"', "'"):
                double += node.quote == '"'
                single += node.quote == "'"
        elif isinstance(node, (cst.Dict, cst.List, cst.Call)):
            elements = node.args if isinstance(node, cst.Call) else node.elements
            if len(elements) < 2:
                continue
            # One element a line, the bracket on one of its own.
            before, last = (tree.chars(element) for element in elements[-2:])
            end = tree.chars(node)[1]
            if (
                "\n" in tree.text.text[last[1] : end]
                and "\n" in tree.text.text[before[1] : last[0]]
            ):
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
