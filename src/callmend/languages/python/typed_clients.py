"""Clients of OpenAI's library that a Python file is only handed: what their annotation says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted

#: How many definitions a client is followed through.
_MOST_STEPS = 8
#: What in a file tells that the clients which it is handed may have another host.
_LED = re.compile(rb"base_url|azure", re.IGNORECASE)


def type_of_handed(
    program: Program,
    client: cst.BaseExpression,
    is_openais: Callable[[cst.BaseExpression], bool],
) -> str:
    """The full name of the annotation of a client that other files hand in, empty for another.

    ``is_openais`` tells of what this file itself hands in whether it is OpenAI's: all has to be.
    """
    if _LED.search(program.source.data):
        return ""
    found = _declared(program, client, 0)
    if found is None:
        return ""
    node, annotation = found
    name = program.scopes.imported(program.resolver.without_none(annotation))
    given = list(_handed(program, node)) if name.startswith("openai.") else [None]
    known = all(value is not None and is_openais(value) for value in given)
    return name if known else ""


def _declared(
    program: Program, node: cst.BaseExpression, depth: int
) -> tuple[cst.Param | cst.AnnAssign, cst.BaseExpression] | None:
    """The parameter or the field that a client is, with its annotation."""
    definitions = program.resolver.definitions(node)
    if not definitions and isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        # A field that a dataclass or a model declares.
        owner = program.resolver.class_of(node.value)
        for inner in () if owner is None else program.tree.own(owner.body):
            if isinstance(inner, cst.AnnAssign) and dotted(inner.target) == node.attr.value:
                return inner, inner.annotation.annotation
        return None
    only = definitions[0] if len(definitions) == 1 else Definition("", node, None)
    if isinstance(only.node, cst.Param):
        annotation = only.node.annotation
        return None if annotation is None else (only.node, annotation.annotation)
    if isinstance(only.node, cst.AnnAssign) and only.value is not None:
        # A name that is declared where it takes up what another file keeps.
        return only.node, only.node.annotation.annotation
    follows = isinstance(only.value, (cst.Name, cst.Attribute)) and depth < _MOST_STEPS
    return _declared(program, only.value, depth + 1) if only.value and follows else None


def _handed(
    program: Program, node: cst.Param | cst.AnnAssign
) -> Iterator[cst.BaseExpression | None]:
    """What this file hands in as a parameter or a field; None where that is not certain."""
    function = program.tree.around(node, cst.FunctionDef) if isinstance(node, cst.Param) else None
    name = node.name.value if isinstance(node, cst.Param) else dotted(node.target)
    if isinstance(node, cst.AnnAssign) and node.value is not None:
        return
    if function is not None and function.name.value != "__init__" and isinstance(node, cst.Param):
        for call in program.sites.of(function).calls:
            yield program.sites.argument(call, function, node)
        return
    owner = program.tree.around(node, cst.ClassDef)
    for call in program.tree.every(cst.Call):
        if isinstance(call.func, cst.Attribute) and call.func.attr.value == "__init__":
            yield None  # of a class that inherits, or of its base
        elif owner is not None and dotted(call.func) in (owner.name.value, "cls"):
            yield _given_to(call, function, name)


def _given_to(
    call: cst.Call, function: cst.FunctionDef | None, name: str
) -> cst.BaseExpression | None:
    """What a call that makes an object hands in by a name."""
    names = [] if function is None else [p.name.value for p in function.params.params][1:]
    for number, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == name:
            return arg.value
        if arg.keyword is None and not arg.star and names[number : number + 1] == [name]:
            return arg.value
    return None
