"""Where a new function goes in a Python file: above the statement that calls it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from callmend.edits import Edit, apply
from callmend.languages.python.program import Program


def above(
    program: Program, call: cst.CSTNode, functions: Sequence[str], others: Iterable[Edit] = ()
) -> Edit:
    """The insertion of functions above the top-level statement that holds a call.

    It has to be above, as a script runs its statements one after the other. The blank lines
    between count as ``others``, the file's other edits, leave them: where these take out what
    stood between two groups of them, no more than two stay.
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
    start, _ = text.line_range(line)
    offset = text.offset(start)
    before = [edit for edit in others if edit.end <= offset]
    lines = apply(program.source.data[:offset], before).splitlines()
    shown = [number for number, one in enumerate(lines, 1) if one.strip()]
    blank = len(lines) - shown[-1] if shown else 2
    lead = "\n" * max(0, 2 - blank)
    eol = program.source.eol_at(offset).decode("ascii")
    code = lead + "\n\n".join(functions) + "\n\n"
    first_gone = offset
    if blank > 2 and before:
        own = program.source.data[max(edit.end for edit in before) : offset]
        taken = own.splitlines(keepends=True)
        # What is left between the edit above and here is blank, and more stands above that edit.
        if not own.strip() and len(taken) < blank:
            first_gone -= sum(map(len, taken[2 - blank :]))
    return Edit(first_gone, offset, text.encode(code.replace("\n", eol)))


def _shown(program: Program, line: int) -> str:
    start, end = program.text.line_range(line)
    return program.text.text[start:end].strip()
