"""What expressions hold of the answers to hand-written requests: which answer, and which part."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import libcst as cst

from callmend.languages.python.clients import JSON_PARSERS
from callmend.languages.python.functions import function_called
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_reaching import Reaching
from callmend.languages.python.scopes import Definition, parameters, targets_in
from callmend.languages.python.tree import dotted, unawaited
from callmend.records import record
from callmend.routes import Op

_MOST_DEPTH = 12
#: How many steps it is from a list of messages to the text of one.
_OF_TEXT = 6
_LIST = ("data",)
_NOTHING = ("None", "{}", "[]", '""', "''", "False")


class Group(Enum):
    """What an answer is of."""

    THREAD = "thread"
    MESSAGE = "message"
    RUN = "run"
    PAGE = "page"
    OTHER = "other"


class Stage(Enum):
    """How far an answer is read: the response, its text or bytes, or its parsed JSON."""

    RESPONSE = "response"
    RAW = "raw"
    JSON = "json"


_GROUPS = {
    Op.CREATE_THREAD: Group.THREAD,
    Op.ADD_MESSAGE: Group.MESSAGE,
    Op.RUN: Group.RUN,
    Op.THREAD_AND_RUN: Group.RUN,
    Op.RETRIEVE_RUN: Group.RUN,
    Op.SUBMIT: Group.RUN,
    Op.LIST_MESSAGES: Group.PAGE,
}
#: A message of a list, where which one is not told by a number.
EACH = "*"


@record(frozen=True, slots=True)
class Denoted:
    """What an expression holds.

    ``path`` are the keys and places behind the parsed JSON, ``calls`` the requests that may have
    answered it, ``default`` what `.get(key, default)` gives where the last key is absent.
    """

    group: Group
    stage: Stage
    path: tuple[str | int, ...]
    calls: frozenset[int]
    default: cst.BaseExpression | None = None

    def is_json(self, group: Group, *path: str | int) -> bool:
        """Whether this is a certain part of a certain answer."""
        return self.group is group and self.stage is Stage.JSON and self.path == path


class Values(Reaching):
    """Follows the answers of one file's requests."""

    def __init__(self, program: Program, calls: Sequence[RawCall], *, across: bool = False) -> None:
        """``across`` follows values through the functions of the file as well."""
        super().__init__(program)
        self._across = across
        self.calls = calls
        self._of_sender = {id(call.sender): number for number, call in enumerate(calls)}
        self._known: dict[int, Denoted | None] = {}
        self._open: set[int] = set()
        self._functions: dict[int, cst.FunctionDef | None] = {}

    def call_of(self, node: cst.CSTNode) -> RawCall | None:
        """The request that a call sends."""
        number = self._of_sender.get(id(node))
        return None if number is None else self.calls[number]

    def denoted(self, node: cst.BaseExpression) -> Denoted | None:
        """What an expression holds of an answer; None where that is not certain."""
        key = id(node)
        if key in self._known:
            return self._known[key]
        if key in self._open or len(self._open) > _MOST_DEPTH * 4:
            return None  # it is assigned from itself
        self._open.add(key)
        found = self._follow(unawaited(node))
        self._open.discard(key)
        if not self._open:
            self._known[key] = found
        return found

    def _follow(self, node: cst.BaseExpression) -> Denoted | None:
        if isinstance(node, cst.Call):
            number = self._of_sender.get(id(node))
            if number is not None:
                group = _GROUPS.get(self.calls[number].op, Group.OTHER)
                sent = self.calls[number].through
                stage = Stage.RESPONSE if sent is None or not sent.parsed else Stage.JSON
                return Denoted(group, stage, (), frozenset({number}))
            return self._called(node)
        if isinstance(node, cst.Attribute):
            owner = self.denoted(node.value)
            if owner is not None and owner.stage is Stage.RESPONSE:
                if node.attr.value in ("text", "content"):
                    return Denoted(owner.group, Stage.RAW, (), owner.calls)
            return self.field(node) if self._across else None
        if self._across and isinstance(node, (cst.BooleanOperation, cst.IfExp)):
            return self._or_nothing(node)
        if isinstance(node, cst.Subscript):
            owner = self.denoted(node.value)
            place = self._place(node)
            if self._across and place is None and owner is not None and owner.path[-1:] == _LIST:
                sliced = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Slice)
                return owner if sliced else _behind(owner, EACH, None)
            return None if owner is None or place is None else _behind(owner, place, None)
        if isinstance(node, cst.Name):
            return self._named(node)
        return self._filtered(node) if isinstance(node, cst.ListComp) else None

    def _or_nothing(self, node: cst.BooleanOperation | cst.IfExp) -> Denoted | None:
        """`response.json() or {}`, `data["data"] if data else []`."""
        if isinstance(node, cst.BooleanOperation):
            either = isinstance(node.operator, cst.Or)
            value, other = (node.left, node.right) if either else (node.right, None)
            return None if other is None else self._unless(value, other)
        return self._unless(node.body, node.orelse) or self._unless(node.orelse, node.body)

    def _unless(self, value: cst.BaseExpression, other: cst.BaseExpression) -> Denoted | None:
        return self.denoted(value) if self._tree.source(other) in _NOTHING else None

    def field(self, node: cst.Attribute) -> Denoted | None:
        """What a field of `self` is given in its class, where that is always the same part."""
        owner = self._tree.around(node, cst.ClassDef)
        if owner is None or dotted(node.value) != "self":
            return None
        values = []
        for inner in self._tree.every(cst.Attribute):
            if inner.attr.value != node.attr.value:
                continue
            parent = self._tree.parent(inner)
            target = (
                isinstance(parent, (cst.AssignTarget, cst.AnnAssign)) and parent.target is inner
            )
            if not target:
                if isinstance(parent, (cst.Element, cst.AugAssign, cst.For, cst.AsName)):
                    return None
                continue
            given = self._tree.parent(parent) if isinstance(parent, cst.AssignTarget) else parent
            mine = self._tree.is_inside(inner, owner) and dotted(inner.value) == "self"
            if not mine or not isinstance(given, (cst.Assign, cst.AnnAssign)):
                return None
            if given.value is not None and self._tree.source(given.value) not in _NOTHING:
                values.append(given.value)
        return self._merged(values)

    def _filtered(self, node: cst.GeneratorExp | cst.ListComp) -> Denoted | None:
        """`(m for m in messages["data"] if m["role"] == "assistant")`: the messages again."""
        comp = node.for_in
        listed = self.denoted(comp.iter)
        if listed is None or not listed.is_json(Group.PAGE, "data"):
            return None
        same = isinstance(node.elt, cst.Name) and isinstance(comp.target, cst.Name)
        if not same or node.elt.value != comp.target.value or comp.inner_for_in is not None:  # type: ignore[attr-defined]
            return None
        fits = all(self.is_of_assistant(condition.test) for condition in comp.ifs)
        return listed if fits and comp.asynchronous is None else None

    def is_of_assistant(self, test: cst.BaseExpression) -> bool:
        """Whether a condition lets in just the assistant's messages, of this run at the most."""
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
            sides = (test.left, test.right)
            return all(self.is_of_assistant(side) for side in sides)
        if self.is_of_run(test):
            return True  # a person's message is of no run
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return False
        held = self.denoted(test.left)
        known = held is not None and held.group is Group.PAGE and held.path[2:] == ("role",)
        equal = isinstance(test.comparisons[0].operator, cst.Equal)
        word = self._program.resolver.text(test.comparisons[0].comparator)
        return known and equal and word == "assistant"

    def is_of_run(self, test: cst.BaseExpression) -> bool:
        """Whether a condition lets in the messages of a run of the file alone."""
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return False
        left, right = self.denoted(test.left), self.denoted(test.comparisons[0].comparator)
        known = left is not None and left.group is Group.PAGE and left.path[2:] == ("run_id",)
        of_run = right is not None and right.is_json(Group.RUN, "id")
        return known and of_run and isinstance(test.comparisons[0].operator, cst.Equal)

    def _called(self, node: cst.Call) -> Denoted | None:
        if isinstance(node.func, cst.Name) and node.func.value == "next" and node.args:
            listed = node.args[0].value
            one = self._filtered(listed) if isinstance(listed, cst.GeneratorExp) else None
            return None if one is None else _behind(one, 0, None)
        if self._across and isinstance(node.func, cst.Name) and node.args:
            alone = len(node.args) == 1 and node.func.value in ("list", "reversed")
            if alone or (node.func.value == "sorted" and is_by_time(node.args[1:])):
                listed_again = self.denoted(node.args[0].value)
                whole = listed_again is not None and listed_again.path[-1:] == _LIST
                return listed_again if whole else None
        if isinstance(node.func, cst.Name) and node.func.value == "max" and not self._across:
            whole_list = self.denoted(node.args[0].value) if is_by_time(node.args[1:]) else None
            newest = whole_list is not None and whole_list.is_json(Group.PAGE, "data")
            return _behind(whole_list, 0, None) if newest and whole_list is not None else None
        given = self._given_back(node) if self._across else None
        if given is not None:
            return given
        if self._program.scopes.imported(node.func) in JSON_PARSERS and node.args:
            inner = self.denoted(node.args[0].value)
            if inner is None or inner.stage is Stage.JSON or len(node.args) != 1:
                return None
            return Denoted(inner.group, Stage.JSON, (), inner.calls)
        if not isinstance(node.func, cst.Attribute):
            return None
        owner, name = self.denoted(node.func.value), node.func.attr.value
        if owner is None:
            return None
        if owner.stage is Stage.RESPONSE and not node.args:
            if name == "json":
                return Denoted(owner.group, Stage.JSON, (), owner.calls)
            if name in ("read", "text"):
                return Denoted(owner.group, Stage.RAW, (), owner.calls)
        if owner.stage is Stage.RAW and name in ("decode", "strip"):
            return owner
        if owner.stage is Stage.JSON and name == "get" and 1 <= len(node.args) <= 2:
            key = self._program.resolver.text(node.args[0].value)
            default = node.args[1].value if len(node.args) == 2 else None
            if key is not None and isinstance(node.args[0].value, cst.SimpleString):
                return _behind(owner, key, default)
        return None

    # functions

    def _given_back(self, call: cst.Call) -> Denoted | None:
        """What a function of the file gives back, where it is always the same part."""
        function = self.function_of(call)
        if function is None:
            return None
        return self._merged(self._returned(function))

    def _returned(self, function: cst.FunctionDef) -> list[cst.BaseExpression]:
        return [
            node.value
            for node in self._tree.own(function.body)
            if isinstance(node, cst.Return)
            and node.value is not None
            and self._tree.source(node.value) not in _NOTHING
        ]

    def function_of(self, call: cst.Call) -> cst.FunctionDef | None:
        """The function of this file that a call calls."""
        if id(call) not in self._functions:
            self._functions[id(call)] = function_called(self._program, call)
        return self._functions[id(call)]

    def callers(self, function: cst.FunctionDef) -> list[cst.Call]:
        """The calls of a function in its file."""
        return [node for node in self._tree.every(cst.Call) if self.function_of(node) is function]

    def given_to(self, param: cst.Param) -> Denoted | None:
        """What a parameter is given, where each call gives it the same part."""
        function = self._tree.around(param, cst.FunctionDef)
        if function is None or not self._across:
            return None
        given = [argument_of(call, function, param) for call in self.callers(function)]
        if not given or any(value is None for value in given):
            return None
        return self._merged([value for value in given if value is not None])

    def parameter_of(
        self, call: cst.Call, function: cst.FunctionDef, arg: cst.Arg
    ) -> cst.Param | None:
        """Which parameter of a function an argument of a call is."""
        for param in parameters(function):
            if argument_of(call, function, param) is arg.value:
                return param
        return None

    def _merged(self, values: Sequence[cst.BaseExpression]) -> Denoted | None:
        found: Denoted | None = None
        for value in values:
            held = self.denoted(value)
            if held is None or (found is not None and not _same(found, held)):
                return None
            calls = held.calls if found is None else held.calls | found.calls
            found = Denoted(held.group, held.stage, held.path, calls, None)
        return found

    def _place(self, node: cst.Subscript) -> str | int | None:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        value = index.value if isinstance(index, cst.Index) else None
        if isinstance(value, cst.SimpleString) and isinstance(value.evaluated_value, str):
            return value.evaluated_value
        if isinstance(value, cst.Integer):
            return int(value.value)
        if isinstance(value, cst.UnaryOperation) and isinstance(value.operator, cst.Minus):
            inner = value.expression
            return -int(inner.value) if isinstance(inner, cst.Integer) else None
        return None

    # names

    def _named(self, node: cst.Name) -> Denoted | None:
        return self.named_at(node.value, node)

    def named_at(self, name: str, at: cst.CSTNode) -> Denoted | None:
        """What a name holds at a place."""
        found: Denoted | None = None
        first = False
        for definition in self.reaching(name, at):
            if is_first_value(definition):
                first = True
                continue
            held = self._defined(definition)
            if held is None or (found is not None and not _same(found, held)):
                return None
            calls = held.calls if found is None else held.calls | found.calls
            found = Denoted(held.group, held.stage, held.path, calls, held.default)
        if found is not None and found.group is Group.PAGE and len(found.path) == _OF_TEXT:
            return None  # the text itself, with which the file does what it likes
        if first and found is not None:
            # What a loop waits for may have a first value; anything else would be another value.
            waited = found.group is Group.RUN and found.path in ((), ("status",))
            return found if waited or self._across else None
        return found

    def _defined(self, definition: Definition) -> Denoted | None:
        if isinstance(definition.node, (cst.For, cst.CompFor)):
            target = definition.node.target
            listed = self.denoted(definition.node.iter)
            if listed is None or not isinstance(target, cst.Name):
                return None
            return _behind(listed, EACH, None)
        if isinstance(definition.node, cst.Param):
            return self.given_to(definition.node)
        if definition.value is None:
            return self._unpacked(definition) if self._across else None
        if not isinstance(definition.node, (cst.Assign, cst.AnnAssign, cst.WithItem)):
            return None
        return self.denoted(definition.value)

    def _unpacked(self, definition: Definition) -> Denoted | None:
        """What a name gets of a tuple: `thread, run = start(question)`."""
        node = definition.node
        if not isinstance(node, cst.Assign) or len(node.targets) != 1:
            return None
        target = node.targets[0].target
        names = [e.value for e in target.elements] if isinstance(target, cst.Tuple) else []
        held = [isinstance(n, cst.Name) and n.value == definition.name for n in names]
        if not all(isinstance(n, cst.Name) for n in names) or held.count(True) != 1:
            return None
        value = unawaited(node.value)
        given = [value]
        function = self.function_of(value) if isinstance(value, cst.Call) else None
        if function is not None:
            given = self._returned(function)
        parts = []
        for one in given:
            if not isinstance(one, cst.Tuple) or len(one.elements) != len(names):
                return None
            parts.append(one.elements[held.index(True)].value)
        return self._merged([part for part in parts if self._tree.source(part) not in _NOTHING])


