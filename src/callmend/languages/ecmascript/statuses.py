"""What a file does about the status of a response that it got: it looks at it, or passes it on."""

from __future__ import annotations

from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Readings
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    FUNCTIONS,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
)
from callmend.languages.ecmascript.values import text_of

_LEAVING = frozenset(
    {"return_statement", "throw_statement", "continue_statement", "break_statement"}
)
#: Methods that give those elements of a list for which something holds.
_PICKS = frozenset({b"filter", b"find", b"findLast"})
_FIRST_ERROR = 400
_EXITS = frozenset({b"process.exit", b"Deno.exit", b"exit"})


def passes_status_on(check: Node, program: Program) -> bool:
    """Whether a response's status is that of the file's own response, or decides what runs.

    `{ status: response.status }` beside a body, `res.status(response.status)`; not a field of the
    body, which is sent with the status of a success.
    """
    node, parent = program.tree.outer(check)
    if parent is not None and parent.type == "variable_declarator":
        name = field(parent, "name")
        binding = None if name is None else program.scopes.binding(name)
        uses = [] if binding is None else binding.references
        return any(passes_status_on(use, program) for use in uses)
    if parent is None or is_logged(program.tree, node):
        return False
    around = next((n for n in program.tree.ancestors(check) if n.type == "if_statement"), None)
    if around is not None and is_inside(check, field(around, "condition") or check):
        if _only_logs(around):
            return False
    key, obj = b"", parent.parent
    if parent.type == "pair":
        key = key_name(parent) or b""
    elif node.type == "shorthand_property_identifier":
        key, obj = text(node), parent
    if not key:
        return True
    around = None if obj is None else obj.parent
    if key not in (b"status", b"statusCode") or around is None:
        return False
    if around.type == "arguments":
        return len(items(around)) > 1 and items(around)[-1] == obj
    return around.type == "return_statement"


class Checked(Enum):
    """What a file does about an error's response."""

    LEAVES = "leaves"
    LOOKS = "looks"
    NOTHING = "nothing"


def checked(readings: Readings, program: Program) -> Checked:
    """Whether the status of a response decides what runs, and whether an error is left with."""
    found = [_decides(check, program) for check in readings.checks]
    if Checked.LEAVES in found:
        return Checked.LEAVES
    return Checked.LOOKS if Checked.LOOKS in found else Checked.NOTHING


def _decides(check: Node, program: Program) -> Checked:
    found = _done_about(check, program)
    # `if (response.status === 404) continue;` lets every other error pass.
    partly = found is Checked.LEAVES and not _sorts_out_errors(check, program)
    return Checked.LOOKS if partly else found


def _sorts_out_errors(check: Node, program: Program) -> bool:
    """Whether a condition on `ok` or `status` tells every error from every answer."""
    good, node = True, check
    compared = program.tree.outer(check)[1] or check
    if text_of(check, "property") in (b"status", b"statusCode") or (
        text_of(check, "property") != b"ok"
        and field(compared, "right") is not None
        and text_of(compared, "operator") not in (b"&&", b"||")
    ):
        number = field(compared, "right")
        operator = text_of(compared, "operator")
        if number is None or number.type != "number":
            return True
        code = int(text(number)) if text(number).isdigit() else 0
        if operator in (b"===", b"=="):
            # Who asks for another one, as 202, goes on with an error as with the rest.
            return code in (200, 201)
        if operator in (b">=", b">"):
            good = code < 300 and operator == b">=" and code <= 200
            if not good and code > _FIRST_ERROR:
                return False
        elif operator in (b"<", b"<="):
            if code > _FIRST_ERROR:
                return False
        elif operator in (b"!==", b"!="):
            if not 200 <= code < _FIRST_ERROR:
                return False
            good = False
        node = compared
    for parent in program.tree.ancestors(node):
        if parent.type == "unary_expression" and text_of(parent, "operator") == b"!":
            good = not good
        elif text_of(parent, "operator") in (b"&&", b"||"):
            if (text_of(parent, "operator") == b"&&") is not good:
                return False
        elif parent.type not in ("parenthesized_expression", "non_null_expression"):
            break
    return True


def _picks_answers(check: Node, program: Program) -> bool:
    """`results.find((result) => result.ok && ...)`: only what is an answer is gone on with."""
    node, parent = program.tree.outer(check)
    while parent is not None and text_of(parent, "operator") == b"&&":
        node, parent = program.tree.outer(parent)
    if parent is None or parent.type != "arrow_function" or field(parent, "body") != node:
        return False
    arguments = program.tree.outer(parent)[1]
    call = None if arguments is None else program.tree.parent(arguments)
    picks = text_of(field(call, "function") or check, "property") in _PICKS
    return picks and text_of(check, "property") not in (b"status", b"statusCode")


def _only_logs(condition: Node) -> bool:
    """Whether the branches of an `if` do nothing but to write to the console."""
    branches = [field(condition, "consequence"), field(condition, "alternative")]
    return all(branch is None or all(map(_is_log, _statements(branch))) for branch in branches)


def _statements(branch: Node) -> list[Node]:
    if branch.type == "else_clause":
        branch = items(branch)[0] if items(branch) else branch
    return items(branch) if branch.type in BLOCKS else [branch]


def _is_log(statement: Node) -> bool:
    called = items(statement)[0] if statement.type == "expression_statement" else statement
    return text_of(called, "function").startswith(b"console.")


def _done_about(check: Node, program: Program) -> Checked:
    if _picks_answers(check, program):
        return Checked.LEAVES
    for parent in program.tree.ancestors(check):
        if parent.type == "ternary_expression":
            return Checked.LEAVES
        if parent.type == "if_statement":
            if _only_logs(parent):
                return Checked.NOTHING
            branches = [field(parent, "consequence"), field(parent, "alternative")]
            leaves = any(
                inner.type in _LEAVING or text_of(inner, "function") in _EXITS
                for branch in branches
                if branch is not None
                for inner in descendants(branch)
            )
            return Checked.LEAVES if leaves else Checked.LOOKS
        if parent.type in ("while_statement", "do_statement", "for_statement"):
            return Checked.LOOKS
        if parent.type in BLOCKS or parent.type in FUNCTIONS:
            break
    return Checked.NOTHING
