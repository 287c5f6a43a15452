"""What a Python file reads of an object that a client's method gives: by attributes and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from callmend.languages.python.clients import Client, Library
from callmend.languages.python.keys import Keys
from callmend.languages.python.logged_readings import ADAPTED
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Follower, Value, What
from callmend.languages.python.tree import dotted

#: What makes a dict of the whole object, or a text: its fields are those of another class then.
_DUMPS = frozenset({"dict", "json", "model_dump", "model_dump_json", "to_dict", "to_json"})


class JsonFollower(Follower):
    """Follows the JSON that a call gives."""

    def __init__(self, program: Program, call: cst.Call, *, awaited: bool) -> None:
        super().__init__(program, Client(Library.REQUESTS, None, "", awaited, True), call)

    def _step(self, value: Value) -> Iterator[Value]:
        # The call's value is the answer itself.
        whole = value.what is What.RESPONSE
        yield from super()._step(replace(value, what=What.BODY) if whole else value)


class ObjectFollower(JsonFollower):
    """Follows the object that a call gives.

    ``by_name`` are the parts, by what leads to them, of which attributes are read; ``by_key`` those
    that are read like a dict.
    """

    def __init__(self, program: Program, call: cst.Call, *, awaited: bool) -> None:
        super().__init__(program, call, awaited=awaited)
        self._names = Keys(program)
        self.by_name: set[tuple[str, ...]] = set()
        self.by_key: set[tuple[str, ...]] = set()

    def _is_inert(self, value: Value) -> bool:
        if not super()._is_inert(value):
            return False
        if value.names and isinstance(value.node, cst.Attribute):
            return False  # `run.output` of `run.output.text`
        parent = self._tree.parent(value.node)
        if not isinstance(parent, cst.Attribute) or parent.value is not value.node:
            return True
        return parent.attr.value in ADAPTED

    def _member(self, value: Value, member: cst.Attribute) -> Iterator[Value]:
        call = self._tree.parent(member)
        called = isinstance(call, cst.Call) and call.func is member
        if value.promised or (called and not value.names and member.attr.value in _DUMPS):
            self.readings.lost.append(member)
        elif called:
            self.by_key |= {value.names} if member.attr.value == "get" else set()
            yield from super()._member(value, member)
        else:
            self.by_name.add(value.names)
            yield from self._part(value, member.attr.value, member, hard=True)

    def _subscript(self, value: Value, node: cst.Subscript) -> Iterator[Value]:
        index = node.slice[0].slice
        if isinstance(index, cst.Index) and not isinstance(index.value, cst.Integer):
            self.by_key.add(value.names)
        yield from super()._subscript(value, node)

    def _argument(self, value: Value, arg: cst.Arg) -> Iterator[Value]:
        call = self._tree.parent(arg)
        if isinstance(call, cst.Call) and dotted(call.func) == "getattr" and call.args[0] is arg:
            names = self._names.of(call.args[1].value) if len(call.args) > 1 else []
            self.by_name.add(value.names)
            if not names:
                self.readings.lost.append(call)
            for name in names:
                yield from self._part(value, name, call, hard=len(call.args) == 2)
            return
        yield from super()._argument(value, arg)
