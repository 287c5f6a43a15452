"""Runs a part of a file on made-up values, to see what it makes of them: its statements.

It knows what readers of streams are written with, and gives up at everything else. What nothing is
known of is `Unknown`; a condition that depends on it is decided by an `Oracle`, so that each way
through the code can be run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tree_sitter import Node

from callmend.languages import ways
from callmend.languages.ecmascript.js_values import (
    UNDEFINED,
    Closure,
    Sink,
    StuckError,
    ThrownError,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.settled import Key, settled_by
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    field,
    is_inside,
    items,
)
from callmend.languages.ecmascript.values import text_of
from callmend.languages.ways import BreakError, ContinueError, Question, ReturnError

_MOST_STEPS = 6000
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_NO_CODE = frozenset(
    {
        "class_declaration",
        "comment",
        "empty_statement",
        "function_declaration",
        "function_signature",
        "generator_function_declaration",
        "import_statement",
        "interface_declaration",
        "type_alias_declaration",
    }
)


class Oracle(ways.Oracle):
    """Decides conditions that are not known, those about parts of events too."""

    def implied(self, question: Question) -> bool | None:
        """What follows from a part's being one literal: it is no other one."""
        if question[0] == "node":
            return None
        path = question[1]
        for (kind, *rest), answer in self.taken:
            if kind == "is" and answer and rest[0] == path:
                return holds(rest[1], question)
        return None


def holds(value: Any, question: Question) -> bool | None:
    """Whether something holds of a part's value; None where it cannot be asked of it."""
    kind, _, *rest = question
    if kind == "true":
        return bool(value) and value is not UNDEFINED
    if kind == "is":
        return type(value) is type(rest[0]) and bool(value == rest[0])
    if kind == "type":
        return isinstance(value, str) is (rest[0] == "string")
    if not isinstance(value, str):
        return None
    answers = {
        "startsWith": value.startswith,
        "endsWith": value.endswith,
        "includes": value.__contains__,
    }
    return answers[kind](rest[0])


def every_way(run: Callable[[Oracle], Any]) -> Iterator[Any]:
    """What a run gives on each way through its conditions, those that hold first.

    Raises:
        RecursionError: there are too many.
    """
    return ways.every_way(run, Oracle)


@dataclass(slots=True)
class Ended:
    """How a run ended: with what it gave back, or what it threw."""

    returned: Any = UNDEFINED
    thrown: Any = None
    threw: bool = False


