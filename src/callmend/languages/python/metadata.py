"""The values of a body's `metadata`: OpenAI's API takes texts there, and refuses all else."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.tree import dotted

_LITERALS = (cst.Integer, cst.Float, cst.Dict, cst.DictComp, cst.List, cst.ListComp, cst.Tuple)
_COUNTING = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Power)
_NUMBERS = frozenset({"bool", "float", "int", "len", "round", "sum"})
_LISTS = frozenset({"dict", "list", "sorted", "tuple"})
_CLOCKS = frozenset({"time.monotonic", "time.perf_counter", "time.time", "time.time_ns"})
_TYPES = frozenset({"Dict", "List", "Mapping", "Sequence", "bool", "dict", "float", "int", "list"})


def no_texts(program: Program, name: str, value: cst.BaseExpression) -> list[cst.DictElement]:
    """The elements of a body's element of a name whose values the API certainly refuses."""
    if name != "metadata" or not isinstance(value, cst.Dict):
        return []
    return [
        each
        for each in value.elements
        if isinstance(each, cst.DictElement) and _is_no_text(program, each.value)
    ]


def _is_no_text(program: Program, value: cst.BaseExpression) -> bool:
    meant = program.resolver.single(value)
    if isinstance(meant, (*_LITERALS, cst.Comparison, cst.UnaryOperation)):
        return True
    if isinstance(meant, cst.BinaryOperation):
        return isinstance(meant.operator, _COUNTING)
    if isinstance(meant, cst.Call):
        name = dotted(meant.func)
        known = name in _NUMBERS | _LISTS and program.scopes.scope_of(name, meant) is None
        return known or program.scopes.imported(meant.func) in _CLOCKS
    if isinstance(meant, cst.Name) and meant.value in ("True", "False"):
        return True
    found = program.resolver.definitions(meant)
    kinds = [_declared(program, definition.node) for definition in found]
    return bool(kinds) and all(kind in _TYPES for kind in kinds)


def _declared(program: Program, node: cst.CSTNode) -> str:
    """The type that a parameter or a variable is declared with, without what it holds."""
    annotation = getattr(node, "annotation", None)
    if not isinstance(annotation, cst.Annotation):
        return ""
    declared = program.tree.source(annotation.annotation).strip("\"'")
    return declared.partition("[")[0].rpartition(".")[2]
