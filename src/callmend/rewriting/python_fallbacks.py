"""How a Python file goes on where a call of it fails, which nobody may have seen until now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.findings import Note
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted, unawaited

_NOTHING = frozenset({"None", "''", '""', "[]", "{}", "()", "False"})
#: The ends of the names of what asks another model, in the libraries of OpenAI and others.
_ASKS = ("completions.create", "completions.parse", "responses.create", "responses.parse",
         "ChatCompletion.create", "messages.create", "generate_content")  # fmt: skip
#: What the URL of a live endpoint that answers has in it.
_ANSWERING = ("/chat/completions", "/v1/responses", "/v1/messages", ":generateContent")
_BROAD = frozenset({"AttributeError", "BaseException", "Exception"})
_GOOD = frozenset({"ok", "is_success"})
_STATUS = frozenset({"status", "status_code"})


def fallback_notes(program: Program, call: cst.Call, *, made_up: bool = False) -> tuple[Note, ...]:
    """What is told of a file that goes on without an answer, which it always did until now.

    `except RequestException: return None` and `if not r.ok: return ""` in a function that the file
    calls, and another model that is asked in place of the dead call: the owner may not know that
    this never gave an answer. A ``made_up`` method fails with an AttributeError.
    """
    tree = program.tree
    function = tree.function_of(call)
    called = isinstance(function, cst.FunctionDef) and bool(program.sites.of(function).calls)
    for block in _on_failure(program, function, call, made_up=made_up):
        asking = (node for line in block for node in _asking(program, line))
        found: cst.CSTNode | None = next(asking, None)
        if found is None and called and block and _gives_nothing(program, block[-1]):
            found = block[-1]
        if found is not None:
            way = f"(`{tree.show(found)}`), as it always did until now"
            told = f"where this call fails the file goes on without its answer {way}"
            return (Note(tree.span(found), told, always=True),)
    return ()


def _on_failure(
    program: Program, function: cst.CSTNode, call: cst.Call, *, made_up: bool
) -> Iterator[Sequence[cst.CSTNode]]:
    """The statements that run where the request fails, way by way."""
    tree = program.tree
    for parent in tree.ancestors(call):
        if parent is function:
            break
        if isinstance(parent, cst.Try) and tree.is_inside(call, parent.body):
            for handler in parent.handlers:
                if made_up and not _catches_all(program, handler):
                    continue
                yield handler.body.body
                if all(_is_nothing(program, line) for line in handler.body.body):
                    lines = list(tree.block_of(parent))
                    yield lines[next(i for i, s in enumerate(lines) if s is parent) + 1 :]
    for node in tree.own(function):
        if isinstance(node, cst.If) and _asks_for_failure(program, node.test, call):
            yield node.body.body


def _catches_all(program: Program, handler: cst.ExceptHandler) -> bool:
    """Whether a handler is one for an attribute that is not there as well."""
    if handler.type is None:
        return True
    named = program.tree.below(handler.type)
    return any(isinstance(node, cst.Name) and node.value in _BROAD for node in named)


def _asks_for_failure(program: Program, test: cst.BaseExpression, call: cst.Call) -> bool:
    """`if not r.ok:`, `if r.status_code != 200:`, where `r` is what the call gives."""
    member: cst.BaseExpression = test
    names = _STATUS
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        member, names = test.expression, _GOOD
    elif isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        member, against = test.left, test.comparisons[0]
        number = program.tree.source(against.comparator)
        differs = isinstance(against.operator, cst.NotEqual) and number == "200"
        above = isinstance(against.operator, cst.GreaterThanEqual) and number == "400"
        if not differs and not above:
            return False
    else:
        return False
    if not isinstance(member, cst.Attribute) or member.attr.value not in names:
        return False
    found = program.resolver.definitions(member.value)
    return any(program.tree.is_inside(call, definition.node) for definition in found)


def _asking(program: Program, line: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls of a statement that ask another model, by a function of the file as well."""
    for node in program.tree.own(line):
        if isinstance(node, cst.Call):
            called = program.sites.called(node)
            inside = () if called is None else program.tree.own(called)
            if _asks(program, node) or any(
                isinstance(inner, cst.Call) and _asks(program, inner) for inner in inside
            ):
                yield node


def _asks(program: Program, call: cst.Call) -> bool:
    name = dotted(call.func)
    if name.endswith(_ASKS):
        return "threads" not in name
    if program.clients.of(call) is None or not call.args:
        return False
    texts = (program.resolver.text(arg.value) or "" for arg in call.args[:2])
    return any(word in text for text in texts for word in _ANSWERING)


def _is_nothing(program: Program, line: cst.CSTNode) -> bool:
    """Whether a statement only passes, or writes to a log."""
    if not isinstance(line, cst.SimpleStatementLine):
        return False
    return all(
        isinstance(small, cst.Pass)
        or (isinstance(small, cst.Expr) and isinstance(small.value, cst.Ellipsis))
        or (
            isinstance(small, cst.Expr)
            and isinstance(call := unawaited(small.value), cst.Call)
            and bool(call.args)
            and is_logged(program, call.args[0])
        )
        for small in line.body
    )


def _gives_nothing(program: Program, line: cst.CSTNode) -> bool:
    if not isinstance(line, cst.SimpleStatementLine) or not isinstance(line.body[-1], cst.Return):
        return False
    given = line.body[-1].value
    return given is None or program.tree.source(given) in _NOTHING
