"""The shape of an answer that a file goes on reading: where in it the text has to stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer_types import declared_texts, put_into_objects
from callmend.languages.ecmascript.compared import MARKS, is_compared
from callmend.languages.ecmascript.fits import (
    MESSAGE,
    TELLING,
    Leaf,
    Structure,
    is_list_method,
    is_parsed,
    misfit,
    nested,
    reached,
    told_apart,
    with_text,
    without_asides,
    without_parsed,
)
from callmend.languages.ecmascript.nesting import code_of, spelt
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import IDS, Path, Readings, word_for_done
from callmend.languages.ecmascript.schemas import object_parsed
from callmend.languages.ecmascript.sent_ids import is_sent
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    descendants,
    field,
    show,
    show_line,
    text,
)
from callmend.languages.ecmascript.unfollowed import unfollowed, unfollowed_texts
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record

#: Names under which a text stands (seen in public callers of the endpoint).
TEXTUAL = frozenset(
    {
        b"answer", b"assistantMessage", b"assistant_message", b"assistant_reply", b"body",
        b"completion", b"content", b"data", b"explanation", b"final_answer", b"final_output",
        b"finalOutput", b"generated_text", b"html", b"markdown", b"message", b"output",
        b"outputText", b"output_text", b"outputs", b"reply", b"response", b"responseText",
        b"result", b"summary", b"text", b"translation", b"value",
    }
)  # fmt: skip
#: Of these, names that no list has.
_PLAIN_TEXTS = TEXTUAL - {
    b"body", b"content", b"data", b"output", b"outputs", b"response", b"result", b"value",
}  # fmt: skip
_LIST_METHODS = frozenset(
    {
        b"at", b"every", b"filter", b"find", b"findLast", b"flatMap", b"forEach", b"length", b"map",
        b"reduce", b"reverse", b"slice", b"some",
    }
)  # fmt: skip
_LADDER = frozenset({"binary_expression", "parenthesized_expression", "member_expression"})
_COUNTS = frozenset({b"metadata"})
_GATHERING = (b"push", b"join", b"concat")
#: The message of a real answer, for a file that walks through `output`.
_MESSAGE = (
    b"output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }]"
)


@record(frozen=True, slots=True)
class Shape:
    """The members of the answer's object as code, the text first, and what is read in vain.

    ``counts`` tells that the number of tokens is read too. ``identified`` are the names under
    which its id is read. ``whole`` tells that no text of it is read where it can be seen. ``told``
    are members that the file asks for beside the text, with what it asks for; ``parses`` is where
    it takes the text for JSON. ``logged`` tells that the text only goes into logs. ``doubt`` is a
    reading for which it has to be proved, where it is ``strict`` by the text's arriving alone;
    ``declared`` is one of an object, which stays out of the way where the file parses the text;
    ``strange`` gives one that may be of the answer where that is handed on, and to which a
    structure is wrong. ``fields`` are those of an object that the file reads in place of a text:
    the members are what it finds in it then, and ``written`` those that are written.
    """

    members: tuple[bytes, ...]
    shown: str
    missing: tuple[Path, ...] = ()
    counts: bool = False
    identified: tuple[bytes, ...] = (b"id",)
    structure: Structure = Leaf.NOTHING
    whole: bool = False
    told: tuple[bytes, ...] = ()
    parses: Node | None = None
    logged: bool = False
    doubt: Node | None = None
    strict: bool = False
    declared: Node | None = None
    strange: Callable[[Structure], Node | None] | None = None
    fields: tuple[bytes, ...] = ()
    written: tuple[bytes, ...] = ()

    def given(self, live: bytes, identity: bytes) -> bytes:
        """The object literal that is written; see `code`."""
        return replace(self, members=self.written or self.members).code(live, identity)

    def code(self, live: bytes, identity: bytes) -> bytes:
        """The object literal; ``live`` is the name of the live answer, ``identity`` its id."""
        *first, status = self.members
        usage = (b"usage: " + live + b".usage",) if self.counts else ()
        ids = [name + b": " + identity for name in self.identified]
        return b"{ " + b", ".join((*first, *ids, status, *usage)) + b" }"


def shape_of(readings: Readings, program: Program, polls: Collection[int] = ()) -> Shape:
    """Where the text has to stand for what reads it.

    ``polls`` are the ids of the nodes that ask for the run again, and are rewritten too.

    Raises:
        RefusedError: nothing reads it, or what is read is no text.
    """
    shape = _shape(readings, program, polls)
    objects = put_into_objects(readings, program)
    wrong = next((p for p in objects if reached(shape.structure, p.names) is Leaf.TEXT), None)
    if wrong is not None:
        other = _of_strings(readings, program, objects)
        # A schema may let an object through that holds the text alone: that is tried.
        if other is None and object_parsed(wrong.node) is None:
            raise declared_as_object(wrong.node)
        shape = replace(other or shape, declared=wrong.node)
    return as_read(shape, readings, program, polls)


def as_read(shape: Shape, readings: Readings, program: Program, polls: Collection[int]) -> Shape:
    """The shape, with the run's id and its count of tokens where they are read."""
    counts = any(path.names[0] == b"usage" for path in readings.paths)
    read = tuple(dict.fromkeys(p.names[0] for p in readings.paths if p.names[0] in IDS))
    # Where the run is asked for again, that is by the id as this file calls it.
    identified = (*read, b"id") if polls and b"id" not in read else (b"id",)
    shape = replace(shape, counts=counts, identified=identified)
    strange = unfollowed(readings, program)
    return shape if strange(shape.structure) is None else replace(shape, strange=strange)


