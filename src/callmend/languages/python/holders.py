"""Classes of a Python file that only hold data: dataclasses, named tuples, models."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program

_MARKS = frozenset(
    {
        "dataclasses.dataclass",
        "pydantic.dataclasses.dataclass",
        "attr.s",
        "attr.define",
        "attr.dataclass",
        "attrs.define",
        "attrs.frozen",
    }
)
_BASES = frozenset({"typing.NamedTuple", "typing.TypedDict", "pydantic.BaseModel"})


def becomes_a_field(program: Program, arg: cst.Arg) -> bool:
    """Whether an argument is kept in an object of a class of this file that only holds data."""
    call = program.tree.parent(arg)
    made = program.resolver.class_named(call.func) if isinstance(call, cst.Call) else None
    if made is None:
        return False
    decorators = [mark.decorator for mark in made.decorators]
    marks = [mark.func if isinstance(mark, cst.Call) else mark for mark in decorators]
    imported = program.scopes.imported
    return any(imported(mark) in _MARKS for mark in marks) or any(
        imported(base.value) in _BASES for base in made.bases
    )
