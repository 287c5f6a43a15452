"""What has to change in a Python file for statements of it to go, with what only leads to them."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.layout import has_comments
from callmend.languages.python.program import Program
from callmend.languages.python.tree import Statement

#: What a test may be made of that does nothing but look.
_LOOKS = (
    cst.Attribute,
    cst.BaseBooleanOp,
    cst.BaseCompOp,
    cst.BaseParenthesizableWhitespace,
    cst.BaseUnaryOp,
    cst.BooleanOperation,
    cst.Comma,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.Dot,
    cst.Element,
    cst.Integer,
    cst.LeftParen,
    cst.List,
    cst.Name,
    cst.RightParen,
    cst.Set,
    cst.SimpleString,
    cst.Tuple,
    cst.UnaryOperation,
    cst.LeftSquareBracket,
    cst.RightSquareBracket,
    cst.LeftCurlyBrace,
    cst.RightCurlyBrace,
    cst.Newline,
)


def taken_out(
    program: Program, smalls: Sequence[cst.BaseSmallStatement]
) -> list[tuple[int, int, str]]:
    """The characters that go for these statements to go together, with what takes their place.

    A block or a line that needs a statement gets `pass`; an `if` that only led to them goes too,
    where its test does nothing and reads no variable that nothing else does.
    """
    tree = program.tree
    kept: list[cst.BaseSmallStatement] = []
    lines: list[Statement] = []
    for small in smalls:
        statement = tree.statement_of(small)
        alone = isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1
        if alone and not has_comments(statement):
            lines.append(statement)
        else:
            kept.append(small)
    found = [(*tree.chars(small), "pass") for small in kept]
    gone: list[Statement] = []
    while lines:
        block = tree.block_of(lines[0])
        here = [line for line in lines if any(line is each for each in block)]
        lines = [line for line in lines if not any(line is each for each in here)]
        if len(here) < len(block):
            gone += here
            continue
        guard = tree.holder_of(here[0])
        if isinstance(guard, cst.If) and _only_leads(program, guard):
            lines.append(guard)
            continue
        first = here[0].body[0] if isinstance(here[0], cst.SimpleStatementLine) else here[0]
        found.append((*tree.chars(first), "pass"))
        gone += here[1:]
    return [*found, *((*tree.lines_of(statement), "") for statement in gone)]


def _only_leads(program: Program, guard: cst.If) -> bool:
    """Whether nothing is lost with an `if` when all that it leads to goes."""
    tree = program.tree
    if guard.orelse is not None or isinstance(tree.parent(guard), cst.If) or has_comments(guard):
        return False
    if len(tree.block_of(guard)) == 1 and not isinstance(tree.holder_of(guard), cst.If):
        return False
    if not all(isinstance(node, _LOOKS) for node in tree.below(guard.test)):
        return False
    function = tree.function_of(guard)
    for name in (n for n in tree.below(guard.test) if isinstance(n, cst.Name)):
        bound = program.scopes.bound(function).get(name.value, ())
        if not bound or any(isinstance(d.node, cst.Param) for d in bound):
            continue
        uses = program.scopes.uses(name.value)
        if all(tree.is_inside(use, guard) for use in uses):
            return False  # a variable that nothing reads would be left
    return True
