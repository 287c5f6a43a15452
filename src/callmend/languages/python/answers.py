"""The text of a thread's newest message, followed from the call that lists the messages."""

from __future__ import annotations

from enum import Enum

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.reasons import Reason


class _Stage(Enum):
    """What an expression is."""

    PAGE = "page"
    LIST = "list"
    MESSAGE = "message"
    PARTS = "parts"
    PART = "part"
    TEXT = "text"
    VALUE = "value"


_ATTRIBUTES = {
    (_Stage.PAGE, "data"): _Stage.LIST,
    (_Stage.MESSAGE, "content"): _Stage.PARTS,
    (_Stage.PART, "text"): _Stage.TEXT,
    (_Stage.TEXT, "value"): _Stage.VALUE,
}
_FIRST = {_Stage.LIST: _Stage.MESSAGE, _Stage.PARTS: _Stage.PART}


class NewestText:
    """Follows the page of messages to the one expression that is the newest message's text.

    ``node`` is that expression, ``passed`` the assignments on the way. ``annotated`` are the
    readings of what the text cites: ``node`` is the object of both then, which a name is given.

    Raises:
        RefusedError: another message, several of them, or something else is read.
    """

    def __init__(self, program: Program, page: cst.BaseExpression) -> None:
        self._tree = program.tree
        self._flow = program.flow
        self.passed: list[cst.Assign] = []
        self.annotated: list[cst.Attribute] = []
        self.node = self._follow(page, _Stage.PAGE)

    def _follow(self, node: cst.BaseExpression, stage: _Stage) -> cst.BaseExpression:
        if stage is _Stage.VALUE:
            return node
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Attribute) and parent.value is node:
            found = _ATTRIBUTES.get((stage, parent.attr.value))
            if found is not None:
                return self._follow(parent, found)
        if isinstance(parent, cst.Subscript) and parent.value is node and stage in _FIRST:
            if "".join(self._tree.source(parent.slice[0]).split()) == "0":
                return self._follow(parent, _FIRST[stage])
        if isinstance(parent, cst.Arg) and stage is _Stage.PAGE:
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call) and len(call.args) == 1:
                if isinstance(call.func, cst.Name) and call.func.value == "list":
                    return self._follow(call, _Stage.LIST)
                if isinstance(call.func, cst.Name) and call.func.value == "iter":
                    first = self._first_of(call)
                    if first is not None:
                        return self._follow(first, _Stage.MESSAGE)
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            return self._named(parent, stage)
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(parent or node))

    def _first_of(self, made: cst.Call) -> cst.Call | None:
        """`next(iter(messages))` around `iter(messages)`."""
        arg = self._tree.parent(made)
        call = None if arg is None else self._tree.parent(arg)
        if isinstance(arg, cst.Arg) and isinstance(call, cst.Call) and len(call.args) == 1:
            if isinstance(call.func, cst.Name) and call.func.value == "next":
                return call
        return None

    def _named(self, assign: cst.Assign, stage: _Stage) -> cst.BaseExpression:
        target = assign.targets[0].target
        shown = self._tree.show_line(assign)
        if not isinstance(target, cst.Name):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        definition = Definition(target.value, assign, assign.value)
        mine, maybe = self._flow.uses(definition)
        if stage is _Stage.TEXT and not maybe and self._annotates(mine):
            return assign.value
        if maybe or len(mine) != 1:
            raise RefusedError(Reason.OTHER_READ, shown)
        self.passed.append(assign)
        return self._follow(mine[0], stage)

    def _annotates(self, uses: list[cst.Name]) -> bool:
        """Whether a text's value and what it cites are all that is read of it, or set."""
        members = [self._tree.parent(use) for use in uses]
        known = [m for m in members if isinstance(m, cst.Attribute)]
        if len(known) < len(uses) or {m.attr.value for m in known} - {"value", "annotations"}:
            return False
        self.annotated = [m for m in known if m.attr.value == "annotations"]
        return bool(self.annotated)
