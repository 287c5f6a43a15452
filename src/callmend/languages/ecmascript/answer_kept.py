"""Where a file reads an answer that it has kept: in a state, a field, a variable further out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.answer_elsewhere import LeftError
from callmend.languages.ecmascript.answer_runs import GAVE_UP, AnswerRun
from callmend.languages.ecmascript.answer_syntax import Miss, setter_of
from callmend.languages.ecmascript.answer_values import Members, has_text
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.js_texts import TEXT_MEMBERS
from callmend.languages.ecmascript.js_values import StuckError, ThrownError
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.unfollowed import is_foreign
from callmend.languages.ecmascript.values import text_of

_STATE = b"state "
#: Functions of stores, by which a file keeps what it reads elsewhere.
_STORING = frozenset({"commit", "dispatch", "patch", "put", "set", "setState", "update"})


def missed_when_read(run: AnswerRun) -> list[Miss]:
    """What the file's readings of a kept answer miss in it; none where one finds the text.

    They are evaluated where they stand, as far as members and methods go.
    """
    before = len(run.misses)
    found = False
    missed: list[Miss] = []
    for node in dict.fromkeys(_readings(run)):
        run.enter(run.tree.function_of(node))
        try:
            found = has_text(run.expression(node)) or found
        except ThrownError:
            pass
        except (StuckError, LeftError, *GAVE_UP):
            return []
        missed, run.misses[before:] = [*missed, *run.misses[before:]], []
    return [] if found else missed


def missed_when_told(run: AnswerRun) -> list[Miss]:
    """What the file reads in vain of an answer that it gives to a store: `set({ answer })`.

    That is found again by the name that it has there: `get().answer.text`.
    """
    return [miss for name, value in _told(run) for miss in _missed(run, name.encode(), value)]


def _told(run: AnswerRun) -> Iterator[tuple[str, Any]]:
    """The members with the answer that a store is given."""
    for sink in run.sinks:
        if sink.name.rpartition(".")[2] in _STORING:
            for given in sink.given:
                if isinstance(given, dict) and not isinstance(given, Members):
                    yield from ((n, v) for n, v in given.items() if has_text(v))


def _missed(run: AnswerRun, name: bytes, value: Any) -> Iterator[Miss]:
    way = run.answer.way_of(value)
    for node in run.tree.nodes if way is not None else ():
        if node.type != "member_expression" or text_of(node, "property") != name:
            continue
        outer, parent = run.tree.outer(node)
        if parent is None or parent.type != "member_expression" or is_foreign(node, run.program):
            continue
        read = text_of(parent, "property")
        known = read.decode() in value if isinstance(value, dict) else read.decode() in TEXT_MEMBERS
        if field(parent, "object") == outer and not known and way is not None:
            yield Miss(way, read, parent)


def _readings(run: AnswerRun) -> Iterator[Node]:
    """The expressions that read more of what is kept than its name, outside of what was run."""
    for use in _uses(run):
        if any(is_inside(use, function) for function in run.followed) or is_logged(run.tree, use):
            continue
        top = _whole(run, use)
        if unwrapped(top).id != use.id:
            yield unwrapped(top)


def _whole(run: AnswerRun, use: Node) -> Node:
    """The whole expression that a name or a member starts."""
    node = use
    while True:
        outer, parent = run.tree.outer(node)
        if parent is None:
            return node
        is_owner = parent.type in MEMBERS and field(parent, "object") == outer
        if not is_owner and field(parent, "function") != outer:
            return node
        node = parent


def _uses(run: AnswerRun) -> Iterator[Node]:
    for binding in run.kept_bindings():
        yield from (use for use in binding.references if not run.scopes.is_write(use))
    names = {name for name, value in run.members.items() if has_text(value)}
    for node in run.tree.nodes:
        if node.type == "member_expression" and text(node) in names:
            yield node
        elif node.type == "array_pattern" and len(items(node)) == 2:
            state = items(node)[0]
            held, setter = run.scopes.binding(state), setter_of(run.scopes, state)
            if held is not None and setter is not None and _STATE + setter in names:
                yield from (use for use in held.references if use != state)
    for instance in run.instances():
        kept = {name for name, value in instance.items() if has_text(value)}
        for node in descendants(instance.made_by):
            if node.type == "member_expression" and text_of(node, "object") == b"this":
                if text_of(node, "property").decode("utf-8", "replace") in kept:
                    yield node
