"""How long a file's own loop asks for a run: so often a pause, or up to a time on the clock."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from tree_sitter import Node

from callmend.languages.ecmascript.callees import function_named, parameter_of
from callmend.languages.ecmascript.flow import loops_around
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of

_NUMBER = re.compile(rb"[0-9][0-9_]*(?:\.[0-9]+)?(?:e[0-9]+)?")
_CLOCKS = frozenset({b"Date.now()", b"performance.now()"})
_TIMERS = frozenset({b"setTimeout", b"window.setTimeout", b"globalThis.setTimeout"})
_COMPARED = frozenset({b"<", b"<=", b">", b">="})
_MOST_STEPS = 8
#: A wait for longer than a day, or for ever, is no time that is given to an answer.
_MOST_SECONDS = 24 * 60 * 60

#: What the parameters of a function are given, by their names.
Given = Mapping[bytes, float]


def own_wait(program: Program, asked: Iterable[Node]) -> int | None:
    """The whole seconds for which a loop makes these calls; None where that is not certain.

    The loop is around the call itself, or around the calls of its function.
    """
    waits = [_Waits(program).seconds(loop) for call in asked for loop in _loops(program, call)]
    known = [wait for wait in waits if wait is not None]
    return max(known) if known and len(known) == len(waits) else None


def _loops(program: Program, call: Node) -> Iterator[Node]:
    """The innermost loop around a call, or around each call of its function."""
    own = loops_around(program.tree, call)[:1]
    callers = [] if own else callers_of(program, program.tree.function_of(call))
    yield from own
    for caller in callers:
        yield from loops_around(program.tree, caller)[:1]


class _Waits:
    """Reads how long a loop goes on."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._scopes = program.scopes

    def seconds(self, loop: Node) -> int | None:
        """The time on the clock up to which it goes on, or its rounds and the pause of each."""
        compared = [
            node
            for node in descendants(loop)
            if node.type == "binary_expression" and text_of(node, "operator") in _COMPARED
        ]
        times = [time for node in compared if (time := self._time(node)) is not None]
        if not times:
            rounds = [count for node in compared if (count := self._rounds(node, loop))]
            pauses = [*self._pauses(loop)]
            if len(rounds) != 1 or len(pauses) != 1 or pauses[0] is None:
                return None
            times = [rounds[0] * pauses[0]]
        seconds = times[0] / 1000 if len(times) == 1 and times[0] else 0
        return max(1, math.ceil(seconds)) if 0 < seconds <= _MOST_SECONDS else None

    def _time(self, compared: Node) -> float | None:
        """`Date.now() > until`, `Date.now() - start < 60_000`: the milliseconds from its start."""
        sides = [field(compared, "left"), field(compared, "right")]
        for side, other in (sides, reversed(sides)):
            clock = None if side is None else unwrapped(side)
            if clock is None or other is None:
                continue
            if text(clock) in _CLOCKS:
                return self._until(unwrapped(other))
            parts = (field(clock, "left"), text_of(clock, "operator"), field(clock, "right"))
            if parts[1] == b"-" and parts[0] is not None and text(unwrapped(parts[0])) in _CLOCKS:
                return self._number(other)
        return None

    def _until(self, end: Node) -> float | None:
        """`const until = Date.now() + 60_000`, `start + 60_000`: the milliseconds in it."""
        value = self._declared(end)
        value = end if value is None else value
        if text_of(value, "operator") != b"+":
            return None
        left, right = field(value, "left"), field(value, "right")
        if left is None or right is None:
            return None
        starts = self._declared(left)
        is_now = text(unwrapped(left)) in _CLOCKS or (
            starts is not None and text(unwrapped(starts)) in _CLOCKS
        )
        return self._number(right) if is_now else None

    def _rounds(self, compared: Node, loop: Node) -> float | None:
        """`i < 20` where the loop counts `i` by one: how often it goes round."""
        left, right = field(compared, "left"), field(compared, "right")
        if left is None or right is None:
            return None
        count = unwrapped(left)
        if count.type == "update_expression":
            count = field(count, "argument") or count
        binding = self._scopes.binding(count) if count.type == "identifier" else None
        if binding is None or not self._counts(binding, loop):
            return None
        return self._number(right)

    def _counts(self, binding: Binding, loop: Node) -> bool:
        """Whether a variable starts at 0 or 1, and nothing but the loop changes it, by one."""
        start = field(binding.declarator, "value")
        if start is None or text(start) not in (b"0", b"1") or len(binding.writes) != 1:
            return False
        change = self._program.tree.parent(binding.writes[0])
        if change is None or not is_inside(change, loop):
            return False
        if change.type == "update_expression":
            return text_of(change, "operator") == b"++"
        is_one = field(change, "right")
        return text_of(change, "operator") == b"+=" and is_one is not None and text(is_one) == b"1"

    def _pauses(self, loop: Node) -> Iterator[float | None]:
        """The milliseconds of each pause in the loop; None for one that is not known.

        What some rounds leave out, or what a name of another file does, is not known either.
        """
        for node in descendants(loop):
            if node.type == "call_expression":
                function = field(node, "function")
                if function is not None and text(function) in _TIMERS:
                    yield self._timer(node, {})
                elif function is not None and _is_awaited(node):
                    yield from self._of_function(node, function)

    def _of_function(self, call: Node, function: Node) -> Iterator[float | None]:
        """The pause that a function of the file makes: `const sleep = ms => new Promise(...)`."""
        if function.type == "await_expression":
            # `await sleep<void>(9)` is read as a call of what is awaited.
            function = items(function)[0]
        declared = function_named(self._scopes, function)
        given = items(field(call, "arguments") or call)
        timers = [
            node
            for node in descendants(declared or function)
            if node.type == "call_expression" and text_of(node, "function") in _TIMERS
        ]
        if declared is None or not timers:
            if re.search(rb"(?i)sleep|delay|wait|pause|timeout", text(function)):
                yield None
            return
        values: dict[bytes, float] = {}
        for number, argument in enumerate(given):
            name, value = parameter_of(declared, number), self._number(argument)
            if name is not None and value is not None:
                values[text(name)] = value
        yield self._timer(timers[0], values) if len(timers) == 1 else None

    def _timer(self, call: Node, given: Given) -> float | None:
        arguments = items(field(call, "arguments") or call)
        return self._number(arguments[1], given) if len(arguments) == 2 else None

    # numbers

    def _number(self, node: Node, given: Given | None = None, depth: int = 0) -> float | None:
        """What an expression of numbers comes to, in code that is not run."""
        node = unwrapped(node)
        if depth > _MOST_STEPS:
            return None
        if node.type == "number":
            found = _NUMBER.fullmatch(text(node))
            return None if found is None else float(text(node).replace(b"_", b""))
        if node.type == "binary_expression":
            left, right = field(node, "left"), field(node, "right")
            if left is None or right is None:
                return None
            first = self._number(left, given, depth + 1)
            second = self._number(right, given, depth + 1)
            if first is None or second is None:
                return None
            operator = text_of(node, "operator")
            if operator not in (b"*", b"+"):
                return None
            return first * second if operator == b"*" else first + second
        if node.type != "identifier":
            return None
        if given and text(node) in given:
            return given[text(node)]
        value = self._declared(node)
        return None if value is None else self._number(value, given, depth + 1)

    def _declared(self, node: Node) -> Node | None:
        """The value of a name that never changes, and of a parameter that no call gives."""
        binding = self._scopes.binding(node) if node.type == "identifier" else None
        if binding is None or binding.writes:
            return None
        tree = self._program.tree
        declared = binding.declarator
        if declared.type == "variable_declarator":
            plain = field(declared, "name") == binding.name_node
            return field(declared, "value") if plain else None
        function = next((n for n in tree.ancestors(binding.name_node) if _takes(n)), None)
        if function is None:
            return None
        listed = items(field(function, "parameters") or function)
        for number, parameter in enumerate(listed):
            default = field(parameter, "value") or field(parameter, "right")
            if is_inside(binding.name_node, parameter) and default is not None:
                calls = callers_of(self._program, function)
                longer = [c for c in calls if len(items(field(c, "arguments") or c)) > number]
                return None if longer else default
        return None


def _takes(node: Node) -> bool:
    """Whether a node is a function with a list of parameters."""
    return field(node, "parameters") is not None


def _is_awaited(call: Node) -> bool:
    parent = call.parent
    function = field(call, "function")
    awaits = function is not None and function.type == "await_expression"
    return awaits or (parent is not None and parent.type == "await_expression")