def declared_as_object(node: Node) -> RefusedError:
    """The refusal of a shape in which a text would stand for what a type says is an object."""
    return RefusedError(Reason.OTHER_READ, f"{show_line(node)} is declared as an object")


def _of_strings(readings: Readings, program: Program, objects: list[Path]) -> Shape | None:
    """The shape in which the text stands where the file asks whether there is one, if it does.

    ``objects`` are readings that are put where an object is declared, and may not find it.
    """
    texts = readings.texts()
    plain = _without_objects(texts, readings.strings)
    kept = {path.node.id for path in plain}
    if len(plain) == len(texts) or any(path.node.id in kept for path in objects):
        return None
    with suppress(RefusedError):
        status = b"status: '" + word_for_done(readings) + b"'"
        return _of_texts(plain, status, program, digs=bool(readings.generic))
    return None


def _shape(readings: Readings, program: Program, polls: Collection[int]) -> Shape:
    if readings.streams:
        raise RefusedError(Reason.STREAMING, show_line(readings.streams[0]))
    check_others(readings, program, polls)
    texts = [path for path in readings.texts() if not _is_for_objects(path, readings.strings)]
    status = b"status: '" + word_for_done(readings) + b"'"
    if not texts:
        return _unseen(readings, program, status)
    texts, digs = without_parsed(texts, program), bool(readings.generic)
    with suppress(RefusedError):
        return _of_texts(texts, status, program, digs=digs)
    with suppress(RefusedError):
        shape = _of_some(texts, readings.strings, status, program, digs=digs)
        if shape is not None:
            return shape
    return _of_texts(texts, status, program, digs=digs, proving=True)


def _of_some(
    texts: list[Path],
    strings: list[tuple[bytes, ...]],
    status: bytes,
    program: Program,
    *,
    digs: bool,
) -> Shape | None:
    """The shape in which those of the readings find the text that are no reading of more than it.

    None where all of them may be of the text.

    Raises:
        RefusedError: they find none either.
    """
    plain = _without_objects(texts, strings)
    if len(plain) < len(texts):
        return _of_texts(plain, status, program, digs=digs)
    told = [path for path in texts if _tells(path, program)]
    found = [path for path in texts if path not in told]
    if told and found:
        with suppress(RefusedError):
            shape = _of_texts(found, status, program, digs=digs)
            return replace(shape, doubt=told[0].node)
    tried = [path for path in texts if _is_only_tried(path, program)]
    certain = [path for path in texts if path not in tried]
    if not tried or not certain:
        return None
    shape = _of_texts(certain, status, program, digs=digs)
    return replace(shape, missing=(*shape.missing, *tried))


def _tells(path: Path, program: Program) -> bool:
    """Whether what is read tells elements apart, or how the run ended, and is no text."""
    if path.names[-1] in MARKS:
        return True
    return b"0" in path.names[:-1] and is_compared(path.node, program)


def _is_for_objects(path: Path, strings: list[tuple[bytes, ...]]) -> bool:
    """Whether members are gone through where the file asks first whether it is a text.

    `if (typeof value === 'string') return value; for (const each of Object.values(value)) ...`
    """
    return path.method == b"keys" and path.names in strings


def _of_texts(
    texts: list[Path], status: bytes, program: Program, *, digs: bool, proving: bool = False
) -> Shape:
    """The shape in which all of these readings of the text find it, or one does without.

    ``digs`` tells that the file looks at all that it finds, so that no reading is the only one;
    ``proving`` that a real answer's message is taken too where that has to be proved.

    Raises:
        RefusedError: none is plainly the text.
    """
    picked = _preferred(texts, program)
    try:
        shape = _picked_shape(texts, picked, status)
    except RefusedError:
        parsed = next((path for path in texts if is_parsed(path, program)), None)
        if parsed is None:
            raise
        picked = parsed
        shape = _picked_shape([parsed], parsed, status)
    is_message = _MESSAGE in shape.members
    found = with_text(MESSAGE if is_message else nested(picked.names))
    wrong = None if digs else misfit(found, texts, program)
    if wrong is not None and is_message:
        try:
            return _listed(texts, status, program, wrong)
        except RefusedError:
            if not proving:
                raise
    if wrong is not None:
        return replace(shape, structure=found, doubt=wrong.node, strict=True)
    return replace(shape, structure=found)


