"""An answer that a Python file reads as an object of several fields: its text is JSON."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.model_fields import is_a_root, text_field
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Path, Readings
from callmend.languages.python.shape_code import FIELDS, code_of, nested
from callmend.languages.python.textual import is_textual
from callmend.languages.python.tree import dotted
from callmend.records import record

#: Members of a run under which its answer stands, and that are no field of the answer's own.
_PLACES = frozenset(
    {
        "answer", "body", "content", "data", "final_output", "json", "message", "output",
        "output_json", "output_parsed", "outputs", "parsed", "payload", "response", "result",
        "results", "structured_output", "value",
    }
)  # fmt: skip
#: Names of a text beside which other fields are read: `summary`, `score` and `tags` of an object.
_SOFT = frozenset(
    {"body", "explanation", "html", "markdown", "summary", "translation"}
)  # fmt: skip
#: What tells of an answer and is no field that a model is asked for.
_TELLING = frozenset(
    {"annotations", "created_at", "error", "id", "metadata", "model", "role", "run_id", "status",
     "type", "usage"}
)  # fmt: skip
#: What a class is given an object by, beside its own call.
_VALIDATES = frozenset({"from_dict", "model_validate", "parse_obj", "validate_python"})
#: One field alone may be the whole text.
_FEWEST = 2


@record(frozen=True, slots=True)
class FieldsRead:
    """What of an answer is read as an object: the way to it, and its fields that are seen.

    ``declared`` tells that a class of the file says that it is one; ``text`` is the one field that
    such a class has to have, which the text fills without any JSON.
    """

    holder: tuple[str, ...]
    names: tuple[str, ...]
    declared: bool
    text: str | None = None

    @property
    def element(self) -> str:
        """The code of an element of the answer's dict."""
        if self.text is not None:
            return code_of(nested((*self.holder, self.text)))[1:-1]
        if not self.holder:
            return f"**{FIELDS}(text)"
        return code_of(nested(self.holder), f"{FIELDS}(text)")[1:-1]


def fields_beside(readings: Readings, names: tuple[str, ...]) -> bool:
    """Whether fields are read beside the text at the end of a way, which may be one as well."""
    *holder, last = names
    depth = len(holder)
    beside = {
        path.names[depth]
        for path in readings.texts()
        if path.names[:depth] == tuple(holder) and len(path.names) > depth
    }
    return last in _SOFT and len(beside - {last, *_TELLING}) >= _FEWEST


def asks_for_fields(readings: Readings) -> bool:
    """Whether several fields of one object certainly have to be there: no text has them."""
    found: dict[tuple[str, ...], set[str]] = {}
    for path in readings.texts():
        if path.hard and len(path.names) > 1 and path.names[-2] in _PLACES:
            found.setdefault(path.names[:-1], set()).add(path.names[-1])
    return any(_are_fields([*names]) for names in found.values())


def fields_read(program: Program, readings: Readings) -> FieldsRead | None:
    """The object of which a file reads several fields, or makes one of a class."""
    if readings.generic or readings.handed:
        return None
    return _Reader(program, readings).read()


def validated(program: Program, readings: Readings) -> cst.BaseExpression | None:
    """What is given to a model's `model_validate` and the like, which takes no text."""
    for end in readings.ends:
        parent = program.tree.parent(end.node)
        call = None if parent is None else program.tree.parent(parent)
        func = call.func if isinstance(parent, cst.Arg) and isinstance(call, cst.Call) else None
        if end.names and isinstance(func, cst.Attribute) and func.attr.value in _VALIDATES:
            return end.node
    return None


def _are_fields(names: Sequence[str]) -> bool:
    """Whether names are those of an object, and no guesses at the name of a text."""
    own = [name for name in names if name not in _TELLING and not name.isdigit()]
    return len(own) >= _FEWEST and not all(map(is_textual, own))


