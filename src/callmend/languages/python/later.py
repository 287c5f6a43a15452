"""What becomes of the elements that a body is given after its literal was written."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import Literal
from callmend.languages.python.tree import Tree, dotted
from callmend.reasons import Reason

#: Calls that only compute a value, by their last names.
_PURE = frozenset(
    {"bool", "dict", "float", "getenv", "hex", "int", "isoformat", "join", "len", "list", "lower",
     "str", "strip", "upper", "uuid4"}
)  # fmt: skip


def later_going(
    tree: Tree, body: Literal, dropped: Collection[str], kept: Collection[str]
) -> tuple[cst.Assign, ...]:
    """The assignments of later elements of a body that have no counterpart, and go.

    Raises:
        RefusedError: one has a meaning of its own, or its value does more than to be computed.
    """
    going = []
    for name, assign in body.later:
        if name in kept:
            continue
        shown = f"`{tree.show(assign)}`"
        if name not in dropped:
            raise RefusedError(Reason.BODY_FIELD, shown)
        for inner in tree.below(assign.value):
            if isinstance(inner, (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda)):
                raise RefusedError(Reason.BODY_FIELD, shown)
            if isinstance(inner, cst.Call) and not _is_pure(inner):
                raise RefusedError(Reason.BODY_FIELD, shown)
        going.append(assign)
    return tuple(going)


def _is_pure(call: cst.Call) -> bool:
    """Whether a call only computes a value, by its last name."""
    func = call.func
    name = func.attr.value if isinstance(func, cst.Attribute) else dotted(func)
    if name == "get":
        key = call.args[0].value if call.args else None
        return isinstance(key, cst.SimpleString) and "/" not in key.value
    return name in _PURE