def _listed(texts: list[Path], status: bytes, program: Program, wrong: Path) -> Shape:
    """The shape of a list whose elements are none of a real answer's messages.

    Raises:
        RefusedError: what is read of its elements is not plainly a text.
    """
    ends = [p for p in texts if p.names[-1] in TEXTUAL and b"0" in p.names and not p.method]
    picked = max(ends, key=lambda path: len(path.names), default=None)
    told = None if picked is None else told_apart(picked.names, texts)
    if picked is None or told is None:
        raise RefusedError(Reason.OTHER_READ, show_line(wrong.node))
    structure = nested(picked.names)
    for names in told:
        holder = reached(structure, names[:-1])
        if isinstance(holder, dict):
            holder[names[-1]] = Leaf.OTHER
    found = with_text(structure)
    still = misfit(found, texts, program)
    if still is not None:
        raise RefusedError(Reason.OTHER_READ, show_line(still.node))
    shown = spelt(picked.names)
    member = code_of(picked.names, told)
    others = _others(texts, picked)
    return Shape((b"output_text: text", member, status), shown, others, structure=found)


def _picked_shape(texts: list[Path], picked: Path, status: bytes) -> Shape:
    """The shape for the reading that is picked.

    Raises:
        RefusedError: it is not plainly of the text.
    """
    others = _others(texts, picked)
    if picked.names == (b"output_text",):
        return Shape((b"output_text: text", status), "output_text", others)
    shown = spelt(picked.names)
    is_list = _is_list(picked)
    if picked.names[:2] == (b"output", b"0") or (is_list and picked.names == (b"output",)):
        return Shape((b"output_text: text", _MESSAGE, status), "output", others)
    if is_list or picked.names[-1] in _LIST_METHODS:
        raise RefusedError(Reason.OTHER_READ, f"{show_line(picked.node)} is read as a list")
    others_too = any(path.names != picked.names for path in texts)
    if picked.names[0] == b"output_text" or (picked.names[-1] not in TEXTUAL and others_too):
        ladder = texts[-1].names[-1] in TEXTUAL and _in_one_chain(texts)
        if picked.names[0] == b"output_text" or not ladder:
            raise RefusedError(Reason.OTHER_READ, show_line(picked.node))
    return Shape((b"output_text: text", code_of(picked.names), status), shown, others)


def _without_objects(texts: list[Path], strings: list[tuple[bytes, ...]]) -> list[Path]:
    """The readings without those of an object where a text is as good, as the file asks for it.

    `const out = data.output || data; typeof out === 'string' ? JSON.parse(out) : out`.
    """
    first = texts[0].names
    if first not in strings:
        return texts
    inner = {p.node.id for p in texts if p.names[: len(first)] == first and p.names != first}
    return [path for path in texts if path.node.id not in inner]


def _is_only_tried(path: Path, program: Program) -> bool:
    """Whether a field that is plainly no text is read only where it is there.

    `if (data.title && data.places)`, `'json' in data`, `data.outputs?.plan ?? data.outputs`: it
    can do without.
    """
    if path.names[-1] in TEXTUAL or path.names[-1].isdigit() or path.method:
        return False
    node = path.node
    for parent in program.tree.ancestors(node):
        if parent.type == "binary_expression" and text_of(parent, "operator") in (b"||", b"??"):
            if field(parent, "left") == node:
                return True
        if parent.type in ("if_statement", "ternary_expression"):
            condition = field(parent, "condition")
            if condition is not None and (condition == node or _is_asked_for(path, condition)):
                return field(parent, "alternative") != node
        if parent.type in FUNCTIONS:
            break
        node = parent
    return False


def _is_asked_for(path: Path, condition: Node) -> bool:
    """Whether a condition asks whether a field is there."""
    if text(path.node).replace(b"?.", b".") in text(condition).replace(b"?.", b"."):
        return True
    quoted = {quote + path.names[-1] + quote for quote in (b"'", b'"')}
    for inner in descendants(condition):
        asks = inner.type == "binary_expression" and text_of(inner, "operator") == b"in"
        if asks and text_of(inner, "left") in quoted:
            return text_of(inner, "right") == text_of(path.node, "object")
    return False


def check_others(readings: Readings, program: Program, polls: Collection[int]) -> None:
    """Refuse what the adapted answer cannot give.

    Raises:
        RefusedError: the dead run is asked for again, or a member of a missing one is read.
    """
    for node in readings.sent:
        if is_sent(node, program, polls):
            detail = f"{show_line(node)} is sent on, and may ask for the dead run again"
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
    for path in readings.paths:
        if path.names[0] in _COUNTS and len(path.names) > 1 and b"?." not in text(path.node):
            raise RefusedError(Reason.OTHER_READ, show_line(path.node))


