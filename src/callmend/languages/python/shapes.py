"""The shape of an answer that a Python file goes on reading: where in it the text has to stand."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.answer_fields import (
    FieldsRead,
    asks_for_fields,
    fields_beside,
    fields_read,
    validated,
)
from callmend.languages.python.blank_errors import is_asked_before, looks_for_error
from callmend.languages.python.given_away import is_behind_output, read_of_it
from callmend.languages.python.holders import becomes_a_field
from callmend.languages.python.literals import is_printed
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Path, Readings, Value
from callmend.languages.python.shape_code import (
    MESSAGE,
    MESSAGE_CODE,
    TEXT,
    Shape,
    code_of,
    is_in,
    nested,
)
from callmend.languages.python.statuses import OTHER_STATES, spelt_status
from callmend.languages.python.textual import TEXTUAL, is_no_text, is_textual
from callmend.reasons import Reason

#: What is said of an answer of which several fields are shown.
SEVERAL = " is another part of it"
#: Reasons against a text, for which the answer may be an object.
_NO_TEXT = frozenset({Reason.ANSWER_NOT_UNDERSTOOD, Reason.OTHER_READ})
_GATHERING = frozenset({"append", "extend", "join"})
#: Names under which a run's id stands.
IDS = frozenset({"id", "run_id", "runId"})
_DONE = ("completed", "succeeded", "success", "complete", "done", "finished")
#: What tells of a part what it is.
_KINDS = frozenset({"type", "role"})


class ShapeReader:
    """Works out the shape from what is read.

    ``asked`` are the nodes of the URLs with which the file asks for the answer again.
    """

    def __init__(
        self, program: Program, readings: Readings, asked: Collection[cst.CSTNode] = ()
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._readings = readings
        self._asked = asked

    def shape(self) -> Shape:
        """Where the text has to stand for what reads it, or an object whose JSON it is.

        Raises:
            RefusedError: nothing reads it, or what is read is neither.
        """
        read = fields_read(self._program, self._readings)
        try:
            shape = self._of_text()
        except RefusedError as why:
            fields = self._of_fields(read) if why.reason in _NO_TEXT else None
            if fields is None:
                raise
            return fields
        if read is None or shape.whole:
            return shape
        beside = fields_beside(self._readings, tuple(shape.shown.split(".")))
        return (self._of_fields(read) if beside or read.declared else None) or shape

    @property
    def asks_for_fields(self) -> bool:
        """Whether several fields of one object have to be there."""
        return asks_for_fields(self._readings)

    def _of_fields(self, read: FieldsRead | None) -> Shape | None:
        """The shape with an object in the text's place, where the file reads one."""
        if read is None:
            return None
        self._check_sent()
        known = {"output_text", "status", "usage", "error", *self._ids()}
        texts = [path.node for path in self._readings.texts()]
        for path in self._readings.paths:
            if path.hard and path.names[0] not in known and path.node not in texts:
                return None
        status = f'"status": "{self._status()}"'
        counts = any(path.names[0] == "usage" for path in self._readings.paths)
        text = f'"output_text": {TEXT}'
        elements = (text, read.element) if read.holder else (read.element, text)
        shown = ".".join(read.holder) or "the answer"
        if read.text is not None:
            whole = (text, read.element, *self._blank(), status)
            place = ".".join((*read.holder, read.text))
            return Shape(whole, place, (), counts, self._ids(), declared=True)
        return Shape(
            (*elements, *self._blank(), status), shown, (), counts, self._ids(), fields=read.names
        )

    def _of_text(self) -> Shape:
        """Where the text has to stand for what reads it.

        Raises:
            RefusedError: nothing reads it, or what is read is no text.
        """
        readings = self._readings
        if readings.lost:
            raise self._refused(readings.lost[0], Reason.ANSWER_NOT_UNDERSTOOD)
        given = validated(self._program, readings)
        if given is not None:
            raise self._refused(given, Reason.ANSWER_NOT_UNDERSTOOD)
        self._check_sent()
        status = f'"status": "{self._status()}"'
        counts = any(path.names[0] == "usage" for path in readings.paths)
        asked = [path.node for path in readings.texts() if self._is_only_asked(path)]
        texts = [
            path
            for path in readings.texts()
            if not self._is_identity(path.names)
            and not (len(path.names) > 1 and path.names[-1] in _KINDS)
            and not self._is_only_asked(path)
            and not self._is_behind(path.node, asked)
        ]
        ids = self._ids()
        if not texts:
            if not readings.handed and not readings.generic:
                raise RefusedError(Reason.ANSWER_NOT_READ)
            self._check_gathered()
            other = read_of_it(self._program, readings.handed, TEXTUAL)
            if other is not None:
                why = " may read the answer, which is handed on"
                behind = is_behind_output(other)  # it may be proved that the text stands there
                reason = Reason.ANSWER_NOT_UNDERSTOOD if behind else Reason.ANSWER_HANDED_ON
                raise self._refused(other, reason, why)
            self._check_there((), MESSAGE)
            return self.unseen()
        picked = self._chosen(texts)
        names = picked.names
        shown = "".join(f"[{n}]" if n.isdigit() else f".{n}" for n in names).lstrip(".")
        elements = [f'"output_text": {TEXT}']
        real = self._is_real(names)
        value = MESSAGE if real else self._with_kinds(nested(names), names)
        if real:
            elements.append(MESSAGE_CODE)
        elif names != ("output_text",):
            if names[0] == "output_text" or not self._is_text(picked):
                raise self._refused(picked.node, Reason.OTHER_READ)
            elements.append(code_of({names[0]: value[names[0]]})[1:-1])
        self._check_order(names)
        self._check_several()
        self._check_there(names, value)
        missing = self._missing(texts, names, value)
        return Shape((*elements, *self._blank(), status), shown, missing, counts, ids)

    def unseen(self) -> Shape:
        """The shape for a reader that is not seen: that of a real answer."""
        counts = any(path.names[0] == "usage" for path in self._readings.paths)
        status = f'"status": "{self._status()}"'
        whole = (f'"output_text": {TEXT}', MESSAGE_CODE, *self._blank(), status)
        return Shape(whole, "output_text and output", (), counts, self._ids(), whole=True)

    def _with_kinds(self, value: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
        """The nested dicts with the kinds and roles by which the file picks out the text."""
        for path in self._readings.paths:
            *outer, last = path.names
            inner: object = value
            for name in outer:
                known = isinstance(inner, dict) and name in inner
                inner = inner[name] if known else inner[0] if isinstance(inner, list) else None  # type: ignore[index]
            spelt = spelt_status(self._program, path.node) if last in _KINDS else []
            if spelt and outer and isinstance(inner, dict) and tuple(outer) == names[: len(outer)]:
                inner.setdefault(last, spelt[0])
        return value

    def _refused(self, node: cst.CSTNode, reason: Reason, why: str = "") -> RefusedError:
        return RefusedError(reason, self._tree.show_line(node) + why)

    def _blank(self) -> tuple[str, ...]:
        """The error that there is none of, for a file that reads it as if it were always there."""
        hard = any(
            path.hard and path.names == ("error",) and not is_asked_before(self._program, path.node)
            for path in self._readings.paths
        )
        return (
            ('"error": None',) if hard and not any(map(looks_for_error, self._tree.nodes)) else ()
        )

    def _is_only_asked(self, path: Path) -> bool:
        """Whether a name is asked for by `if data.get("failed"):` and nothing more."""
        compared = isinstance(self._tree.parent(path.node), cst.Comparison)
        if path.hard or path.names[-1] in TEXTUAL or compared:
            return False
        read = any(p.node is not path.node and p.names == path.names for p in self._readings.paths)
        return not read and any(value.node is path.node for value in self._readings.tested)

    def _is_identity(self, names: tuple[str, ...]) -> bool:
        """Whether a reading is that of an id with which the file asks again."""
        return bool(self._asked) and len(names) == 1 and names[0] in IDS

    def _ids(self) -> tuple[str, ...]:
        read = (path.names[0] for path in self._readings.paths if self._is_identity(path.names))
        return tuple(dict.fromkeys(("id", *read)))

    def _check_sent(self) -> None:
        """Refuse an id that is sent on: the dead run is asked for again."""
        for end in self._readings.ends:
            if end.names[0] in IDS and len(end.names) == 1 and end.node not in self._asked:
                told = self._tree.around(end.node, cst.Raise)  # of a run that came to nothing
                if told is not None or is_printed(self._program, end.node):
                    continue
                parent = self._tree.parent(end.node)
                kept = isinstance(parent, cst.Arg) and (
                    becomes_a_field(self._program, parent) or self._is_beside_the_text(parent)
                )
                if isinstance(parent, (cst.FormattedStringExpression, cst.Arg)) and not kept:
                    raise self._refused(end.node, Reason.OWN_POLLING, ": the run's id is sent on")

    def _is_beside_the_text(self, given: cst.Arg) -> bool:
        """Whether a call is given the text by name too: `jsonify(reply=text, run_id=run["id"])`.

        What has the answer asks for the run no more.
        """
        call = self._tree.parent(given)
        named = [a for a in call.args if a.keyword] if isinstance(call, cst.Call) else []
        texts = [end.node for end in self._readings.ends if end.names[-1] in TEXTUAL]
        beside = (arg for arg in named if arg is not given and given in named)
        return any(self._tree.is_inside(text, arg) for arg in beside for text in texts)

    def _check_gathered(self) -> None:
        """Refuse code that puts together all that it finds in the answer."""
        for node in self._readings.generic:
            function = self._tree.function_of(node)
            for inner in self._tree.below(function):
                gathers = isinstance(inner, cst.AugAssign) or (
                    isinstance(inner, cst.Attribute) and inner.attr.value in _GATHERING
                )
                if gathers and not isinstance(function, cst.Module):
                    why = " gathers all that it finds in the answer"
                    raise self._refused(inner, Reason.ANSWER_NOT_UNDERSTOOD, why)

    def _check_several(self) -> None:
        """Refuse an answer of several fields: which of them is the text is not plain.

        Raises:
            RefusedError: two of them go into one object.
        """
        found: dict[cst.CSTNode, list[Value]] = {}
        for end in self._readings.ends:
            if end.names[-1] not in TEXTUAL or isinstance(end.node, cst.BooleanOperation):
                continue
            for parent in self._tree.ancestors(end.node):
                if isinstance(parent, cst.BooleanOperation):
                    break
                if isinstance(parent, (cst.Dict, cst.Call, cst.Tuple, cst.BinaryOperation)):
                    found.setdefault(parent, []).append(end)
                    break
        for ends in found.values():
            for other in ends[1:]:
                if other.names != ends[0].names and other.node is not ends[0].node:
                    raise self._refused(other.node, Reason.OTHER_READ, SEVERAL)

    def _chosen(self, texts: list[Path]) -> Path:
        """The reading that gets the text.

        `if "json" in item: return item["json"]` can do without; `item["text"]` behind it is read.
        """
        picked = self._picked(texts)
        certain = [path for path in texts if self._is_text(path) or not self._is_guarded(path)]
        if self._is_text(picked) or not certain:
            return picked
        other = self._picked(certain)
        return other if self._is_text(other) else picked

    def _picked(self, texts: list[Path]) -> Path:
        """The reading that comes first; of `data["output"]` and what is read of it the longer."""
        picked = texts[0]
        while True:
            depth = len(picked.names)
            longer = [p for p in texts if len(p.names) > depth and p.names[:depth] == picked.names]
            plain = [p for p in longer if p.names[-1] in TEXTUAL or len(p.names) > depth + 1]
            if not longer:
                return picked
            picked = (plain or longer)[0]

    def _is_real(self, names: tuple[str, ...]) -> bool:
        """Whether the file reads `output` as the list of items that a Response has."""
        if names[:2] != ("output", "0"):
            return any(v.names == ("output",) for v in self._readings.lists)
        return names == ("output", "0", "content", "0", "text")

    def _is_text(self, picked: Path) -> bool:
        last = picked.names[-1]
        return is_textual(last) or (last == "0" and len(picked.names) > 1)

    def _ends_at(self, names: tuple[str, ...]) -> list[Value]:
        return [end for end in self._readings.ends if end.names == names]

    def _check_order(self, names: tuple[str, ...]) -> None:
        """Refuse a part that is shown as it is before what is in it is asked for."""
        for end in self._ends_at(names):
            if not end.judged and is_no_text(self._program, end.node):
                shown = self._tree.parent(end.node) or end.node
                raise self._refused(shown, Reason.ANSWER_NOT_UNDERSTOOD, " is no text")
        for end in self._readings.ends:
            if len(end.names) >= len(names) or names[: len(end.names)] != end.names:
                continue
            if not end.judged and not self._is_second(end):
                raise self._refused(end.node, Reason.ANSWER_NOT_UNDERSTOOD)

    def _is_second(self, end: Value) -> bool:
        """Whether it is right of a longer reading in an `or`, or a later part of a ladder."""
        node: cst.CSTNode = end.node
        longer = [
            path
            for path in self._readings.paths
            if len(path.names) > len(end.names) and path.names[: len(end.names)] == end.names
        ]
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.Or):
                if any(self._tree.is_inside(path.node, parent.left) for path in longer):
                    return not self._tree.is_inside(node, parent.left)
                # `(data.get("output") or {}).get("text")`: read on at once.
                if any(self._tree.is_inside(parent, path.node) for path in longer):
                    return True
            if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                break
        return any(self._leaves_first(path.node, node) for path in longer)

    def _leaves_first(self, earlier: cst.CSTNode, later: cst.CSTNode) -> bool:
        """`if data["output"].get("text"): return ...` stands above."""
        around = self._tree.around(earlier, cst.If)
        if around is None or self._tree.order(earlier) > self._tree.order(later):
            return False
        inside = self._tree.is_inside(later, around)
        return not inside and self._program.flow.leaves(around.body)

    def _check_there(self, names: tuple[str, ...], value: dict[str, object]) -> None:
        """Refuse a name that is read as if it were there and is not: it would raise."""
        known: dict[str, object] = {
            "output_text": None, "status": None, "usage": {"total_tokens": None}, "error": None,
            **dict.fromkeys(self._ids()), **value,
        }  # fmt: skip
        absent = [
            path.node
            for path in self._readings.paths
            if not path.hard and not is_in(known, path.names)
        ]
        for path in self._readings.paths:
            if not path.hard or is_in(known, path.names):
                continue
            if self._is_behind(path.node, absent):
                continue
            if self._tree.around(path.node, cst.ExceptHandler) is not None:
                continue
            if path.names[0] == "error" and self._is_in_branch(path.node):
                continue
            if not self._is_guarded(path) and not self._is_later(path, names):
                raise self._refused(path.node, Reason.OTHER_READ, " is not in the new answer")

    def _is_behind(self, node: cst.CSTNode, absent: list[cst.BaseExpression]) -> bool:
        """Whether `if data.get("failed"):` stands around a node, which no live answer gets into."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.If) and any(parent.test is test for test in absent):
                return self._tree.is_inside(node, parent.body)
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
        return False

    def _is_in_branch(self, node: cst.CSTNode) -> bool:
        """Whether a condition about the state or an error decides that a node's code runs."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.If, cst.IfExp)):
                about = self._tree.source(parent.test).lower()
                inside = self._tree.is_inside(node, parent.test)
                return not inside and any(word in about for word in ("status", "state", "error"))
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
        return False

    def _is_guarded(self, path: Path) -> bool:
        """Whether a condition names what is read: `"choices" in data and data["choices"]`."""
        named = {f'"{name}"' for name in path.names} | {f"'{name}'" for name in path.names}
        for parent in self._tree.ancestors(path.node):
            tests: list[cst.CSTNode] = []
            if isinstance(parent, (cst.If, cst.IfExp)):
                if not self._tree.is_inside(path.node, parent.test):
                    tests.append(parent.test)
            elif isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And):
                tests.append(parent.left)
            for test in tests:
                inside = self._tree.below(test)
                if any(isinstance(n, cst.SimpleString) and n.value in named for n in inside):
                    return True
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
        return False

    def _is_later(self, path: Path, names: tuple[str, ...]) -> bool:
        """Whether the text is found before, so that this is never read."""
        first = [p.node for p in self._readings.paths if p.names == names]
        for parent in self._tree.ancestors(path.node):
            if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.Or):
                if self._tree.is_inside(path.node, parent.right):
                    if self._holds(parent.left, first):
                        return True
            if isinstance(parent, cst.If) and self._tree.is_inside(path.node, parent.body):
                test = parent.test
                if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
                    if self._holds(test.expression, first):
                        return True
            if isinstance(parent, cst.IfExp) and self._tree.is_inside(path.node, parent.orelse):
                if self._holds(parent.test, first):
                    return True
        return any(self._is_returned_before(node, path.node) for node in first)

    def _holds(self, node: cst.BaseExpression, readings: list[cst.BaseExpression]) -> bool:
        """Whether an expression is the text where there is one: a reading of it, or its name."""
        if any(self._tree.is_inside(reading, node) for reading in readings):
            return True
        if not isinstance(node, cst.Name):
            return False
        values = [d.value for d in self._program.flow.every(node.value, node)]
        return any(
            value is not None and self._tree.is_inside(reading, value)
            for value in values
            for reading in readings
        )

    def _is_returned_before(self, reading: cst.CSTNode, later: cst.CSTNode) -> bool:
        """`if "text" in data: return data["text"]` stands above in the same function."""
        if self._tree.order(reading) > self._tree.order(later):
            return False
        if self._tree.function_of(reading) is not self._tree.function_of(later):
            return False
        for parent in self._tree.ancestors(reading):
            if isinstance(parent, cst.If):
                inside = self._tree.is_inside(later, parent.body)
                in_test = self._tree.is_inside(reading, parent.test)
                asked = in_test or self._asks_for(parent.test, reading)
                return asked and not inside and self._program.flow.leaves(parent.body)
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
        return False

    def _asks_for(self, test: cst.BaseExpression, reading: cst.CSTNode) -> bool:
        """Whether a test holds where what is read is there: it names the key, and no `not`."""
        keys = {
            self._tree.source(inner)
            for inner in self._tree.below(reading)
            if isinstance(inner, (cst.SimpleString, cst.Name))
        }
        nodes = list(self._tree.below(test))
        if any(isinstance(n, (cst.Not, cst.NotIn)) for n in nodes):
            return False
        strings = [n for n in nodes if isinstance(n, (cst.SimpleString, cst.Name))]
        return any(self._tree.source(n) in keys for n in strings)

    def _missing(
        self, texts: list[Path], names: tuple[str, ...], value: dict[str, object]
    ) -> tuple[Path, ...]:
        """What else is read and is not there any more, and is no other guess at the text."""
        guesses = ("output", "choices", "data", names[0])
        apart = [
            path
            for path in texts
            if not is_in(value, path.names)
            and path.names[-1] not in TEXTUAL
            and not path.names[-1].isdigit()
            and (path.names[0] not in guesses or self._is_guarded(path))
        ]
        return tuple({path.names: path for path in reversed(apart)}.values())[::-1]

    def _status(self) -> str:
        """The word for a run that is done, as the file spells it."""
        spelt: list[str] = []
        read: list[Path | Value] = [*self._readings.paths, *self._readings.ends]
        for each in [*read, *self._readings.tested]:
            if each.names == ("status",):
                spelt += spelt_status(self._program, each.node)
        done = [word for name in _DONE for word in spelt if word.lower() == name]
        if self._asked and not done:
            unknown = next((word for word in spelt if word.lower() not in OTHER_STATES), None)
            if unknown is not None:
                # The file's loop may wait for a word that no live answer has.
                raise RefusedError(Reason.OWN_POLLING, f"the status `{unknown}` is not known")
        return done[0] if done else _DONE[0]
