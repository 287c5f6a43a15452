"""Bodies that an object of the file gives: `model_dump()` of a model, `asdict` of a dataclass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from callmend.languages.python.literals import is_logged
from callmend.languages.python.pieces import Piece, refused
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted, is_none

_DATACLASSES = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_PLAIN_MARKS = frozenset({"classmethod", "property", "staticmethod"})
#: Methods that decide on what an object holds, or on what of it is given.
_DECIDING = frozenset(
    {"__init__", "__post_init__", "dict", "model_dump", "model_post_init", "to_dict"}
)
#: What the declaration of a field may say without changing its name or value.
_HARMLESS = frozenset(
    {"default", "default_factory", "description", "examples", "ge", "gt", "kw_only", "le", "lt",
     "max_length", "min_length", "repr", "title"}
)  # fmt: skip
_LEAVING_OUT = frozenset({"exclude_none", "exclude_unset"})
#: Nodes around a field that only look at it.
_LOOKING = (cst.Comparison, cst.ComparisonTarget, cst.FormattedStringExpression, cst.If)
_MOST_DEPTH = 4


class Dumps:
    """Reads the elements of what one file's objects give."""

    def __init__(self, program: Program, quote: str) -> None:
        self._program = program
        self._tree = program.tree
        self._resolver = program.resolver
        self._quote = quote

    def pieces(self, call: cst.Call) -> list[Piece] | None:
        """The elements of a dict that a call makes of an object; None where it is no such call.

        Raises:
            RefusedError: it is one, but what the dict holds is not certain.
        """
        given = self._given(call)
        if given is None:
            return None
        made, owner = self._object(given)
        if owner is None:
            return None
        options = [arg for arg in call.args if arg.value is not given]
        names = ["" if arg.keyword is None else arg.keyword.value for arg in options]
        if not set(names) <= _LEAVING_OUT | {"mode"}:
            raise refused(self._program, call)
        pieces = self._of_class(owner, made, call, left_out=_LEAVING_OUT & set(names))
        shown = self._tree.source(call)
        return [
            # What an object is made of in the call is read where it stands.
            piece
            if isinstance(given, cst.Call) and isinstance(piece.at, cst.Arg)
            else replace(piece, path=f"{shown}[{self._quote}{piece.key}{self._quote}]")
            for piece in pieces
        ]

    def _given(self, call: cst.Call) -> cst.BaseExpression | None:
        """The object that a call makes a dict of."""
        if self._program.scopes.imported(call.func) == "dataclasses.asdict":
            alone = len(call.args) == 1 and call.args[0].keyword is None and not call.args[0].star
            return call.args[0].value if alone else None
        is_method = isinstance(call.func, cst.Attribute) and call.func.attr.value in (
            "dict",
            "model_dump",
        )
        return cst.ensure_type(call.func, cst.Attribute).value if is_method else None

    def _object(self, given: cst.BaseExpression) -> tuple[cst.Call | None, cst.ClassDef | None]:
        """The call that makes an object, where it is seen, and the object's class."""
        if isinstance(given, cst.Call):
            return given, self._resolver.class_named(given.func)
        found = self._resolver.definitions(given) if isinstance(given, cst.Name) else []
        definition = found[0] if len(found) == 1 else None
        if definition is None:
            return None, None
        if isinstance(definition.value, cst.Call):
            owner = self._resolver.class_named(definition.value.func)
            if owner is not None:
                self._check_kept(definition, given)
            return definition.value, owner
        owner = self._resolver.instance_of(given)
        if owner is not None and isinstance(definition.node, cst.Param):
            self._check_alone(owner)
            return None, owner
        return None, None

    def _check_kept(self, definition: Definition, given: cst.BaseExpression) -> None:
        """Check that nothing changes an object behind its making."""
        for use in [use for uses in self._program.flow.uses(definition) for use in uses]:
            parent = self._tree.parent(use)
            around = None if parent is None else self._tree.parent(parent)
            if use is given or is_logged(self._program, use):
                continue
            if isinstance(parent, cst.Attribute) and isinstance(around, _LOOKING):
                continue
            call = around if isinstance(parent, cst.Arg) else self._tree.parent(use)
            call = self._tree.parent(call) if isinstance(call, cst.Attribute) else call
            if isinstance(call, cst.Call) and self._given(call) is use:
                continue
            raise refused(self._program, self._tree.statement_of(use))

    def _check_alone(self, owner: cst.ClassDef) -> None:
        """Check that an object of a class is of none that is made of it."""
        for node in self._tree.nodes:
            if isinstance(node, cst.ClassDef):
                if any(dotted(base.value) == owner.name.value for base in node.bases):
                    raise refused(self._program, owner.name)

    # the fields

    def _of_class(
        self,
        owner: cst.ClassDef,
        made: cst.Call | None,
        call: cst.Call,
        depth: int = 0,
        *,
        left_out: frozenset[str] = frozenset(),
    ) -> list[Piece]:
        """The elements that an object's fields become."""
        found = []
        arguments = self._arguments(owner, made)
        for name, field in self._fields(owner):
            arg = arguments.pop(name, None)
            value: cst.BaseExpression | None = field.target
            if arg is not None:
                value = arg.value
            elif made is not None:
                value = _default(field)
                if value is None:
                    raise refused(self._program, made)
                if is_none(value) or "exclude_unset" in left_out:
                    continue
            if value is not None:
                sure = made is not None or not left_out or field.value is None
                held = self._as_dict(field, value, call, depth)
                found.append(Piece(name, held, field if arg is None else arg, certain=sure))
        if arguments:
            raise refused(self._program, next(iter(arguments.values())))
        return found

    def _as_dict(
        self, field: cst.AnnAssign, value: cst.BaseExpression, call: cst.Call, depth: int
    ) -> cst.BaseExpression:
        """A value that is an object of a class of this file as the dict that it becomes."""
        made = value if isinstance(value, cst.Call) else None
        named = field.annotation.annotation if value is field.target else None
        if made is not None:
            named = made.func
        owner = None if named is None else self._resolver.class_named(named)
        if owner is None or depth > _MOST_DEPTH:
            return value
        if made is None:
            self._check_alone(owner)
        inner = self._of_class(owner, made, call, depth + 1)
        elements = []
        for piece in inner:
            key = cst.SimpleString(self._quote + piece.key + self._quote)
            element = cst.DictElement(key, piece.value)
            elements.append(element)
            self._tree.stand_in(element, piece.at)
            self._tree.stand_in(key, piece.at)
        literal = cst.Dict(elements)
        self._tree.stand_in(literal, value)
        return literal

    def _arguments(self, owner: cst.ClassDef, made: cst.Call | None) -> dict[str, cst.Arg]:
        """What an object is made of, by the names of its fields."""
        found: dict[str, cst.Arg] = {}
        names = [name for name, _ in self._fields(owner)]
        model = bool(owner.bases)
        for number, arg in enumerate(() if made is None else made.args):
            if arg.star or (arg.keyword is None and (model or number >= len(names))):
                raise refused(self._program, arg)
            found[names[number] if arg.keyword is None else arg.keyword.value] = arg
        return found

    def _fields(self, owner: cst.ClassDef) -> Iterator[tuple[str, cst.AnnAssign]]:
        """The fields of a class that only holds data.

        Raises:
            RefusedError: it does more, which may change what its objects give.
        """
        imported = self._program.scopes.imported
        marks = [mark.decorator for mark in owner.decorators]
        names = [imported(m.func if isinstance(m, cst.Call) else m) for m in marks]
        bases = [imported(base.value) for base in owner.bases]
        plain = (bases == ["pydantic.BaseModel"] and not names) or (
            not bases and len(names) == 1 and names[0] in _DATACLASSES
        )
        if not plain or owner.keywords:
            raise refused(self._program, owner.name)
        for statement in owner.body.body:
            if isinstance(statement, cst.FunctionDef):
                decorators = [dotted(mark.decorator) for mark in statement.decorators]
                if set(decorators) <= _PLAIN_MARKS and statement.name.value not in _DECIDING:
                    continue
                raise refused(self._program, statement.name)
            if not isinstance(statement, cst.SimpleStatementLine):
                raise refused(self._program, statement)
            for small in statement.body:
                if isinstance(small, (cst.Pass, cst.Expr)):
                    continue
                if not isinstance(small, cst.AnnAssign) or not self._is_plain(small):
                    raise refused(self._program, small)
                yield cst.ensure_type(small.target, cst.Name).value, small

    def _is_plain(self, field: cst.AnnAssign) -> bool:
        """Whether a field is given under its name, as it was set."""
        if not isinstance(field.target, cst.Name):
            return False
        declared = [n for n in self._tree.below(field.annotation) if isinstance(n, cst.Call)]
        if isinstance(field.value, cst.Call):
            declared.append(field.value)
        for call in declared:
            for arg in call.args:
                if arg.star or (arg.keyword is not None and arg.keyword.value not in _HARMLESS):
                    return False
        special = ("ClassVar", "InitVar", "PrivateAttr", "SecretStr")
        shown = self._tree.source(field)
        return not any(word in shown for word in special)


def _default(field: cst.AnnAssign) -> cst.BaseExpression | None:
    """What a field holds that nothing is given for."""
    value = field.value
    if not isinstance(value, cst.Call) or not dotted(value.func).endswith(("Field", "field")):
        return value
    for arg in value.args:
        if arg.keyword is None or arg.keyword.value == "default":
            return None if isinstance(arg.value, cst.Ellipsis) else arg.value
    named = [arg.keyword.value for arg in value.args if arg.keyword is not None]
    return value if "default_factory" in named else None
