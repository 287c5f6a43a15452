"""The shape in which a Python file shows an answer's text: what reads it is run on it (`Runs`).

A shape that was worked out from the readings is kept where the text comes out on some way through
the code, or where not all ways can be followed. Where the text certainly does not come out, the
runs tell what was asked for and was not there; a shape that has that is taken if all ways through
the code are followed, and the text comes out of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client
from callmend.languages.python.program import Program
from callmend.languages.python.py_values import Sink
from callmend.languages.python.reader_pieces import (
    SPELT,
    Path,
    Told,
    answer_of,
    is_log,
    members_of,
    set_in,
)
from callmend.languages.python.reader_runs import Runs
from callmend.languages.python.shape_code import Shape, code_of
from callmend.languages.python.textual import TEXTUAL, is_textual
from callmend.languages.verdicts import Errors, Shown, errors_over
from callmend.reasons import Reason

#: Names under which files ask whether an answer is one (seen in public callers of the endpoint).
_FLAGS = frozenset(
    {
        "code", "completed", "done", "finished", "is_complete", "is_success", "object", "ok",
        "state", "statusCode", "status_code", "success", "succeeded", "valid",
    }
)  # fmt: skip
#: What tells elements of a list apart, and is no text.
_TELLING = frozenset({"index", "kind", "name", "object", "role", "status", "type"})
#: What the text of an element is called that is told apart, the likeliest first.
_ELEMENTS = ("text", "content", "output", "value", "message")
#: What tells of the run, and is no part of its answer.
_META = frozenset({"created_at", "error", "errors", "id", "metadata", "model", "run_id", "usage"})
_MOST_SHAPES = 40
Calls = Mapping[cst.CSTNode, Client]


class UnshownError(RefusedError):
    """The shape that the file seems to read is not the one that it shows."""


def shown(program: Program, calls: Calls, shape: Shape) -> Shown:
    """Whether what is behind one of some calls shows the text of an answer of this shape.

    ``calls`` are those that give it, each with the client that sends it.
    """
    told = _runs(program, calls, shape).told()
    if told.any:
        return Shown.YES
    return Shown.UNCERTAIN if told.is_stuck else Shown.NO


def fitting(program: Program, calls: Calls, shape: Shape) -> Shape:
    """A shape of which the file shows the text: the given one, or what it asks for in its place.

    Raises:
        UnshownError: no way through the code shows it.
    """
    runs = _runs(program, calls, shape)
    told = runs.told()
    if _is_spoilt(told):
        key = told.missed[-1][-1]
        detail = f"{runs.where(told)} joins the text to `{key}`, which is not in the new answer"
        raise UnshownError(Reason.OTHER_READ, detail)
    if told.plain or (told.whole and not told.pieces):
        return shape
    unseen = shape.whole and not (told.missed or told.kinds or told.raises)
    if not told.any and (told.is_stuck or unseen):
        return shape
    if told.pieces and not shape.whole and told.is_stuck:
        return shape
    found = _proved(program, calls, [shape])
    if found is not None:
        return found
    if told.pieces and not shape.whole:
        return shape
    detail = f"{runs.where(told)} gets no text of an answer that has it in `{shape.shown}`"
    raise UnshownError(Reason.ANSWER_NOT_UNDERSTOOD, detail)


def _is_spoilt(told: Told) -> bool:
    """Whether the text comes out joined to the word for something that is not there."""
    return told.joined and bool(told.missed)


def proved_shape(program: Program, calls: Calls, shape: Shape) -> Shape | None:
    """A shape that is proved to be shown, where the readings tell none; ``shape`` is its start."""
    return _proved(program, calls, [shape, replace(shape, elements=_with(shape, {"output": None}))])


def _proved(program: Program, calls: Calls, shapes: list[Shape]) -> Shape | None:
    """The first shape, of those and what follows from running them, that is certainly shown.

    All ways through the code are followed, and what comes out is its text alone.
    """
    waiting, seen = [*shapes], {shape.elements for shape in shapes}
    for _ in range(_MOST_SHAPES):
        if not waiting:
            return None
        shape = waiting.pop(0)
        runs = _runs(program, calls, shape)
        told = runs.told()
        others = {path[0] for path in told.missed if len(path) == 1}
        known = others <= {*TEXTUAL, *_FLAGS, *_META}
        plainly = told.plain and not told.pieces and not told.is_stuck and known
        if is_textual(runs.leaf) and (plainly or told.is_proved) and not _is_spoilt(told):
            return shape
        found = [o for o in _others(shape, told, runs) if o.elements not in seen]
        seen |= {other.elements for other in found}
        waiting[:0] = found
    return None


def _runs(program: Program, calls: Calls, shape: Shape) -> Runs:
    return Runs(program, calls, answer_of(shape.code("live")))


def _with(shape: Shape, members: dict[str, Any], status: str | None = None) -> tuple[str, ...]:
    """The elements of a shape with other members behind the text."""
    first, last = shape.elements[0], shape.elements[-1]
    codes = (f'"{key}": {code_of(value)}' for key, value in members.items())
    return (first, *codes, last if status is None else f'"status": "{status}"')


def _others(shape: Shape, told: Told, runs: Runs) -> Iterator[Shape]:
    """Shapes that have what was asked for and was not there, the likeliest first."""
    members = members_of(shape.code("live"))
    literals = [value for value in told.compared if type(value) in (str, int, bool)]
    for path in sorted(told.pieces, key=len):
        yield _moved(shape, {}, path if path != ("",) else ("output",))
    for word in dict.fromkeys(told.kinds):
        for name in _ELEMENTS:
            listed: dict[str, Any] = {"output": [{"type": word, name: None}]}
            spelt = f"output[0].{name}"
            yield replace(shape, elements=_with(shape, listed), shown=spelt, whole=False)
    told_by = [path for path in told.missed if len(path) > 1 and path[-1] in _TELLING]
    for path in dict.fromkeys(told_by):
        if _is_text(members, path[:-1]):
            for name in _ELEMENTS:
                yield _moved(shape, _apart(members), (*path[:-1], name))
        for word in dict.fromkeys([*literals, *runs.words(path[-1])]):
            changed = set_in(members, path, word)
            if changed is not None:
                yield replace(shape, elements=_with(shape, changed), whole=False)
    for path in dict.fromkeys(told.missed):
        is_text = len(path) > 1 or path[0] not in {*_FLAGS, *_META}
        if is_text and path[-1] not in _TELLING:
            yield _moved(shape, _apart(members), path)
    flags = [str(p[0]) for p in dict.fromkeys(told.missed) if len(p) == 1 and p[0] in _FLAGS]
    for value in dict.fromkeys([True, *literals]) if flags else ():
        changed = members | dict.fromkeys(flags[:2], value)
        yield replace(shape, elements=_with(shape, changed))
    for word in dict.fromkeys(told.states):
        yield replace(shape, elements=_with(shape, members, word))


def _is_text(members: Any, path: Path) -> bool:
    """Whether the text stands at the end of a path."""
    for key in path:
        try:
            members = members[key]
        except (LookupError, TypeError):
            return False
    return members is None


def _apart(members: dict[str, Any]) -> dict[str, Any]:
    """The members that hold no text."""
    return {key: value for key, value in members.items() if type(value) in (bool, int, str)}


def _moved(shape: Shape, members: dict[str, Any], path: Path) -> Shape:
    """A shape with the text at the end of another path."""
    value: Any = None
    for key in reversed(path[1:]):
        value = [value] if isinstance(key, int) else {key: value}
    changed = members | {str(path[0]): value}
    spelt = "".join(f"[{n}]" if isinstance(n, int) else f".{n}" for n in path).lstrip(".")
    return replace(shape, elements=_with(shape, changed), shown=spelt, whole=False)


def errors_shown(
    program: Program, call: cst.CSTNode, client: Client, shape: Shape, *, whole: bool = False
) -> Errors:
    """Whether what an error says is shown as JSON in the text's place, with nothing that tells it.

    That is what is called, or returned, with the text of an answer and, where the response is that
    of an error, with its JSON: `reply or json.dumps(data)`. ``whole`` tells that what is given the
    whole answer counts too, and is not trusted to look at it.
    """
    runs = _runs(program, {call: client}, shape)
    return errors_over(
        lambda status: [*runs.ways(status)],
        id,
        lambda sink: _is_told(sink, whole=whole),
        is_log,
        SPELT,
    )


def _is_told(sink: Sink, *, whole: bool) -> bool:
    told = Told()
    told.see(sink.given)
    return told.plain or bool(told.pieces) or (told.whole and whole and not is_log(sink))