def _unseen(readings: Readings, program: Program, status: bytes) -> Shape:
    """The shape for a reader that is not seen, or that looks at everything."""
    if readings.lost:
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(readings.lost[0]))
    if not readings.handed and not readings.generic and not readings.shown:
        raise RefusedError(Reason.ANSWER_NOT_READ)
    whole = with_text(MESSAGE)
    members = (b"output_text: text", _MESSAGE, status)
    shape = Shape(members, "output_text and output", structure=whole, whole=True)
    gathering = next(_gathering(readings, program), None)
    if gathering is not None:
        return replace(shape, doubt=gathering, strict=True)
    return _told_of(readings, program, status) or shape


def _told_of(readings: Readings, program: Program, status: bytes) -> Shape | None:
    """The shape that a type declares for an unseen reader, or that is read where none follows.

    Raises:
        RefusedError: the declared texts are those of a form, and none is plainly the answer's.
    """
    declared = declared_texts(readings, program)
    certain = [path for path in declared if path.names[-1] in TEXTUAL]
    if declared and not certain:
        raise RefusedError(Reason.OTHER_READ, show_line(declared[0].node))
    for paths in (certain, unfollowed_texts(readings, program)):
        # `output_text` is there in any case.
        texts = [path for path in paths if path.names != (b"output_text",)]
        if texts:
            with suppress(RefusedError):
                shape = _of_texts(texts, status, program, digs=True)
                return replace(shape, whole=True, missing=())
    return None


def _gathering(readings: Readings, program: Program) -> Iterator[Node]:
    """What may gather all that a function finds which looks at everything."""
    for node in readings.generic:
        function = program.tree.function_of(node)
        for inner in descendants(function):
            gathers = inner.type == "augmented_assignment_expression" or (
                inner.type == "call_expression"
                and text_of(field(inner, "function") or inner, "property") in _GATHERING
            )
            if gathers and function != program.tree.root:
                yield inner


def _in_one_chain(texts: list[Path]) -> bool:
    """Whether all readings stand in one ladder of guesses: `a.x || a.y || a.z`."""
    tops = set()
    for path in texts:
        top = path.node
        while top.parent is not None and top.parent.type in _LADDER:
            top = top.parent
        tops.add(top.id)
    return len(tops) == 1


def _picked(texts: list[Path]) -> Path:
    """The reading that comes first; of `data.output` and `data.output.text` the longer one."""
    picked = texts[0]
    while True:
        longer = [
            path
            for path in texts
            if len(path.names) > len(picked.names)
            and path.names[: len(picked.names)] == picked.names
            and path.names[len(picked.names)] not in _LIST_METHODS
        ]
        if not longer:
            break
        picked = longer[0]
    same = [path for path in texts if path.names == picked.names]
    return next((path for path in same if _is_list(path)), picked)


def _preferred(texts: list[Path], program: Program) -> Path:
    """The reading that comes first, or one of a text that is parsed where that may be an object.

    `if (out.value) return out.value; if (typeof out.text === 'string') return JSON.parse(out.text)`
    """
    picked = _picked(without_asides(texts, _picked(texts), program))
    if picked.names[-1] in _PLAIN_TEXTS or is_parsed(picked, program, guessed=True):
        return picked
    plain = (path for path in texts if path.names[-1] in _PLAIN_TEXTS)
    return next((path for path in plain if is_parsed(path, program, guessed=True)), picked)


def _is_list(path: Path) -> bool:
    """Whether a method is called that lists have: `output.find`; `text.slice` is one of texts."""
    if path.names[-1] in _PLAIN_TEXTS and not is_list_method(path.method):
        return False
    return path.method in _LIST_METHODS


def _others(texts: list[Path], picked: Path) -> tuple[Path, ...]:
    """What else is read and is not there any more.

    Raises:
        RefusedError: the answer is an object of several fields, none of which is plainly the text.
    """
    depth = len(picked.names)
    apart = [
        p
        for p in texts
        if p.names[:depth] != picked.names and picked.names[: len(p.names)] != p.names
    ]
    fields = [p for p in apart if p.names[-1] not in TEXTUAL | TELLING]
    fields = [p for p in fields if not p.names[-1].isdigit()]
    fields = [p for p in fields if p.names[0] not in (b"output", b"choices", b"data")]
    if fields and picked.names[-1] not in TEXTUAL:
        raise RefusedError(
            Reason.OTHER_READ, f"{show_line(picked.node)} and `{show(fields[0].node)}`"
        )
    return tuple(dict.fromkeys(fields))
