"""Branches of a loop that goes, as statements behind it: the text of each at another indent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.languages.python.layout import dedented, inside_strings, spliced
from callmend.languages.python.program import Program


def branch_range(program: Program, branch: cst.If | cst.Else) -> tuple[int, int]:
    """The range of characters of one `if` or `elif` with its block, without what follows it."""
    start, _ = program.tree.chars(branch)
    last: cst.CSTNode = branch.body
    if isinstance(branch.body, cst.IndentedBlock):
        last = branch.body.body[-1]
    return start, program.tree.chars(last)[1]


def hoisted(
    program: Program,
    branch: cst.If | cst.Else,
    changes: Sequence[tuple[int, int, str]],
    indent: str,
) -> str:
    """A branch as a statement of its own at an indent, with LF line ends.

    ``changes`` are ranges of the file's characters with what replaces them.
    """
    text = program.text.text
    start, end = branch_range(program, branch)
    inside = [c for c in changes if start <= c[0] and c[1] <= end]
    source = spliced(text, start, end, inside)
    line_start, _ = program.text.line_range(program.text.line(start))
    line = text[line_start:start]
    inner = line[: len(line) - len(line.lstrip(" \t"))]
    if source.startswith("elif"):
        source = source[2:]
    source = dedented(source, inner)
    kept = inside_strings(source)
    lines = source.split("\n")
    return "\n".join(
        line if number in kept or not line.strip() else indent + line
        for number, line in enumerate(lines)
    )


def branches(statement: cst.If) -> Iterator[cst.If | cst.Else]:
    """An `if`, its `elif`s and its `else`."""
    current: cst.If | cst.Else | None = statement
    while current is not None:
        yield current
        current = current.orelse if isinstance(current, cst.If) else None
