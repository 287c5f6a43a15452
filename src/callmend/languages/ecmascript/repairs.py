"""Mends the shape of an adapted answer in which a file does not find the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer_syntax import Miss
from callmend.languages.ecmascript.answer_values import (
    TEXT,
    Tree,
    Way,
    changed,
    made,
    member_of,
    parsed,
    part_at,
)
from callmend.languages.ecmascript.compared import FAILURES, FLAGS, MARKS, is_flag, wanted
from callmend.languages.ecmascript.elements import MEMBERS, path_from
from callmend.languages.ecmascript.fits import TELLING, Leaf, Structure, is_list_method
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.rehearsal import IDENTITY, USAGE, Found, Outcome, Rehearsal
from callmend.languages.ecmascript.schemas import object_parsed
from callmend.languages.ecmascript.shapes import TEXTUAL, Shape, declared_as_object
from callmend.languages.ecmascript.showing import check_shown
from callmend.languages.ecmascript.tree import (
    show,
    show_line,
)
from callmend.languages.ecmascript.values import text_of
from callmend.languages.ecmascript.words import only_logged
from callmend.reasons import Reason

_MOST_TRIED = 40
_MOST_CHANGES = 4
_ALWAYS = b"output_text"


def mended(shape: Shape, rehearsal: Rehearsal) -> Shape:
    """The shape, or one like it, in which the file finds the text.

    Raises:
        RefusedError: it finds none, and no member that it asks for would change that.
    """
    tree = tree_of(shape)
    if not tree:
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
    lets_nothing_through = outcome.found is Found.NOTHING
    if shape.declared is not None and (lets_nothing_through or outcome.parses is None):
        if not lets_nothing_through or object_parsed(shape.declared) is None:
            raise declared_as_object(shape.declared)
    strange = None if shape.strange is None else shape.strange(shape.structure)
    unproved = shape.doubt if shape.strict else None
    if unproved is not None and outcome.found is not Found.NOTHING and not outcome.alone:
        raise RefusedError(*_doubt(shape, unproved))
    if strange is None:
        if shape.whole and not (outcome.part or outcome.misses or outcome.throws):
            return _seen(shape, rehearsal)
        if outcome.found is Found.UNSURE:
            _check_unsure(shape, rehearsal)
        if outcome.found is not Found.NOTHING:
            return _seen(replace(shape, parses=outcome.parses), rehearsal)
    if shape.fields and strange is None and outcome.part:
        return shape
    missed = outcome.found is Found.NOTHING and not outcome.spoilt and not shape.fields
    mend = _better(tree, outcome, shape, rehearsal) if missed else None
    if mend is None and strange is not None:
        detail = f"{show_line(strange)} may read the answer, which is handed on"
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
    if mend is None and unproved is not None:
        raise RefusedError(*_doubt(shape, unproved))
    if shape.declared is not None and not _is_of_a_text(mend):
        raise declared_as_object(shape.declared)
    if mend is None:
        raise RefusedError(*_why(outcome, shape, rehearsal))
    better, found = mend
    # What is new goes behind the text; the status stays the last.
    names = [*first, *(name for name in better if name not in tree), last]
    members = tuple(member_of(name, better[name]) for name in names)
    before = dict(_literals(tree, ()))
    told = tuple(
        member_of(way[-1], code) for way, code in _literals(better, ()) if before.get(way) != code
    )
    shown = _shown(better) or shape.shown
    return replace(shape, members=members, shown=shown, told=told, parses=found.parses)


def _is_of_a_text(mend: tuple[dict[bytes, Tree], Outcome] | None) -> bool:
    """Whether all that holds the text of an answer has a text's name: `{ type: 'text', text }`."""
    ways = [] if mend is None else _ways(mend[0])
    return bool(ways) and all(way[-1] in TEXTUAL for way in ways)


def _seen(shape: Shape, rehearsal: Rehearsal) -> Shape:
    """The shape, with whether anybody sees the text of an answer."""
    parts = (rehearsal.program, rehearsal.call, shape, rehearsal.what, rehearsal.again)
    return replace(shape, logged=rehearsal.through is None and only_logged(*parts))


def _check_unsure(shape: Shape, rehearsal: Rehearsal) -> None:
    """Refuse a shape that had to be proved, or of which no way through the code shows the text.

    Raises:
        RefusedError: it is such a one.
    """
    if shape.doubt is not None:
        raise RefusedError(*_doubt(shape, shape.doubt))
    through = rehearsal.through
    calls = None if through is None else [each.id for each in through]
    parts = (rehearsal.program, rehearsal.call, shape, rehearsal.what, rehearsal.again)
    check_shown(*parts, calls)


