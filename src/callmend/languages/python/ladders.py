"""A ladder of guesses at an answer: its operands, and the key that each of them asks for last."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst


def index_of(node: cst.Subscript) -> str | None:
    """The literal key of a subscript, None for anything else."""
    index = node.slice[0].slice if len(node.slice) == 1 else None
    if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
        value = index.value.evaluated_value
        return value if isinstance(value, str) else None
    return None


def get_key(call: cst.Call) -> str | None:
    """The literal key that `.get` is given, None for anything else."""
    first = call.args[0].value if call.args else None
    if isinstance(first, cst.SimpleString) and isinstance(first.evaluated_value, str):
        return first.evaluated_value
    return None


def is_empty(node: cst.BaseExpression) -> bool:
    """Whether an expression is a dict or a list without elements: `{}` of `x or {}`."""
    return isinstance(node, (cst.Dict, cst.List)) and not node.elements


def last_key(node: cst.BaseExpression) -> str | None:
    """The last key of a path: `message` of `data["output"]["message"]` and with `.get`."""
    if isinstance(node, cst.Subscript):
        return index_of(node)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        if node.func.attr.value == "get":
            return get_key(node)
    return None


def default_of(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The default that `.get` is given, None where there is none."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and len(node.args) == 2:
        if node.func.attr.value == "get":
            return node.args[1].value
    return None


def operands(chain: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The guesses of a ladder, in their order."""
    if isinstance(chain, cst.BooleanOperation) and isinstance(chain.operator, cst.Or):
        yield from operands(chain.left)
        yield from operands(chain.right)
        return
    default = default_of(chain)
    if isinstance(default, (cst.Call, cst.Subscript)) and last_key(default) is not None:
        # `data.get("a", data.get("b", ""))`: one after the other.
        yield chain
        yield from operands(default)
        return
    yield chain
