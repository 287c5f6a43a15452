"""What a function does with a path or a body that it is handed, beside sending it."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.tree import is_none

_CHANGERS = frozenset({"append", "clear", "extend", "insert", "pop", "popitem", "remove",
                       "setdefault", "update"})  # fmt: skip

#: Elements that a migrated body gets.
_NEW = frozenset({"input", "instructions", "model"})


def changes(program: Program, use: cst.Name) -> bool:
    """Whether a use may change the object that a name stands for: `body["user"] = user`."""
    tree = program.tree
    parent = tree.parent(use)
    around = None if parent is None else tree.parent(parent)
    if isinstance(parent, cst.Subscript) and parent.value is use:
        return isinstance(around, (cst.AssignTarget, cst.AugAssign, cst.Del)) and not (
            isinstance(around, cst.AugAssign) and around.value is parent
        )
    if isinstance(parent, cst.Attribute) and parent.value is use:
        return isinstance(around, cst.Call) and parent.attr.value in _CHANGERS
    # `prepare(body)`, whose result nobody takes
    if isinstance(parent, cst.Arg) and isinstance(around, cst.Call):
        alone = isinstance(tree.parent(around), cst.Expr) and not is_logged(program, use)
        return alone and program.clients.of(around) is None
    return False


def reads(program: Program, use: cst.Name, given: cst.BaseExpression) -> bool:
    """Whether a use reads an element of a body, which the new one may not have: `body["input"]`."""
    tree = program.tree
    parent = tree.parent(use)
    around = None if parent is None else tree.parent(parent)
    if isinstance(parent, cst.Subscript) and parent.value is use and len(parent.slice) == 1:
        index = parent.slice[0].slice
        return isinstance(index, cst.Index) and program.resolver.text(index.value) is not None
    if isinstance(parent, cst.ComparisonTarget):
        return isinstance(parent.operator, (cst.In, cst.NotIn))
    if isinstance(parent, cst.Attribute) and isinstance(around, cst.Call) and around.args:
        key = program.resolver.text(around.args[0].value)
        if parent.attr.value != "get" or is_none(given) or is_logged(program, use):
            return False
        elements = given.elements if isinstance(given, cst.Dict) else None
        pairs = [e for e in elements or () if isinstance(e, cst.DictElement)]
        if elements is None or key is None or len(pairs) != len(elements):
            return True
        return key in _NEW or any(program.resolver.text(pair.key) == key for pair in pairs)
    return False


def decides(program: Program, use: cst.Name) -> bool:
    """Whether something is done by what a path is: `if path not in KNOWN:`, `LIMITS[path]`.

    `path.startswith("/")` and `"http"` say the same of another path of the same host.
    """
    tree = program.tree
    child: cst.CSTNode = use
    looked_up = False
    for parent in tree.ancestors(use):
        if isinstance(parent, (cst.If, cst.While, cst.IfExp)):
            return child is parent.test
        if isinstance(parent, cst.AssignTarget):
            return False  # `COUNTS[path] = 1`
        if isinstance(parent, (cst.Assert, cst.Comparison, cst.Match)):
            return True
        looked_up = looked_up or isinstance(parent, cst.SubscriptElement)
        if isinstance(parent, cst.Call) and _asks_the_same(program, parent, child):
            return False
        if isinstance(parent, cst.Call) and program.clients.of(parent) is not None:
            return looked_up
        if isinstance(parent, cst.Call) and _is_looked_up(parent, child):
            return True
        if isinstance(parent, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            return looked_up
        child = parent
    return looked_up


def _is_looked_up(call: cst.Call, child: cst.CSTNode) -> bool:
    """`LIMITS.get(path, 10)`."""
    is_get = isinstance(call.func, cst.Attribute) and call.func.attr.value == "get"
    return is_get and any(child is arg for arg in call.args[:1])


def _asks_the_same(program: Program, call: cst.Call, child: cst.CSTNode) -> bool:
    if child is not call.func or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return False
    given = call.args[0].value
    texts = [e.value for e in given.elements] if isinstance(given, cst.Tuple) else [given]
    words = [program.resolver.text(text) for text in texts]
    starts = call.func.attr.value in ("startswith", "endswith")
    return starts and all(
        w is not None and (not w.strip("/") or w.startswith("http")) for w in words
    )