def _doubt(shape: Shape, node: Node) -> tuple[Reason, str]:
    """The reason for which a shape that had to be proved is none."""
    if shape.whole:
        detail = f"{show_line(node)} gathers all that it finds in the answer"
        return Reason.ANSWER_NOT_UNDERSTOOD, detail
    return Reason.OTHER_READ, show_line(node)


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


def _better(
    tree: Tree, outcome: Outcome, shape: Shape, rehearsal: Rehearsal
) -> tuple[dict[bytes, Tree], Outcome] | None:
    """A tree with a few more members, or others, in which the text is found, and how it is."""
    waiting: list[tuple[Tree, Outcome, int]] = [(tree, outcome, 0)]
    tried = 0
    while waiting:
        before, failed, changes = waiting.pop(0)
        for candidate in _candidates(before, failed, rehearsal.program):
            tried += 1
            if tried > _MOST_TRIED:
                return None
            found = rehearsal.outcome(candidate)
            proved = found.alone or not shape.strict
            if found.found is Found.TEXT and proved and isinstance(candidate, dict):
                if shape.strange is None or shape.strange(structure_of(candidate)) is None:
                    return candidate, found
            if changes + 1 < _MOST_CHANGES and _signature(found) != _signature(failed):
                if found.found is Found.NOTHING:
                    waiting.append((candidate, found, changes + 1))
    return None


def structure_of(tree: Tree) -> Structure:
    """What stands where in an answer."""
    if isinstance(tree, dict):
        return {name: structure_of(part) for name, part in tree.items()}
    if isinstance(tree, list):
        return [structure_of(part) for part in tree]
    return Leaf.TEXT if tree == TEXT else Leaf.OTHER


def _signature(outcome: Outcome) -> tuple[object, ...]:
    node = None if outcome.node is None else outcome.node.id
    return (node, tuple((m.way, m.name) for m in outcome.misses))


def _candidates(tree: Tree, outcome: Outcome, program: Program) -> Iterator[Tree]:
    """Trees in which something is that was missed, the likely ones first."""
    if outcome.part:
        yield from _with(tree, outcome.part, TEXT)
    misses = list({(miss.way, miss.name): miss for miss in outcome.misses}.values())
    for miss in reversed(misses):
        part = part_at(tree, miss.way)
        if miss.way != (_ALWAYS,) and (part == TEXT or isinstance(part, list)):
            for new in _instead(part, miss.name, program):
                yield from _with(tree, miss.way, new)
    for miss in reversed(misses):
        if isinstance(part_at(tree, miss.way), dict):
            for new in _beside(miss, program):
                yield from _with(tree, (*miss.way, miss.name), new)
    for way, code in _literals(tree, ()):
        for other in wanted(way[-1], program):
            if other != code:
                yield from _with(tree, way, other)


def _instead(part: Tree, name: bytes, program: Program) -> Iterator[Tree]:
    """What may stand in place of a text, or of a list, of which a member is read."""
    if name.isdigit() or is_list_method(name):
        if not isinstance(part, list):
            yield [TEXT]
        return
    codes = wanted(name, program)
    if not codes and name not in TELLING | MARKS:
        yield {name: TEXT}
        return
    # What tells an element apart is not its text, which has another name.
    names = {text_of(n, "property") for n in program.tree.nodes if n.type == "member_expression"}
    for code in codes:
        for other in sorted(names & TEXTUAL - {name}):
            yield {name: code, other: TEXT}


def _beside(miss: Miss, program: Program) -> Iterator[Tree]:
    """What a member may be that an object of the answer does not have."""
    name, told = miss.name, b"0" in miss.way
    if told or name in MARKS:
        codes = wanted(name, program)
        yield from codes
        if name not in FAILURES:
            # `{ ok: data.success }` is looked at elsewhere, under another name.
            if is_flag(miss.node, program) or (name in FLAGS and not codes):
                yield b"true"
    if miss.node.type in MEMBERS:
        path, _ = path_from(program.tree, (), miss.node)
        names = () if path is None else path.names
        if len(names) > 1 and names[-1] in TEXTUAL:
            new: Tree = TEXT
            for inner in reversed(names[1:]):
                new = [new] if inner.isdigit() else {inner: new}
            yield new
        elif names == (name,) and name in TEXTUAL and miss.way == ():
            yield TEXT


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


def tree_of(shape: Shape) -> dict[bytes, Tree]:
    """The members of a shape; empty for those that are more than names and literals."""
    try:
        return parsed(b"{ " + b", ".join(shape.members) + b" }")
    except ValueError:
        return {}


def text_ways(shape: Shape) -> list[Way]:
    """The ways to the text of an answer of a shape, but for the one that is always there."""
    return _ways(tree_of(shape))


def _ways(tree: dict[bytes, Tree]) -> list[Way]:
    return [way for way in made(tree, {}).texts if way != (_ALWAYS,)]


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
