"""An answer that a file reads as an object of several fields: its text is JSON, which is parsed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer_ladders import with_ladders, with_lost
from callmend.languages.ecmascript.answer_types import (
    declared_fields,
    is_put_into_list,
    put_into_objects,
)
from callmend.languages.ecmascript.answer_values import OTHER, TEXT, Tree, member_of, nested
from callmend.languages.ecmascript.fits import (
    TELLING,
    Leaf,
    bears,
    goes_on,
    is_asked_about,
    is_list_method,
    reached,
    top_of_ladder,
    with_text,
)
from callmend.languages.ecmascript.js_texts import TEXT_MEMBERS
from callmend.languages.ecmascript.nesting import spelt
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import IDS, Path, Readings, word_for_done
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.repairs import mended, structure_of, text_ways
from callmend.languages.ecmascript.shapes import (
    TEXTUAL,
    Shape,
    as_read,
    check_others,
    shape_of,
)
from callmend.languages.ecmascript.tree import field, show
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: The name of the parsed object in the function that gives the answer.
FIELDS = b"fields"
#: Reasons against a text, for which the answer may be an object.
_NO_TEXT = frozenset({Reason.ANSWER_NOT_UNDERSTOOD, Reason.OTHER_READ})
#: Members of a run under which its answer stands, and that are no field of the answer's own.
_PLACES = frozenset(
    {
        b"answer", b"body", b"content", b"data", b"finalOutput", b"final_output", b"json",
        b"message", b"output", b"output_json", b"output_parsed", b"outputs", b"outputParsed",
        b"parsed", b"payload", b"response", b"result", b"results", b"structured_output", b"value",
    }
)  # fmt: skip
_ORDERS = (b"<", b"<=", b">", b">=", b"-", b"*", b"/", b"%")
#: One field alone may be the whole text.
_FEWEST = 2


def answer_shape(
    readings: Readings, program: Program, polls: Collection[int], rehearsal: Rehearsal
) -> Shape:
    """The shape in which a file finds the text of an answer, or the fields of the JSON in it.

    ``polls`` are the ids of the nodes that ask for the run again, and are rewritten too.

    Raises:
        RefusedError: it finds neither, or something else is read.
    """
    try:
        shape = mended(shape_of(readings, program, polls), rehearsal)
        shape = with_ladders(shape, readings, program, rehearsal)
        shape = with_lost(shape, readings, program, rehearsal)
        _check_lists(shape, readings, program)
        beside = _beside(shape, readings)
        if beside is None:
            return shape
        refused = RefusedError(Reason.OTHER_READ, f"`{beside}` is read beside it")
    except RefusedError as why:
        refused = why
    if refused.reason in _NO_TEXT:
        for shape in _of_fields(readings, program, polls):
            with suppress(RefusedError):
                return mended(shape, rehearsal)
    raise refused


def _check_lists(shape: Shape, readings: Readings, program: Program) -> None:
    """Refuse a text where the file declares a list, whose elements its readers go through.

    Raises:
        RefusedError: naming the reading.
    """
    for path in readings.texts():
        found = reached(shape.structure, path.names) if path.names else None
        if found is Leaf.TEXT and is_put_into_list(path, program):
            told = f"`{show(path.node)}` is declared as a list"
            raise RefusedError(Reason.OTHER_READ, told)


def _beside(shape: Shape, readings: Readings) -> str | None:
    """A field that is read beside the one which holds the text, where neither is plainly one."""
    ways = [way for way in text_ways(shape) if way[-1] not in TEXTUAL and len(way) > 1]
    for way in ways:
        depth = len(way) - 1
        for path in readings.texts():
            same = path.names[:depth] == way[:depth] and len(path.names) > depth
            if same and path.names[depth] not in (way[depth], *TELLING, *IDS, *TEXTUAL):
                return show(path.node)
    return None


def _of_fields(readings: Readings, program: Program, polls: Collection[int]) -> Iterator[Shape]:
    """The shapes in which an object stands where the file reads one, the likely ones first."""
    texts = readings.texts()
    if readings.streams or readings.lost:
        return
    with suppress(RefusedError):
        check_others(readings, program, polls)
        objects = put_into_objects(readings, program)
        for holder in _holders(texts, objects):
            shape = _shape_of(holder, texts, objects, readings, program)
            if shape is not None:
                yield as_read(shape, readings, program, polls)


def _holders(texts: Sequence[Path], objects: Sequence[Path]) -> list[tuple[bytes, ...]]:
    """The ways to what may be the object, the longest first."""
    found = {path.names[:depth] for path in texts for depth in range(len(path.names))}
    found |= {path.names for path in objects}
    if any(path.names[0] in _PLACES for path in texts):
        found.discard(())
    places = [
        names
        for names in found
        if not names or (names[-1] in _PLACES and not any(name.isdigit() for name in names))
    ]
    return sorted(places, key=lambda names: (-len(names), names))


def _shape_of(
    holder: tuple[bytes, ...],
    texts: Sequence[Path],
    objects: Sequence[Path],
    readings: Readings,
    program: Program,
) -> Shape | None:
    """The shape with an object at the end of a way, None where something else is read there."""
    depth = len(holder)
    inner = [p for p in texts if p.names[:depth] == holder and len(p.names) > depth]
    declared = [path for path in objects if path.names == holder]
    guesses = {top_of_ladder(path.node, program).id for path in texts if path.names == holder}
    if any(top_of_ladder(path.node, program).id in guesses for path in inner):
        return None  # `data.output?.message || data.output` takes it for a text as well
    names = tuple(dict.fromkeys(path.names[depth] for path in inner))
    if any(name.isdigit() or is_list_method(name) for name in names):
        return None
    if len(names) < _FEWEST and not declared:
        return None
    missing = _missed(holder, texts, declared, program)
    if missing is None:
        return None
    fields = _tree([(p.names[depth:], p) for p in inner], program)
    if not isinstance(fields, dict) or not fields:
        fields = declared_fields(declared[0], program) if declared else {}
    named = names or tuple(fields)
    status = b"status: '" + word_for_done(readings) + b"'"
    text = b"output_text: text"
    written: tuple[bytes, ...] = (b"..." + FIELDS, text, status)
    if holder:
        written = (text, member_of(holder[0], nested(holder[1:], FIELDS)), status)
    tree = {holder[0]: nested(holder[1:], fields)} if holder else fields
    members = (member_of(*member) for member in tree.items())
    return Shape(
        (text, *members, status),
        spelt(holder),
        tuple(missing),
        structure=with_text(structure_of(tree)),
        fields=named,
        written=written,
    )


def _missed(
    holder: tuple[bytes, ...],
    texts: Sequence[Path],
    declared: Sequence[Path],
    program: Program,
) -> list[Path] | None:
    """What is read elsewhere and can be missing; None where something is that cannot."""
    depth = len(holder)
    without = with_text(structure_of(nested(holder, b"null")))
    missing = []
    for path in texts:
        if path.names[:depth] == holder and len(path.names) > depth:
            continue
        if path.names == holder:
            known = goes_on(path, texts) or path in declared or is_asked_about(path.node, program)
            if path.method or not known:
                return None
        elif path.method or not goes_on(path, texts):
            # What has a method called must be there, or asked for: so must this.
            asked = path if path.method else replace(path, method=b"toString")
            if not bears(without, asked, texts, program) and not _falls_back(path.node):
                return None
            if path.names != (b"output_text",):
                missing.append(path)
    return missing


def _falls_back(node: Node) -> bool:
    """Whether something else is taken where there is nothing: `data.summary ?? ''`."""
    parent = node.parent
    while parent is not None and parent.type in ("parenthesized_expression", "as_expression"):
        node, parent = parent, parent.parent
    operator = text_of(parent, "operator") if parent is not None else b""
    return operator in (b"||", b"??") and field(parent, "left") == node


def _tree(read: Sequence[tuple[tuple[bytes, ...], Path]], program: Program) -> Tree:
    """What the readings find: texts, and numbers where they are taken for such."""
    inner: dict[bytes, list[tuple[tuple[bytes, ...], Path]]] = {}
    for names, path in read:
        if names and not (len(names) == 1 and names[0] == b"length"):
            inner.setdefault(names[0], []).append((names[1:], path))
    if inner:
        parts = {name: _tree(paths, program) for name, paths in inner.items()}
        digits = [part for name, part in parts.items() if name.isdigit()]
        return [digits[0]] if digits else parts
    methods = {path.method for names, path in read if not names}
    if any(is_list_method(method) for method in methods):
        return [TEXT]
    if all(_is_of_text(path) for _, path in read):
        return TEXT
    return OTHER


def _is_of_text(path: Path) -> bool:
    """Whether what is read may be a text, by what is done with it."""
    parent = path.node.parent
    compared = parent is not None and text_of(parent, "operator") in _ORDERS
    return not compared and (not path.method or path.method.decode("latin-1") in TEXT_MEMBERS)
