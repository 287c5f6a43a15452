"""What a Python file reads of an answer, followed from the request to wherever its value goes.

Where one expression reads the text, `answer` finds it. This follows the rest: `.text` and
`json.loads`, ladders of guesses, functions of the file, an answer that is handed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import Enum

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import JSON_PARSERS, Client, Library
from callmend.languages.python.functions import calls_of, function_called
from callmend.languages.python.keys import Keys
from callmend.languages.python.ladders import is_empty
from callmend.languages.python.literals import is_logged
from callmend.languages.python.logged_readings import ADAPTED, may_raise
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, is_static, parameters
from callmend.languages.python.statuses import Statuses, wants_another
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.records import record

_MOST_FOLLOWED = 400
#: Names that tell no part of the answer.
_META = frozenset(
    {"code", "created", "created_at", "detail", "details", "error", "errors", "id", "last_error",
     "metadata", "model", "object", "ok", "status", "type", "usage"}
)  # fmt: skip
_INERT = frozenset({"reason", "reason_phrase", "headers", "url", "close", "release", "aclose"})
_STATUS = frozenset({"status_code", "status", "ok", "is_success", "is_error", "code", "getcode"})
_RAW = frozenset({"text", "content", "read", "aread"})
_AIOHTTP = frozenset(
    {"headers", "json", "ok", "raise_for_status", "read", "reason", "status", "text", "url"}
)
_WALKS = frozenset({"items", "keys", "values"})
#: What is told of a value by what takes it, and shows nothing of it.
_QUESTIONS = frozenset({"isinstance", "len", "bool", "type", "hasattr", "callable", "any", "all"})
_WHOLE = frozenset({"str", "repr", "json.dumps", "list", "dict", "sorted", "iter", "enumerate"})
#: Methods with which a state is compared in any spelling.
_CASES = frozenset({"casefold", "lower", "strip", "upper"})


class What(Enum):
    """What a value is on its way from the request."""

    RESPONSE = "response"
    TEXT = "text"
    BODY = "body"


@record(frozen=True, slots=True)
class Value:
    """A value on its way: where it stands, what it is, and what leads to it from the answer.

    ``covered`` tells that an error's response does not come here, ``judged`` that it has been a
    part of an `or` or of a condition for its type before.
    """

    node: cst.BaseExpression
    what: What
    promised: bool = False
    names: tuple[str, ...] = ()
    covered: bool = False
    judged: bool = False


@record(frozen=True, slots=True)
class Path:
    """One reading: the names and numbers from the answer to what is read, and its expression.

    ``hard`` tells that a missing name raises there (`data["a"]`); ``covered`` as for a value.
    """

    names: tuple[str, ...]
    node: cst.BaseExpression
    hard: bool
    covered: bool


@dataclass(slots=True)
class Readings:
    """All that is read of one answer.

    ``paths`` are the readings of parts, ``ends`` where parts go that nothing more is read of,
    ``tested`` the values that are only compared or asked for, ``lists`` the parts that are walked
    through, ``handed`` where the whole goes out of sight,
    ``generic`` where all of it is looked at, ``lost`` what cannot be followed. ``bare`` tells that
    one of the whole's readings may meet an error's response.
    """

    paths: list[Path] = made(default_factory=list)
    ends: list[Value] = made(default_factory=list)
    tested: list[Value] = made(default_factory=list)
    lists: list[Value] = made(default_factory=list)
    handed: list[cst.CSTNode] = made(default_factory=list)
    generic: list[cst.CSTNode] = made(default_factory=list)
    lost: list[cst.CSTNode] = made(default_factory=list)
    members: set[str] = made(default_factory=set)
    bare: bool = False

    def joined(self, others: Iterable[Readings]) -> Readings:
        """All that is read of this answer and of others of the same shape."""
        every = [self, *others]
        return Readings(
            paths=[path for each in every for path in each.paths],
            ends=[end for each in every for end in each.ends],
            tested=[value for each in every for value in each.tested],
            lists=[value for each in every for value in each.lists],
            handed=[node for each in every for node in each.handed],
            generic=[node for each in every for node in each.generic],
            lost=[node for each in every for node in each.lost],
            members=set().union(*(each.members for each in every)),
            bare=any(each.bare for each in every),
        )

    def texts(self) -> list[Path]:
        """The readings of the answer's text, those of errors, states and numbers left out."""
        return [path for path in self.paths if path.names[0] not in _META]


