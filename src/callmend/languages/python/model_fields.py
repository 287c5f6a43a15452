"""The fields that a class of a Python file declares, of which one may be an answer's whole text."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.textual import is_textual
from callmend.languages.python.tree import dotted
from callmend.records import record

_TEXTS = frozenset({"str", "Optional[str]", "str | None", "None | str", "Union[str, None]"})
_ALIASES = ("validation_alias", "alias")
_DEFAULTS = frozenset({"default", "default_factory"})
#: What a class that declares all its fields itself is made of.
_PLAIN = frozenset({"BaseModel", "TypedDict", "object", "Generic"})


@record(frozen=True, slots=True)
class _Field:
    name: str
    is_text: bool
    required: bool


def text_field(program: Program, made: cst.ClassDef) -> str | None:
    """The field that an answer's text fills by itself: it is the only one that has to be there."""
    if any(dotted(base.value).split(".")[-1] not in _PLAIN for base in made.bases):
        return None
    fields = list(_fields(program, made))
    needed = [field for field in fields if field.required]
    texts = [field.name for field in fields if field.is_text and is_textual(field.name)]
    if len(texts) != 1 or any(field.name != texts[0] for field in needed):
        return None
    return texts[0]


def is_a_root(made: cst.ClassDef) -> bool:
    """Whether a model has no fields but one value, such as a list."""
    names = (dotted(base.value) or dotted(_of_subscript(base.value)) for base in made.bases)
    return any(name.endswith("RootModel") for name in names)


def _of_subscript(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.value if isinstance(node, cst.Subscript) else node


def _fields(program: Program, made: cst.ClassDef) -> Iterator[_Field]:
    optional = any(
        keyword.keyword is not None
        and keyword.keyword.value == "total"
        and dotted(keyword.value) == "False"
        for keyword in made.keywords
    )
    for node in program.tree.own(made.body):
        if not isinstance(node, cst.AnnAssign) or not isinstance(node.target, cst.Name):
            continue
        declared = program.tree.source(node.annotation.annotation).removeprefix("typing.")
        if declared.startswith("ClassVar"):
            continue
        name, required = node.target.value, node.value is None
        if isinstance(node.value, cst.Call) and dotted(node.value.func).endswith("Field"):
            named = {a.keyword.value: a.value for a in node.value.args if a.keyword is not None}
            plain = [a.value for a in node.value.args if a.keyword is None]
            required = not _DEFAULTS & named.keys()
            required = required and all(isinstance(value, cst.Ellipsis) for value in plain)
            alias = next((named[key] for key in _ALIASES if key in named), None)
            name = name if alias is None else program.resolver.text(alias) or ""
        required = required and not optional and not declared.startswith("NotRequired")
        yield _Field(name, declared in _TEXTS, required)