class _Reader:
    def __init__(self, program: Program, readings: Readings) -> None:
        self._program = program
        self._tree = program.tree
        self._readings = readings
        self._texts = readings.texts()
        #: What an object is made of: the classes of this file, None for others.
        self._classes: list[cst.ClassDef | None] = []

    def read(self) -> FieldsRead | None:
        """The first of the ways, the longest first, at whose end an object certainly stands."""
        if not self._texts:
            return None
        found = {path.names[:depth] for path in self._texts for depth in range(len(path.names) + 1)}
        if any(path.names[0] in _PLACES for path in self._texts):
            found.discard(())
        places = [n for n in found if not n or (n[-1] in _PLACES and n[0] != "output_text")]
        for holder in sorted(places, key=lambda names: (-len(names), names)):
            if any(name.isdigit() for name in holder):
                continue
            known = self._at(holder)
            if known is not None:
                return known
        return None

    def _at(self, holder: tuple[str, ...]) -> FieldsRead | None:
        depth = len(holder)
        inner = [p for p in self._texts if p.names[:depth] == holder and len(p.names) > depth]
        if any(
            path.names[:depth] != holder and holder[: len(path.names)] != path.names
            for path in self._texts
        ):
            return None
        names = tuple(dict.fromkeys(path.names[depth] for path in inner))
        if any(name.isdigit() for name in names):
            return None
        if not holder and any(n in _TELLING or (is_textual(n) and n not in _SOFT) for n in names):
            return None  # what a run itself has
        made = self._made(holder)
        if made is None or not (made or _are_fields(names)):
            return None
        text = self._text_of(names) if made else None
        read = FieldsRead(holder, names, made, text)
        return read if self._is_an_object(holder, inner) else None

    def _text_of(self, names: Sequence[str]) -> str | None:
        """The one field that all classes an object is made of have to have, if it is a text."""
        found = {None if one is None else text_field(self._program, one) for one in self._classes}
        only = next(iter(found)) if len(found) == 1 else None
        return only if only is not None and {only}.issuperset(names) else None

    def _made(self, holder: tuple[str, ...]) -> bool | None:
        """Whether an object of a class is made of it; None where it goes elsewhere."""
        made = False
        self._classes = []
        for node in self._readings.lost:
            arg = node if isinstance(node, cst.Arg) else self._tree.parent(node)
            if not isinstance(arg, cst.Arg) or arg.star != "**":
                return None
            if not any(p.node is arg.value and p.names == holder for p in self._readings.paths):
                return None
            call = self._tree.parent(arg)
            if not isinstance(call, cst.Call) or not self._is_class_like(call.func):
                return None
            made = True
        for end in self._readings.ends:
            if len(end.names) > len(holder):
                continue
            if end.names != holder or not self._is_given_to_a_class(end.node):
                return None
            made = True
        return None if any(value.names == holder for value in self._readings.lists) else made

    def _is_given_to_a_class(self, node: cst.BaseExpression) -> bool:
        """`Plan.model_validate(data["output"])`, `plan: Plan = data["output"]`."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if not isinstance(call, cst.Call) or call.args[0] is not parent:
                return False
            func = call.func
            if not isinstance(func, cst.Attribute) or func.attr.value not in _VALIDATES:
                return False
            of: cst.BaseExpression | None = func.value
            if func.attr.value == "validate_python":
                of = self._adapted(func.value)
            return of is not None and self._is_class_like(of)
        if isinstance(parent, cst.AnnAssign):
            return self._is_a_class(parent.annotation.annotation)
        function = self._tree.function_of(node)
        if isinstance(parent, cst.Return) and isinstance(function, cst.FunctionDef):
            return function.returns is not None and self._is_a_class(function.returns.annotation)
        return False

    def _adapted(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """What `TypeAdapter(Plan)` is one of."""
        made = self._program.resolver.single(node)
        if isinstance(made, cst.Call) and dotted(made.func).endswith("TypeAdapter") and made.args:
            return made.args[0].value
        return None

    def _is_class_like(self, node: cst.BaseExpression) -> bool:
        """Whether a name is that of a class with fields, of this file or another; it is noted."""
        known = self._program.flow.every(node.value, node) if isinstance(node, cst.Name) else []
        only = known[0].node if len(known) == 1 else None
        if isinstance(only, cst.ClassDef):
            self._classes.append(only)
            return not is_a_root(only)
        self._classes.append(None)
        elsewhere = isinstance(only, cst.ImportAlias) or not known
        return elsewhere and dotted(node).split(".")[-1][:1].isupper()

    def _is_a_class(self, node: cst.BaseExpression) -> bool:
        """Whether an annotation is a class of this file that has fields; it is noted."""
        only = self._program.flow.class_named(node)
        if only is None:
            return False
        self._classes.append(only)
        return any(dotted(base.value).endswith("TypedDict") for base in only.bases)

    def _is_an_object(self, holder: tuple[str, ...], inner: Sequence[Path]) -> bool:
        """Whether what is read of it is no guess at a text: `data["text"] or data["message"]`."""
        nodes = [path.node for path in inner]
        for node in nodes:
            for parent in self._tree.ancestors(node):
                if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                    break
                if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.Or):
                    both = [n for n in nodes if self._tree.is_inside(n, parent)]
                    if len({p.names[len(holder)] for p in inner if p.node in both}) > 1:
                        return False
        return True