def argument_of(
    call: cst.Call, function: cst.FunctionDef, param: cst.Param
) -> cst.BaseExpression | None:
    """What a call gives a parameter; None where that is not told by the call."""
    every = parameters(function)
    if any(arg.star for arg in call.args):
        return None
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == param.name.value:
            return arg.value
    names = [p.name.value for p in every]
    place = next(i for i, other in enumerate(every) if other is param)
    # `self` and `cls` are given by the object.
    place -= bool(names and names[0] in ("self", "cls"))
    plain = [arg.value for arg in call.args if arg.keyword is None]
    return plain[place] if 0 <= place < len(plain) else None


def is_by_time(args: Sequence[cst.Arg]) -> bool:
    """Whether messages are put in an order by `key=lambda m: m["created_at"]`."""
    named = {arg.keyword.value: arg.value for arg in args if arg.keyword is not None}
    key = named.get("key")
    if (
        len(named) != len(args)
        or set(named) - {"key", "reverse"}
        or not isinstance(key, cst.Lambda)
    ):
        return False
    read = key.body
    index = read.slice[0].slice if isinstance(read, cst.Subscript) and read.slice else None
    value = index.value if isinstance(index, cst.Index) else None
    if not isinstance(value, cst.SimpleString) or value.evaluated_value != "created_at":
        return False
    owner = read.value if isinstance(read, cst.Subscript) else None
    params = [param.name.value for param in key.params.params]
    return isinstance(owner, cst.Name) and params == [owner.value]


def definitions_in(node: cst.CSTNode, program: Program) -> list[Definition]:
    """What a statement and all in it that is no scope of its own bind."""
    return [d for inner in program.tree.own(node) for d in targets_in(inner)]


def is_first_value(definition: Definition) -> bool:
    """Whether a variable is only given a constant to begin with: `status = None`."""
    value = definition.value
    if not isinstance(definition.node, (cst.Assign, cst.AnnAssign)):
        return False
    constant = isinstance(value, cst.SimpleString)
    return constant or (isinstance(value, cst.Name) and value.value in ("None", "True", "False"))


def _same(one: Denoted, other: Denoted) -> bool:
    return (one.group, one.stage, one.path) == (other.group, other.stage, other.path)


def _behind(owner: Denoted, place: str | int, default: cst.BaseExpression | None) -> Denoted | None:
    if owner.stage is not Stage.JSON:
        return None
    return Denoted(owner.group, Stage.JSON, (*owner.path, place), owner.calls, default)
