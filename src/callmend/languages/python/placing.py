"""Where a new function goes in a Python file: above the statement that calls it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.edits import Edit
from callmend.languages.python.program import Program


def above(program: Program, call: cst.CSTNode, functions: Sequence[str]) -> Edit:
    """The insertion of functions above the top-level statement that holds a call.

    It has to be above, as a script runs its statements one after the other.
    """
    tree, text = program.tree, program.text
    statement = call
    parent = tree.parent(statement)
    while parent is not None and not isinstance(parent, cst.Module):
        statement, parent = parent, tree.parent(parent)
    first: cst.CSTNode = statement
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
        first = statement.decorators[0]
    line = text.line(tree.chars(first)[0])
    while line > 1 and _shown(program, line - 1).startswith("#"):
        line -= 1
    blank = 0
    while line - blank > 1 and not _shown(program, line - 1 - blank):
        blank += 1
    lead = "" if line - blank <= 1 else "\n" * max(0, 2 - blank)
    start, _ = text.line_range(line)
    offset = text.offset(start)
    eol = program.source.eol_at(offset).decode("ascii")
    code = lead + "\n\n".join(functions) + "\n\n"
    return Edit(offset, offset, text.encode(code.replace("\n", eol)))


def _shown(program: Program, line: int) -> str:
    start, end = program.text.line_range(line)
    return program.text.text[start:end].strip()