class Follower:
    """Follows the value of one request through its file."""

    def __init__(self, program: Program, client: Client, sender: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._client = client
        self._sender = sender
        self._keys = Keys(program)
        self._seen: set[tuple[int, What, bool, tuple[str, ...], bool, bool]] = set()
        self.statuses = Statuses(program)
        self.readings = Readings()
        #: Whether what is printed is only logged.
        self._prints = True

    def follow(self) -> Readings:
        """Follow the response to all that reads it.

        Where nothing does but `print`, as in a script, that is what reads it.
        """
        found = self._followed()
        if not (found.texts() or found.handed or found.generic or found.lost):
            self._prints = False
            found = self._followed()
        return found

    def _followed(self) -> Readings:
        """It is done twice: what an error's response does not reach is known the second time."""
        for _ in range(2):
            self.readings = Readings()
            self._seen.clear()
            always = self._client.library is Library.URLLIB  # `urlopen` raises for an error
            waiting = [Value(self._sender, What.RESPONSE, self._client.awaited, (), always)]
            while waiting:
                value = waiting.pop()
                if not value.covered and self.statuses.covers(value.node):
                    value = replace(value, covered=True)
                if value.names and not value.judged and self._asks_for_type(value.node):
                    value = replace(value, judged=True)
                key = (
                    id(value.node), value.what, value.promised, value.names, value.covered,
                    value.judged,
                )  # fmt: skip
                if key in self._seen:
                    continue
                self._seen.add(key)
                if len(self._seen) > _MOST_FOLLOWED and value.what is What.BODY:
                    # What is read of the response itself is needed even so.
                    self.readings.lost.append(value.node)
                    waiting = [other for other in waiting if other.what is not What.BODY]
                    continue
                waiting.extend(self._step(value))
        order = self._tree.order
        self.readings.paths.sort(key=lambda path: order(path.node))
        return self.readings

    # where a value goes next

    def _step(self, value: Value) -> Iterator[Value]:
        node = value.node
        parent = self._tree.parent(node)
        if parent is None or self._is_inert(value) or self.statuses.fails(node):
            self._note_member(value, parent)
            return
        if isinstance(parent, cst.Await):
            yield replace(value, node=parent, promised=False)
        elif isinstance(parent, (cst.Assign, cst.AnnAssign, cst.NamedExpr, cst.WithItem)):
            yield from self._bound(value, parent)
        elif isinstance(parent, cst.Subscript) and parent.value is node:
            yield from self._subscript(value, parent)
        elif isinstance(parent, cst.Attribute) and parent.value is node:
            yield from self._member(value, parent)
        elif isinstance(parent, cst.Arg):
            yield from self._argument(value, parent)
        elif isinstance(parent, cst.Return):
            yield from self._returned(value, parent)
        elif isinstance(parent, cst.BooleanOperation) or (
            isinstance(parent, cst.IfExp) and parent.test is not node
        ):
            if self._is_asked(parent):
                return
            if isinstance(parent, cst.BooleanOperation) and is_empty(parent.right):
                yield replace(value, node=parent)  # `data.get("output") or {}`
                return
            if value.names:
                self.readings.ends.append(value)
            yield replace(value, node=parent, judged=bool(value.names))
        elif isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is node:
            yield from self._walked(value, parent)
        elif self._is_question(node, parent):
            self.readings.tested.append(value)
        else:
            self._end(value, parent)

    def _is_inert(self, value: Value) -> bool:
        """Whether a value is only logged, and nothing of it that raises where it is not there."""
        if not is_logged(self._program, value.node, prints=self._prints):
            return False
        if value.names and isinstance(value.node, (cst.Call, cst.Subscript)):
            return False  # a part of one that may raise
        return value.what is not What.BODY or not may_raise(self._tree, value.node, ADAPTED)

    def _note_member(self, value: Value, parent: cst.CSTNode | None) -> None:
        """Note what only an error's branch or a log reads of the response."""
        if value.what is What.RESPONSE and not value.promised and isinstance(parent, cst.Attribute):
            self._has_member(parent)

    def _has_member(self, member: cst.Attribute) -> None:
        name = member.attr.value
        self.readings.members.add(name)
        # Of aiohttp's response the adapted answer has these only.
        if self._client.library is Library.AIOHTTP and name not in _AIOHTTP:
            self.readings.lost.append(member)

    def _asks_for_type(self, node: cst.CSTNode) -> bool:
        """Whether `isinstance` decides that a node's code runs."""
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.If, cst.IfExp)):
                for inner in self._tree.below(parent.test):
                    if isinstance(inner, cst.Name) and inner.value == "isinstance":
                        return True
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
        return False

    def _is_question(self, node: cst.CSTNode, parent: cst.CSTNode) -> bool:
        """`if data`, `not data`, `data is None`, `"output" in data`: nothing of it is shown."""
        if isinstance(parent, (cst.If, cst.While, cst.Assert, cst.IfExp)):
            return parent.test is node
        return isinstance(
            parent, (cst.UnaryOperation, cst.Comparison, cst.ComparisonTarget, cst.CompIf)
        )

    def _is_asked(self, node: cst.CSTNode) -> bool:
        """Whether an operation is only the condition of something."""
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.BooleanOperation, cst.UnaryOperation)):
            node, parent = parent, self._tree.parent(parent)
        return parent is not None and self._is_question(node, parent)

    def _end(self, value: Value, parent: cst.CSTNode) -> None:
        """Nothing more is read of a value that goes here."""
        if self._tree.around(value.node, cst.Raise) is not None:
            return
        if value.names:
            self.readings.ends.append(value)
            return
        self.readings.bare |= not value.covered
        if value.promised or isinstance(parent, (cst.Expr, cst.Del)):
            if not isinstance(parent, cst.Expr) or value.promised:
                self.readings.lost.append(parent)
            return
        self.readings.handed.append(parent)

    def _uses(self, definition: Definition) -> Iterator[cst.Name]:
        mine, maybe = self._flow.uses(definition)
        yield from mine
        for use in maybe:
            # In a loop the round before may have asked; before the request there is no answer.
            inside = self._tree.function_of(use) is self._tree.function_of(definition.node)
            before = self._tree.order(use) < self._tree.order(definition.node)
            if not (inside and before and not self._in_loop(definition.node)):
                yield use

    def _in_loop(self, node: cst.CSTNode) -> bool:
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.For, cst.While)):
                return True
            if isinstance(parent, cst.FunctionDef):
                return False
        return False

    def _bound(self, value: Value, parent: cst.CSTNode) -> Iterator[Value]:
        scope = self._tree.function_of(parent)
        found = [
            definition
            for definitions in self._program.scopes.bound(scope).values()
            for definition in definitions
            if definition.node is parent
        ]
        if isinstance(parent, cst.WithItem):
            if parent.item is not value.node or len(found) != 1:
                self.readings.lost.append(parent)
                return
            value = replace(value, promised=False)
        elif parent.value is not value.node:  # type: ignore[attr-defined]
            return
        if len(found) != 1 or found[0].value is None or self._is_in_class(parent):
            if found:
                self.readings.lost.append(parent)  # `a, b = data`
            else:
                self._end(value, parent)  # `self.last = data`
            return
        if isinstance(parent, cst.Assign) and len(parent.targets) > 1:
            self.readings.lost.append(parent)
        if isinstance(parent, cst.NamedExpr):
            yield from self._step(replace(value, node=parent))
        yield from (replace(value, node=use) for use in self._uses(found[0]))

    def _is_in_class(self, node: cst.CSTNode) -> bool:
        holder = self._tree.around(node, cst.ClassDef)
        return holder is not None and (
            self._tree.function_of(node) is self._tree.function_of(holder)
        )

    # what is read of it

    def _subscript(self, value: Value, node: cst.Subscript) -> Iterator[Value]:
        around = self._tree.parent(node)
        if isinstance(around, (cst.AssignTarget, cst.Del)) or (
            isinstance(around, cst.AugAssign) and around.target is node
        ):
            self.readings.lost.append(node)
            return
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if value.what is What.BODY and isinstance(index, cst.Slice):
            yield replace(value, node=node)  # a part of a text or of a list
            return
        names = self._keys.of(index.value) if isinstance(index, cst.Index) else []
        if value.what is not What.BODY or not names:
            self.readings.lost.append(node)
            return
        hard = not (isinstance(index, cst.Index) and self._keys.is_asked_for(index.value))
        for name in names:
            yield from self._part(value, name, node, hard=hard)

    def _part(
        self, value: Value, name: str, node: cst.BaseExpression, *, hard: bool
    ) -> Iterator[Value]:
        names, value = (*value.names, name), replace(value, judged=False)
        self.readings.paths.append(Path(names, node, hard, value.covered))
        self.readings.bare |= not value.covered and names[0] not in _META
        yield replace(value, node=node, names=names)

    def _member(self, value: Value, member: cst.Attribute) -> Iterator[Value]:
        name = member.attr.value
        call = self._tree.parent(member)
        called = call if isinstance(call, cst.Call) and call.func is member else None
        if value.promised:
            self.readings.lost.append(member)
        elif value.what is What.RESPONSE:
            yield from self._of_response(value, member, called)
        elif value.what is What.TEXT:
            if called is not None and name in ("decode", "strip"):
                yield replace(value, node=called)
            else:
                self.readings.lost.append(member)
        elif called is not None and name == "get" and called.args:
            keys = self._keys.of(called.args[0].value)
            if not keys:
                self.readings.lost.append(called)
            for key in keys:
                yield from self._part(value, key, called, hard=False)
        elif called is not None and name in _WALKS and not value.names:
            self.readings.generic.append(called)
            self.readings.bare |= not value.covered
        elif called is not None and (
            name == "copy" or (value.names == ("status",) and name in _CASES)
        ):
            yield replace(value, node=called)
        elif value.names and called is not None:
            self.readings.ends.append(value)
        else:
            self.readings.lost.append(member)

    def _of_response(
        self, value: Value, member: cst.Attribute, called: cst.Call | None
    ) -> Iterator[Value]:
        name = member.attr.value
        self._has_member(member)
        awaited = self._client.library is Library.AIOHTTP
        if name == "raise_for_status" and called is not None:
            self.statuses.add_raising(called)
            if not isinstance(self._tree.parent(called), cst.Expr):
                yield replace(value, node=called)  # httpx gives the response back
        elif name in _STATUS:
            if not is_logged(self._program, member):
                self.statuses.add(called or member)
            wanted = wants_another(self._program, called or member)
            if wanted is not None:
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(wanted))
        elif name == "json" and called is not None:
            yield replace(value, node=called, what=What.BODY, promised=awaited)
        elif name in _RAW:
            promised = called is not None and (awaited or name == "aread")
            yield replace(value, node=called or member, what=What.TEXT, promised=promised)
        elif name not in _INERT:
            self.readings.lost.append(member)

    def _walked(self, value: Value, loop: cst.For | cst.CompFor) -> Iterator[Value]:
        """`for item in data["output"]`: each item is what a list's first one is."""
        if not value.names:
            self.readings.generic.append(loop)
            self.readings.bare |= not value.covered
            return
        self.readings.lists.append(value)
        if not isinstance(loop.target, cst.Name):
            self.readings.lost.append(loop)
            return
        for use in self._program.scopes.uses(loop.target.value):
            if self._tree.is_inside(use, self._loop_of(loop)) and use is not loop.iter:
                yield replace(value, node=use, names=(*value.names, "0"))

    def _loop_of(self, loop: cst.For | cst.CompFor) -> cst.CSTNode:
        if isinstance(loop, cst.For):
            return loop
        around: cst.CSTNode = loop
        while isinstance(around, cst.CompFor):
            around = self._tree.parent(around) or self._tree.module
        return around

    # through calls

    def _argument(self, value: Value, arg: cst.Arg) -> Iterator[Value]:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call) or arg.star:
            self.readings.lost.append(arg)
            return
        name = self._program.scopes.imported(call.func) or dotted(call.func)
        if name in JSON_PARSERS and value.what is not What.BODY:
            yield replace(value, node=call, what=What.BODY)
        elif name in _QUESTIONS:
            return
        elif name == "asyncio.wait_for" and value.promised:
            yield replace(value, node=call)
        elif (function := function_called(self._program, call)) is not None and not value.promised:
            yield from self._parameter(value, function, call, arg)
        elif value.names:
            self.readings.ends.append(value)
        elif name in _WHOLE and value.what is What.BODY:
            self.readings.generic.append(call)
            self.readings.bare |= not value.covered
        else:
            self._end(value, call)

    def _parameter(
        self, value: Value, function: cst.FunctionDef, call: cst.Call, arg: cst.Arg
    ) -> Iterator[Value]:
        given = parameters(function)
        if isinstance(call.func, cst.Attribute) and not is_static(function):
            given = given[1:]
        number = next(i for i, other in enumerate(call.args) if other is arg)
        name = None
        if arg.keyword is not None:
            name = arg.keyword.value
        elif not arg.star and number < len(given):
            name = given[number].name.value
        for definition in self._program.scopes.bound(function).get(name or "", []):
            if isinstance(definition.node, cst.Param):
                yield from (replace(value, node=use) for use in self._uses(definition))
                return
        self.readings.lost.append(arg)

    def _returned(self, value: Value, where: cst.Return) -> Iterator[Value]:
        """What a function returns is what its calls are, where they are in this file."""
        if value.names:
            self.readings.ends.append(value)
        function = self._tree.function_of(where)
        if not isinstance(function, cst.FunctionDef):
            return
        promised = value.promised or function.asynchronous is not None
        calls = calls_of(self._program, function)
        for call in calls:
            yield replace(value, node=call, promised=promised)
        hidden = function.name.value.startswith("_")
        if not value.names and not (calls and hidden):
            self.readings.bare |= not value.covered and value.what is not What.RESPONSE
            self.readings.handed.append(where)
