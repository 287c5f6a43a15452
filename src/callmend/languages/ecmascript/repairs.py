"""Mends the shape of an adapted answer in which a file does not find the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer_values import (
    TEXT,
    Tree,
    Way,
    changed,
    member_of,
    parsed,
    part_at,
)
from callmend.languages.ecmascript.fits import is_list_method
from callmend.languages.ecmascript.members import Members
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.rehearsal import IDENTITY, USAGE, Found, Outcome, Rehearsal
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.showing import check_shown
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    show,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

_MOST_TRIED = 40
_MOST_CHANGES = 4
_LITERALS = frozenset({"false", "null", "number", "string", "true"})
_COMPARED = (b"===", b"==", b"!==", b"!=")
_OF_WORDS = frozenset({b"endsWith", b"includes", b"startsWith"})
#: What says that there is no answer, where it is there.
_FAILURES = frozenset({b"err", b"error", b"errors", b"failed", b"failure", b"last_error"})
_ALWAYS = b"output_text"
#: What tells that a run has ended well, or of which kind an answer is: the new answer may say so.
_OF_THE_RUN = _FAILURES | {
    b"code", b"complete", b"completed", b"done", b"event", b"finishReason", b"finish_reason",
    b"finished", b"hasOutput", b"has_output", b"isComplete", b"isDone", b"isSuccess",
    b"is_complete", b"is_success", b"kind", b"object", b"ok", b"outcome", b"phase", b"ready",
    b"resultType", b"result_type", b"role", b"stage", b"state", b"status", b"statusCode",
    b"status_code", b"stop_reason", b"succeeded", b"success", b"successful", b"type", b"valid",
}  # fmt: skip


def mended(shape: Shape, rehearsal: Rehearsal) -> Shape:
    """The shape, or one like it, in which the file finds the text.

    Raises:
        RefusedError: it finds none, and no member that it asks for would change that.
    """
    try:
        tree = parsed(b"{ " + b", ".join(shape.members) + b" }")
    except ValueError:
        return shape
    *first, last = tree
    tree = (
        {name: tree[name] for name in first}
        | dict.fromkeys(shape.identified, IDENTITY)
        | {last: tree[last]}
    )
    if shape.counts:
        tree |= {USAGE: USAGE}
    outcome = rehearsal.outcome(tree)
    if shape.whole and not (outcome.part or outcome.misses or outcome.throws):
        return shape
    if outcome.found is Found.UNSURE:
        _check_shown(shape, rehearsal)
    if outcome.found is not Found.NOTHING:
        return shape
    better = _better(tree, outcome, rehearsal)
    if better is None:
        raise RefusedError(*_why(outcome, shape, rehearsal))
    # What is new goes behind the text; the status stays the last.
    names = [*first, *(name for name in better if name not in tree), last]
    members = tuple(member_of(name, better[name]) for name in names)
    return replace(shape, members=members, shown=_shown(better) or shape.shown)


def _check_shown(shape: Shape, rehearsal: Rehearsal) -> None:
    """Refuse a shape of which no way through the code shows the text.

    Raises:
        RefusedError: none does.
    """
    through = rehearsal.through
    calls = None if through is None else [each.id for each in through]
    parts = (rehearsal.program, rehearsal.call, shape, rehearsal.what, rehearsal.again)
    check_shown(*parts, calls)


def _why(outcome: Outcome, shape: Shape, rehearsal: Rehearsal) -> tuple[Reason, str]:
    """The reason for which the call is left."""
    node = outcome.node or rehearsal.call
    nothing = f"{show_line(node)} gets no text of an answer that has it in `{shape.shown}`"
    if not outcome.misses:
        return Reason.ANSWER_NOT_UNDERSTOOD, nothing
    missed = outcome.misses[-1].node
    if node in (missed, missed.parent):
        return Reason.OTHER_READ, show_line(node)
    return Reason.ANSWER_NOT_UNDERSTOOD, f"{nothing}, and no `{show(missed)}`"


def _better(tree: Tree, outcome: Outcome, rehearsal: Rehearsal) -> dict[bytes, Tree] | None:
    """A tree with a few more members, or others, in which the text is found."""
    waiting: list[tuple[Tree, Outcome, int]] = [(tree, outcome, 0)]
    tried = 0
    while waiting:
        before, failed, changes = waiting.pop(0)
        for candidate in _candidates(before, failed, rehearsal.program):
            tried += 1
            if tried > _MOST_TRIED:
                return None
            found = rehearsal.outcome(candidate)
            if found.found is Found.TEXT and isinstance(candidate, dict):
                return candidate
            if changes + 1 < _MOST_CHANGES and _signature(found) != _signature(failed):
                if found.found is Found.NOTHING:
                    waiting.append((candidate, found, changes + 1))
    return None


def _signature(outcome: Outcome) -> tuple[object, ...]:
    node = None if outcome.node is None else outcome.node.id
    return (node, tuple((m.way, m.name) for m in outcome.misses))


def _candidates(tree: Tree, outcome: Outcome, program: Program) -> Iterator[Tree]:
    if outcome.part:
        yield from _with(tree, outcome.part, TEXT)
    misses = list(dict.fromkeys((miss.way, miss.name) for miss in outcome.misses))
    for way, name in reversed(misses):
        part = part_at(tree, way)
        if (part != TEXT and not isinstance(part, list)) or way == (_ALWAYS,):
            continue
        if isinstance(part, list) and name.isdigit():
            continue
        if name.isdigit() or is_list_method(name):
            new: Tree = [TEXT]
        else:
            new = {name: TEXT}
        yield from _with(tree, way, new)
    for way, name in reversed(misses):
        if isinstance(part_at(tree, way), dict):
            told = b"0" in way
            if not told and name not in _OF_THE_RUN:
                continue
            for code in _wanted(name, program):
                yield from _with(tree, (*way, name), code)
            if name not in _FAILURES:
                yield from _with(tree, (*way, name), b"true")
    for way, code in _literals(tree, ()):
        for other in _wanted(way[-1], program):
            if other != code:
                yield from _with(tree, way, other)


def _with(tree: Tree, way: Way, new: Tree) -> Iterator[Tree]:
    found = changed(tree, way, new)
    if found is not None:
        yield found


def _literals(tree: Tree, way: Way) -> Iterator[tuple[Way, bytes]]:
    """The literals of a tree, with the way to each."""
    if isinstance(tree, dict):
        for name, part in tree.items():
            yield from _literals(part, (*way, name))
    elif isinstance(tree, list):
        for part in tree:
            yield from _literals(part, (*way, b"0"))
    elif tree not in (TEXT, IDENTITY, USAGE):
        yield way, tree


def _wanted(name: bytes, program: Program) -> list[bytes]:
    """The literals that the file compares a member of this name with, in its order."""
    found: dict[bytes, None] = {}
    members = Members(program.scopes)
    for node in program.tree.nodes:
        if _reads(node, name, program):
            for code in _compared_with(node, program, members):
                found[code] = None
    return list(found)


def _reads(node: Node, name: bytes, program: Program) -> bool:
    """Whether a member of this name is read, or the variable that is called by it."""
    if node.type == "member_expression":
        return text_of(node, "property") == name
    if node.type == "subscript_expression":
        return text_of(node, "index").strip(b"'\"`") == name
    if node.type != "identifier":
        return False
    if text(node) == name:
        return True
    binding = program.scopes.binding(node)
    if binding is None or node == binding.name_node:
        return False
    pattern = program.tree.parent(binding.name_node)
    if pattern is not None and pattern.type == "pair_pattern":
        return key_name(pattern) == name
    value = field(binding.declarator, "value")
    return (
        value is not None
        and field(binding.declarator, "name") == binding.name_node
        and unwrapped(value).type == "member_expression"
        and text_of(unwrapped(value), "property") == name
    )


def _compared_with(node: Node, program: Program, members: Members) -> Iterator[bytes]:
    outer, parent = program.tree.outer(node)
    while parent is not None and parent.type == "member_expression":
        # `x.type.toLowerCase() === 'text'`, `x.id.startsWith('run_')`
        call = program.tree.parent(parent)
        if call is None or field(call, "function") != parent:
            return
        if text_of(parent, "property") in _OF_WORDS:
            yield from _codes(items(field(call, "arguments") or call), members)
            return
        outer, parent = program.tree.outer(call)
    if parent is None:
        return
    if parent.type == "binary_expression" and text_of(parent, "operator") in _COMPARED:
        sides = (field(parent, "left"), field(parent, "right"))
        yield from _codes([s for s in sides if s is not None and s != outer], members)
    elif parent.type == "switch_statement" and (body := field(parent, "body")) is not None:
        tested = [field(case, "value") for case in items(body)]
        yield from _codes([each for each in tested if each is not None], members)
    elif parent.type == "arguments":
        call = program.tree.parent(parent)
        callee = None if call is None else field(call, "function")
        if callee is None or text_of(callee, "property") not in (b"includes", b"has"):
            return
        words = members.constant(field(callee, "object") or callee)
        if words is not None and words.type == "new_expression":
            inside = items(field(words, "arguments") or words)
            words = unwrapped(inside[0]) if inside else None
        if words is not None and words.type == "array":
            yield from _codes(items(words), members)


def _codes(nodes: list[Node], members: Members) -> Iterator[bytes]:
    """The code of those that are literals, or names of such."""
    for node in nodes:
        found = members.constant(node)
        if found is not None and found.type in ("member_expression", "subscript_expression"):
            found = members.member(found)
        if found is not None and unwrapped(found).type in _LITERALS:
            yield text(unwrapped(found))


def _shown(tree: dict[bytes, Tree]) -> str:
    """How the way to the text is written: `outputs[0].text`."""
    for name, part in tree.items():
        if name == _ALWAYS:
            continue
        names, inner = [name.decode("utf-8", "replace")], part
        while inner != TEXT:
            if isinstance(inner, list):
                names.append("[0]")
                inner = inner[0]
            elif isinstance(inner, dict):
                key = next((k for k, v in inner.items() if TEXT in _leaves(v)), None)
                if key is None:
                    break
                names.append("." + key.decode("utf-8", "replace"))
                inner = inner[key]
            else:
                break
        if inner == TEXT:
            return "".join(names)
    return ""


def _leaves(tree: Tree) -> Iterator[bytes]:
    if isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(part)
    else:
        yield tree