class Statements:
    """Runs statements; what an expression is, `Interpreter` knows."""

    def __init__(self, program: Program, oracle: Oracle) -> None:
        self.program = program
        self.oracle = oracle
        self.tree = program.tree
        self.scopes = program.scopes
        #: By a binding's id or an undeclared name.
        self.values: dict[Any, Any] = {}
        #: What stands in members of what is not known: `this.reply`.
        self.members: dict[bytes, Any] = {}
        self.sinks: list[Sink] = []
        self.broken = False
        self.start = 0
        self._entry: Node | None = None
        self._given: dict[int, Any] = {}
        self.steps = 0
        #: What threw or returned last.
        self.leaves: Node | None = None
        #: The names that got a value.
        self.assigned: list[Binding] = []
        self._yields: list[list[Any]] = []
        #: What is known of conditions where the calls with which runs start have run.
        self.settled: dict[Key, bool] = {}

    def run_from(self, call: Node, value: Any) -> Ended:
        """Run what comes behind a call in its function; the call itself gives a value.

        Raises:
            StuckError: something in it is not known.
            RecursionError: it goes on too long.
        """
        self._entry, self._given[call.id] = call, value
        self.settled |= settled_by(self.program, call)
        self.start = call.start_byte
        function = self.tree.function_of(call)
        body = field(function, "body") or function
        try:
            if body.type in BLOCKS:
                self.block(body)
            else:
                self._entry = None
                return Ended(self.expression(body))
        except ReturnError as returned:
            return Ended(returned.value)
        except ThrownError as thrown:
            return Ended(thrown=thrown.value, threw=True)
        return Ended()

    def expression(self, node: Node) -> Any:
        """The value of an expression."""
        raise NotImplementedError

    def truth(self, value: Any, node: Node) -> bool:
        """Whether a value counts as true."""
        raise NotImplementedError

    def same(self, left: Any, right: Any, node: Node) -> bool:
        """Whether two values are the same."""
        raise NotImplementedError

    def assign(self, target: Node, value: Any) -> None:
        """Put a value into a variable, a member or a pattern."""
        raise NotImplementedError

    def elements(self, value: Any, node: Node) -> Iterable[Any]:
        """What a loop over a value goes through."""
        raise NotImplementedError

    # statements

    def _step(self, node: Node) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise StuckError(node)

    def _enters(self, node: Node | None) -> bool:
        """Whether the call with which the run starts is still to come, and is in this node."""
        return self._entry is not None and node is not None and is_inside(self._entry, node)

    def block(self, block: Node) -> None:
        """The statements of a block, from the one with the entry on."""
        for statement in block.named_children:
            if self._entry is not None and not self._enters(statement):
                continue
            self.statement(statement)

    def statement(self, node: Node) -> None:
        """Run one statement."""
        self._step(node)
        kind = node.type
        if kind in _NO_CODE:
            return
        run = getattr(self, "_" + kind, None)
        if run is not None:
            run(node)
        elif kind in ("statement_block", "class_body"):
            self.block(node)
        elif kind in _DECLARATIONS:
            self._declared(node)
        elif kind in ("export_statement", "labeled_statement"):
            inner = field(node, "declaration") or field(node, "body") or field(node, "value")
            if inner is None:
                raise StuckError(node)
            self.statement(inner)
        else:
            raise StuckError(node)

    def _expression_statement(self, node: Node) -> None:
        self._leave_entry(node)
        self.expression(items(node)[0])

    def _leave_entry(self, node: Node) -> None:
        """From here on all is run, as the innermost statement around the call is."""
        if self._enters(node):
            self._entry = None

    def _declared(self, node: Node) -> None:
        self._leave_entry(node)
        for declarator in items(node):
            name, value = field(declarator, "name"), field(declarator, "value")
            if name is None:
                raise StuckError(node)
            if value is not None or name.type == "identifier":
                self.assign(name, UNDEFINED if value is None else self.expression(value))

    def _if_statement(self, node: Node) -> None:
        condition = field(node, "condition")
        then, otherwise = field(node, "consequence"), field(node, "alternative")
        inside = None if otherwise is None else items(otherwise)
        other = inside[0] if inside else None
        if self._enters(then) and then is not None:
            self.statement(then)
        elif self._enters(other) and other is not None:
            self.statement(other)
        elif condition is not None and then is not None:
            self._leave_entry(node)
            value = self.expression(condition)
            self.asked_for(value)
            if self.truth(value, condition):
                self.statement(then)
            elif other is not None:
                self.statement(other)

    def _return_statement(self, node: Node) -> None:
        self._leave_entry(node)
        given = items(node)
        value = self.expression(given[0]) if given else UNDEFINED
        self.leaves = node
        raise ReturnError(value)

    def _throw_statement(self, node: Node) -> None:
        self._leave_entry(node)
        thrown = self.expression(items(node)[0])
        self.leaves = node
        raise ThrownError(thrown)

    def _break_statement(self, node: Node) -> None:
        if field(node, "label") is not None:
            raise StuckError(node)
        raise BreakError

    def _continue_statement(self, node: Node) -> None:
        if field(node, "label") is not None:
            raise StuckError(node)
        raise ContinueError

    def _try_statement(self, node: Node) -> None:
        body, handler = field(node, "body"), field(node, "handler")
        finalizer = field(node, "finalizer")
        if body is None:
            raise StuckError(node)
        last = None if finalizer is None else field(finalizer, "body")
        try:
            if self._enters(handler) and handler is not None:
                self.statement(field(handler, "body") or handler)
            elif not self._enters(finalizer):
                self._tried(body, handler)
        except (ThrownError, BreakError, ContinueError, ReturnError):
            if last is not None:
                self.statement(last)
            raise
        if last is not None:
            self.statement(last)

    def _tried(self, body: Node, handler: Node | None) -> None:
        try:
            self.statement(body)
        except ThrownError as thrown:
            caught = field(handler, "body")
            if handler is None or caught is None:
                raise
            parameter = field(handler, "parameter")
            if parameter is not None:
                self.assign(parameter, thrown.value)
            self.statement(caught)

    def _round(self, body: Node) -> bool:
        """One round of a loop, and whether another follows."""
        try:
            self.statement(body)
        except ContinueError:
            return True
        except BreakError:
            return False
        return True

    def goes_round(self, condition: Node | None) -> None:
        """A loop that the run started in would go round again, where a condition holds."""

    def _while_statement(self, node: Node) -> None:
        condition, body = field(node, "condition"), field(node, "body")
        if condition is None or body is None:
            raise StuckError(node)
        if self._enters(body):
            if self._round(body):  # what is tried again succeeds the first time
                self.goes_round(condition)
            return
        self._leave_entry(node)
        while self.truth(self.expression(condition), condition):
            self._step(node)
            if not self._round(body):
                break

    def _do_statement(self, node: Node) -> None:
        condition, body = field(node, "condition"), field(node, "body")
        if condition is None or body is None:
            raise StuckError(node)
        if self._enters(body):
            if self._round(body):
                self.goes_round(condition)
            return
        while self._round(body) and self.truth(self.expression(condition), condition):
            self._step(node)

    def _for_statement(self, node: Node) -> None:
        body = field(node, "body")
        if body is None:
            raise StuckError(node)
        if self._enters(body):
            if self._round(body):
                self.goes_round(None)
            return
        self._leave_entry(node)
        first, condition = field(node, "initializer"), field(node, "condition")
        increment = field(node, "increment")
        if first is not None:
            self._part_of_for(first)
        while True:
            self._step(node)
            test = None if condition is None else _inner(condition)
            if test is not None and not self.truth(self.expression(test), test):
                break
            if not self._round(body):
                break
            if increment is not None:
                self.expression(increment)

    def _part_of_for(self, node: Node) -> None:
        if node.type.endswith(("_declaration", "_statement")):
            self.statement(node)
        else:
            self.expression(node)

    def _for_in_statement(self, node: Node) -> None:
        left, right, body = field(node, "left"), field(node, "right"), field(node, "body")
        if left is None or right is None or body is None:
            raise StuckError(node)
        if self._enters(body):
            if self._round(body):
                self.goes_round(None)
            return
        self._leave_entry(node)
        if text_of(node, "operator") != b"of":
            raise StuckError(node)
        for element in self.elements(self.expression(right), right):
            self._step(node)
            self.assign(left, element)
            if not self._round(body):
                break

    def _switch_statement(self, node: Node) -> None:
        value, body = field(node, "value"), field(node, "body")
        if value is None or body is None or self._enters(body):
            raise StuckError(node)
        self._leave_entry(node)
        switched = self.expression(value)
        cases = items(body)
        start = None
        for number, case in enumerate(cases):
            tested = field(case, "value")
            if tested is not None and self.same(switched, self.expression(tested), tested):
                start = number
                break
        if start is None:
            defaults = [n for n, case in enumerate(cases) if case.type == "switch_default"]
            start = defaults[0] if defaults else len(cases)
        try:
            for case in cases[start:]:
                for statement in case.children_by_field_name("body"):
                    self.statement(statement)
        except BreakError:
            return

    # functions

    def call(self, closure: Closure, given: list[Any]) -> Any:
        """What a function of the file gives for its arguments; a generator's list is made whole."""
        node = closure.node
        self._step(node)
        single, several = field(node, "parameter"), field(node, "parameters")
        parameters = [single] if single is not None else items(several or node)
        for number, parameter in enumerate(parameters):
            self._bind(parameter, given, number)
        body = field(node, "body")
        if body is None:
            raise StuckError(node)
        generates = is_generator(node)
        if generates:
            self._yields.append([])
        result: Any = UNDEFINED
        try:
            if body.type in BLOCKS:
                self.block(body)
            else:
                result = self.expression(body)
        except ReturnError as returned:
            result = returned.value
        finally:
            yielded = self._yields.pop() if generates else []
        return yielded if generates else result

    def _bind(self, parameter: Node, given: list[Any], number: int) -> None:
        pattern = field(parameter, "pattern") or parameter
        if pattern.type == "rest_pattern":
            self.assign(items(pattern)[0], given[number:])
            return
        value = given[number] if number < len(given) else UNDEFINED
        default = field(parameter, "value")
        if pattern.type == "assignment_pattern":
            default, pattern = field(pattern, "right"), field(pattern, "left") or pattern
        if value is UNDEFINED and default is not None:
            value = self.expression(default)
        self.assign(pattern, value)

    def give_out(self, value: Any, node: Node) -> None:
        """`yield`: to the loop over the generator that is run, or out of the code."""
        if self._yields:
            self._yields[-1].append(value)
        else:
            self.sink("yield", node, (value,))

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for."""

    def sink(self, name: str, node: Node, given: tuple[Any, ...]) -> None:
        """Note what goes out."""
        self.sinks.append(Sink(name, node, given, self.broken))


def is_generator(function: Node) -> bool:
    """Whether a function gives its values out one after the other."""
    return "generator" in function.type or any(child.type == "*" for child in function.children)


def _inner(node: Node) -> Node | None:
    """The expression of a loop's condition, None for an empty one."""
    if node.type == "empty_statement":
        return None
    return items(node)[0] if node.type == "expression_statement" else node
