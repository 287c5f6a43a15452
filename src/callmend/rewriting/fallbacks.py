"""What a function gives where its call fails, so that the file goes on in another way unseen."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    descendants,
    field,
    is_inside,
    items,
    show,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_NOTHING = frozenset({b"''", b'""', b"[]", b"false", b"null", b"undefined"})


def fallback_notes(program: Program, call: Node) -> list[Note]:
    """What is told of a file that goes on without an answer, which it always did until now.

    `catch { return null }`, `if (!res.ok) return null` in a function that the file calls: the owner
    may not know that the dead call never gave an answer.
    """
    function = program.tree.function_of(call)
    if function == program.tree.root or not callers_of(program, function):
        return []
    given = next((n for n in _on_failure(program, function, call) if _gives_nothing(n)), None)
    if given is None:
        return []
    way = f"(`{show(given)}`), as it always did until now"
    told = f"where this call fails the file goes on without its answer {way}"
    return [Note(span(given), told, always=True)]


def _on_failure(program: Program, function: Node, call: Node) -> Iterator[Node]:
    """The statements with which the ways of a failed request end."""
    for parent in program.tree.ancestors(call):
        if parent == function:
            break
        if parent.type == "try_statement" and is_inside(call, field(parent, "body") or call):
            yield from _last(field(field(parent, "handler"), "body"))
    for node in descendants(function):
        if node.type == "if_statement" and _asks_for_failure(program, node, call):
            yield from _last(field(node, "consequence"))


def _asks_for_failure(program: Program, condition: Node, call: Node) -> bool:
    """`if (!res.ok)`, where `res` is what the call gives."""
    asked = unwrapped(field(condition, "condition") or condition)
    member = field(asked, "argument")
    if text_of(asked, "operator") != b"!" or member is None or text_of(member, "property") != b"ok":
        return False
    owner = field(member, "object")
    binding = None if owner is None else program.scopes.binding(unwrapped(owner))
    return binding is not None and is_inside(call, binding.declarator)


def _last(block: Node | None) -> Iterator[Node]:
    if block is not None:
        yield from items(block)[-1:] if block.type in BLOCKS else (block,)


def _gives_nothing(statement: Node) -> bool:
    if statement.type != "return_statement":
        return False
    given = items(statement)
    return not given or text(unwrapped(given[0])) in _NOTHING
