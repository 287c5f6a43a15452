"""The workflow's id in a dead URL of Python, which has it in its path."""

from __future__ import annotations

import itertools
import re

import libcst as cst

from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.values import HOLE


def path_id_of(program: Program, request: Request) -> cst.BaseExpression | None:
    """The expression in the URL's path that is the workflow's id, if the path holds one.

    For an id that is written out in the path this is the string that holds it.
    """
    if "{}" not in request.endpoint.path:
        return None
    node = program.resolver.single(request.url)
    found = _in_path(program, node)
    if found is not None or HOLE in program.resolver.value(node).texts[0]:
        return found
    return node if isinstance(node, cst.SimpleString) else None


def _in_path(program: Program, node: cst.BaseExpression) -> cst.BaseExpression | None:
    if isinstance(node, cst.FormattedString):
        for before, part in itertools.pairwise(node.parts):
            if (
                isinstance(before, cst.FormattedStringText)
                and before.value.endswith("/workflows/")
                and isinstance(part, cst.FormattedStringExpression)
            ):
                return part.expression
    operands = added(node)
    for before_id, part_id in itertools.pairwise(operands):
        if text_of(before_id).endswith("/workflows/"):
            return part_id
    template = given = None
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        if node.func.attr.value == "format" and len(node.args) == 1:
            template = program.resolver.text(node.func.value)
            given = node.args[0].value
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        template, given = program.resolver.text(node.left), node.right
    if template is not None and re.search(r"/workflows/(?:\{\w*\}|%s)/", template):
        return given
    return None


def added(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The operands of `a + b + c`, from left to right."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return [*added(node.left), node.right]
    return [node]


def text_of(node: cst.BaseExpression) -> str:
    """The text of a string literal, empty for anything else."""
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return node.evaluated_value
    return ""
