"""Runs what a file does with an adapted answer, and notes what it misses in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript import js_library
from callmend.languages.ecmascript.answer_elsewhere import Elsewhere, LeftError
from callmend.languages.ecmascript.answer_lists import LISTS, of_elements
from callmend.languages.ecmascript.answer_objects import Instance
from callmend.languages.ecmascript.answer_values import (
    Made,
    Members,
    copied,
    has_text,
    is_text,
)
from callmend.languages.ecmascript.interpreter import Ended, Oracle
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Builtin,
    Bytes,
    Closure,
    Method,
    Pattern,
    StuckError,
    Thing,
    ThrownError,
    Unknown,
    texts_in,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.tree import field, is_inside, unwrapped

#: What gives a text that is made of the one that it is asked of.
_TEXTS = frozenset(
    {
        "at", "charAt", "concat", "normalize", "padEnd", "padStart", "repeat", "replace",
        "replaceAll", "slice", "substr", "substring", "toLocaleLowerCase", "toLocaleUpperCase",
        "toLowerCase", "toString", "toUpperCase", "toWellFormed", "trim", "trimEnd", "trimLeft",
        "trimRight", "trimStart", "valueOf",
    }
)  # fmt: skip
#: What asks something of a text.
_ASKED = frozenset(
    {
        "charCodeAt", "codePointAt", "endsWith", "includes", "indexOf", "lastIndexOf",
        "localeCompare", "match", "matchAll", "search", "split", "startsWith",
    }
)  # fmt: skip
#: What the interpreter fails with where a program does what it does not expect.
GAVE_UP = (RecursionError, TypeError, ValueError, AttributeError, IndexError, KeyError)
_OF_NUMBERS = frozenset({"toFixed", "toLocaleString", "toPrecision", "toString", "valueOf"})
#: The answer's text, and nothing else (`answer_values.made`).
_ALONE = re.compile("\ue000[0-9]+\ue001")
_MOST_CALLS = 25
_DEEPEST = 8
_WHOLE = frozenset({"clone", "json", "text"})


class AnswerRun(Elsewhere):
    """One way through the code behind a request; ``ended`` is how, ``stuck`` where it gave up.

    ``function`` is the last one that was run from a call on; ``left`` tells that the program ends.
    """

    ended = Ended()
    stuck: Node | None = None
    function: Node
    left = False

    def __init__(self, program: Program, oracle: Oracle, answer: Made) -> None:
        super().__init__(program, oracle, answer)
        self.met: dict[int, Binding] = {}
        #: The functions, and the file, around those that are run from a call on.
        self.around: set[int] = set()
        self.followed: list[Node] = []
        self._made: set[int] = set()
        #: The functions that are being called, the innermost last.
        self._active: list[int] = []

    def give(self, call: Node, value: Any) -> None:
        """What a call gives instead of being made."""
        self._given[call.id] = value

    def enters(self, call: Node, value: Any, *, really: bool = False) -> None:
        """Run what is behind a call in its function, which gives a value, or is ``really`` made."""
        self._made |= {call.id} if really else set()
        self.function = self.tree.function_of(call)
        self.followed.append(self.function)
        self.around |= {each.id for each in self._above(self.function)}
        self.around -= {each.id for each in self.followed}
        self.enter(self.function)
        self._active = [self.function.id]
        try:
            self.ended = self.run_from(call, value)
        except LeftError as left:
            self.left = True
            self.ended = Ended(thrown="left", threw=left.fails)

    def _above(self, function: Node) -> Iterator[Node]:
        while function != self.tree.root:
            function = self.tree.function_of(function)
            yield function

    def expression(self, node: Node) -> Any:
        """The value of an expression."""
        if node.id in self._made:
            self._given.pop(node.id, None)
        return super().expression(node)

    def _declared_value(self, binding: Binding) -> Any:
        self.met[id(binding)] = binding
        return super()._declared_value(binding)

    @property
    def returns_text(self) -> bool:
        """Whether the text is in what the function gives."""
        return has_text(self.ended.returned)

    @property
    def gives_all(self) -> bool:
        """Whether all that goes out with the text is the JSON of the whole answer."""
        told = [self.ended.returned, *self._given_out()]
        found = [each for each in texts_in(told) if is_text(each)]
        return bool(found) and all(map(self.is_whole_json, found))

    @property
    def text_is_alone(self) -> bool:
        """Whether one text goes out, by itself or under a name that the file gives it."""
        told = {each for each in self._texts_told() if each not in self._written}
        return len(told) <= 1 and all(map(self._is_alone, self._told()))

    def _is_alone(self, value: Any, depth: int = 0) -> bool:
        if not has_text(value):
            return True
        if isinstance(value, str):
            made = self._written.get(value)
            return bool(_ALONE.fullmatch(value)) if made is None else self._is_alone(made, depth)
        if isinstance(value, Bytes):
            return self._is_alone(value.text, depth)
        if isinstance(value, Thing) and depth < _DEEPEST:
            chunks = value.state.get("chunks") or ()
            return all(self._is_alone(each, depth + 1) for each in chunks)
        if isinstance(value, Members) or not isinstance(value, dict) or depth >= _DEEPEST:
            return False
        named = [(k, v) for k, v in value.items() if has_text(v)]
        return all(not k.isdigit() and self._is_alone(v, depth + 1) for k, v in named)

    @property
    def text_is_doubled(self) -> bool:
        """Whether the text goes out twice in one text, or in one list."""
        return any(map(_is_doubled, self._told()))

    @property
    def text_is_spoilt(self) -> bool:
        """Whether it goes out joined to what is not there, as `TEXTundefined`."""
        return any("undefined" in each for each in self._texts_told())

    def _texts_told(self) -> list[str]:
        """The texts with the answer's in them that go out."""
        return [each for each in texts_in(self._told()) if is_text(each)]

    def _told(self) -> list[Any]:
        """What is returned, or given to what is not seen; what is printed where it is nothing."""
        told = [self.ended.returned, *self._given_out()]
        if not has_text(told):
            told += (value for sink in self.sinks for value in sink.given)
        return told

    @property
    def tells(self) -> bool:
        """Whether the text is given to something that is not seen, or is printed at the end."""
        return has_text([*self._given_out()])

    def _given_out(self) -> Iterator[Any]:
        """What is given to what is not seen, the console left out."""
        for sink in self.sinks:
            if not sink.name.startswith("console."):
                yield from sink.given

    @property
    def tells_caller(self) -> bool:
        """Whether the text is given to a function that the code's own function is given."""
        for sink in self.sinks:
            callee = field(sink.node, "function")
            binding = None if callee is None else self.scopes.binding(callee)
            if binding is not None and binding.kind is Kind.PARAMETER and has_text(sink.given):
                return True
        return False

    @property
    def prints(self) -> bool:
        """Whether the text is printed without the rest of the answer."""
        given = [sink.given for sink in self.sinks if sink.name.startswith("console.")]
        return any(has_text(each) and not self._is_whole(each) for each in given)

    def _is_whole(self, given: tuple[Any, ...]) -> bool:
        return any(isinstance(each, Members) and each.way == () for each in given)

    @property
    def keeps(self) -> bool:
        """Whether the text is in a state, a field, or a variable outside of what is run."""
        if has_text([*self.members.values(), *self._instances.values()]):
            return True
        return any(True for _ in self.kept_bindings())

    def kept_bindings(self) -> Iterator[Binding]:
        """The variables outside of what is run that hold the text."""
        for binding in {id(b): b for b in (*self.assigned, *self.met.values())}.values():
            if self.tree.function_of(binding.name_node).id in self.around:
                if has_text(self.values.get(id(binding))):
                    yield binding

    def instances(self) -> list[Instance]:
        """The objects of the file's classes."""
        return [*self._instances.values()]

    # what is asked of the answer

    def member(self, owner: Any, name: Any, node: Node) -> Any:
        """A member of a value; what the answer does not have is noted."""
        if name == "constructor" and isinstance(owner, str | dict | list):
            is_list = isinstance(owner, list)
            return Builtin("String" if isinstance(owner, str) else "Array" if is_list else "Object")
        if isinstance(owner, Builtin) and name == "name":
            return owner.name
        if owner in (None, UNDEFINED) and name in js_library.OF_PROMISES and _is_called(node):
            return Method(owner, name)  # what a function promises that gives nothing
        if isinstance(owner, str) and is_text(owner):
            return self._of_text(owner, name, node)
        if isinstance(owner, list) and isinstance(name, str) and name.isdigit():
            name = int(name)
        if isinstance(owner, list) and name == "next":
            raise StuckError(node)  # an iterator is a list here
        if isinstance(owner, Instance) and isinstance(name, str):
            return self.of_instance(owner, name)
        if isinstance(owner, dict) and isinstance(name, Unknown):
            return owner.get(self.key(name), Unknown(name.shown))
        if isinstance(owner, dict) and name == "hasOwnProperty":
            return Method(owner, name)
        if isinstance(owner, Thing) and owner.kind in ("map", "set"):
            return len(owner.state["items"]) if name == "size" else Method(owner, name)
        if isinstance(owner, Thing) and owner.kind == "class":
            return self._static(owner.state["node"], name)
        if isinstance(owner, list) and isinstance(name, str):
            if name in LISTS:
                return Method(owner, name)
            found = js_library.member(owner, name, node)
        elif isinstance(owner, int | float) and isinstance(name, str):
            if name in js_library.OF_PROMISES:
                return Method(owner, name)
            found = Unknown(name) if name in _OF_NUMBERS else UNDEFINED
        else:
            try:
                found = super().member(owner, name, node)
            except ThrownError:
                self.failed = node
                raise
        is_empty = isinstance(owner, Members) and name in owner.empty
        if (found is UNDEFINED or is_empty) and isinstance(name, str):
            self.miss(owner, name, node)
        return found

    def _static(self, made_by: Node, name: Any) -> Any:
        method = self.method_of(self.instance(made_by), str(name))
        return Unknown(str(name)) if method is None else method

    def _of_text(self, owner: str, name: Any, node: Node) -> Any:
        if name == "length":
            self.asked = True
            return Unknown("length")
        if name in _TEXTS or name in _ASKED or name in js_library.OF_PROMISES:
            return Method(owner, name)
        self.miss(owner, name, node)
        return UNDEFINED if not isinstance(name, Unknown) else Unknown()

    def called(self, callee: Any, given: list[Any], node: Node, function: Node) -> Any:
        """What a call gives."""
        if isinstance(callee, Thing) and callee.kind == "resolve":
            callee.state.setdefault("value", given[0] if given else UNDEFINED)
            return UNDEFINED
        if isinstance(callee, Method):
            owner, name = callee.owner, callee.name
            if isinstance(owner, Instance):
                method = self.method_of(owner, name)
                return Unknown(name) if method is None else self.call_on(owner, method, given)
            if isinstance(owner, Thing) and owner.kind in ("map", "set"):
                if name not in js_library.OF_PROMISES:
                    return self.of_kept(owner, name, given, node)
            if is_text(owner) and name not in js_library.OF_PROMISES:
                return self._asked_of_text(owner, name, given)
            if isinstance(owner, Pattern) and any(map(is_text, given)):
                self.asked = True
                return Unknown()
            if isinstance(owner, Pattern) and given[:1] == [UNDEFINED]:
                given = ["undefined"]
                callee = Method(owner, name)
            if name == "hasOwnProperty" and isinstance(owner, dict) and given:
                return self.has(owner, given[0], node)
            if isinstance(owner, list) and name in LISTS:
                return of_elements(self, owner, name, given, node)
            if isinstance(owner, Thing) and "answer" in owner.state and name in _WHOLE:
                return self._of_answer(owner, name, node)
            if isinstance(owner, Builtin):
                found = self.of_platform(f"{owner.name}.{name}", given, node)
                if found is not NotImplemented:
                    return found
        if isinstance(callee, Builtin):
            found = self.of_platform(callee.name, given, node)
            if found is not NotImplemented:
                return found
        return super().called(callee, given, node, function)

    def _of_answer(self, owner: Thing, name: str, node: Node) -> Any:
        """What a response gives of the answer that it brings."""
        value = copied(self.answer.value)
        if name == "clone":
            return owner
        return value if name == "json" else self.of_platform("JSON.stringify", [value], node)

    def call(self, closure: Closure, given: list[Any]) -> Any:
        """What a function of the file gives; one that is called by itself keeps its own names."""
        node = closure.node
        if len(self._active) > _MOST_CALLS:
            raise StuckError(node)
        if node.id not in self._active:
            self._active.append(node.id)
            try:
                return super().call(closure, given)
            finally:
                self._active.pop()
        known = {id(b): b for b in (*self.assigned, *self.met.values())}
        own = [
            key for key, b in known.items() if is_inside(b.name_node, node) and key in self.values
        ]
        before = {key: self.values.pop(key) for key in own}
        self._active.append(node.id)
        try:
            return super().call(closure, given)
        finally:
            self._active.pop()
            self.values |= before

    def _asked_of_text(self, owner: str, name: str, given: list[Any]) -> Any:
        if name == "concat":
            return owner + "".join(each for each in given if isinstance(each, str))
        if name in _TEXTS:
            return owner
        self.asked = True
        return [owner] if name == "split" else Unknown(name)


def _is_doubled(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return value.count("\ue000") > 1
    if not isinstance(value, list | tuple | dict) or depth >= _DEEPEST:
        return False
    inner = [*value.values()] if isinstance(value, dict) else [*value]
    several = not isinstance(value, dict) and sum(map(has_text, inner)) > 1
    return several or any(_is_doubled(each, depth + 1) for each in inner)


def _is_called(member: Node) -> bool:
    """Whether a member is one of what a call gives."""
    owner = field(member, "object")
    return owner is not None and unwrapped(owner).type == "call_expression"


def response_of(answer: Made, what: What) -> Any:
    """What a request gives that brings an answer, each time a new one."""
    if what is What.BODY:
        return copied(answer.value)
    if what is What.AXIOS:
        body = copied(answer.value)
        return {"data": body, "status": 200, "statusText": "OK", "headers": Unknown("headers")}
    response = Thing("response", {"ok": True, "status": 200, "answer": answer})
    if what is What.UNDICI:
        return {"statusCode": 200, "headers": Unknown("headers"), "body": response}
    return response
