"""What a function of the file makes of a thing that it is given, beside sending it.

The live call gives it another one: it must do the same with that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from typing import Any

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.answer_runs import GAVE_UP
from callmend.languages.ecmascript.bodies import writes_a_log
from callmend.languages.ecmascript.elements import MEMBERS
from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_values import StuckError, ThrownError, Unknown
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import (
    WRAPPERS,
    called,
    field,
    is_inside,
    items,
    show,
    span,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.posted import Sent
from callmend.targets.workflow.site import Site

#: What holds a value as it is, or with others around it.
_PLAIN = WRAPPERS | {
    "arguments",
    "array",
    "object",
    "pair",
    "template_string",
    "template_substitution",
}
_CONDITIONS = frozenset(
    {"do_statement", "if_statement", "switch_statement", "ternary_expression", "while_statement"}
)
#: What a condition is put together of.
_OF_CONDITIONS = frozenset({"binary_expression", "unary_expression"})


@record(frozen=True, slots=True)
class Given:
    """A parameter of a function: what the dead call gives for it, and what the live one does.

    Each may be one of several values, the live one's by those of the dead one. ``live`` is what
    the live one is called, and ``reason`` that for which a call is left whose function may do
    something else with it.
    """

    parameter: Binding
    old: Sequence[Any]
    new: Sequence[Any]
    live: str
    reason: Reason


class _UnsureError(Exception):
    """What an expression is cannot be known."""


class _Unasked(Oracle):
    """Decides nothing: what depends on more than is given is not known."""

    def decide(self, question: Any) -> bool:
        """Give up, as at a run without an end."""
        raise RecursionError(question)


class Reads:
    """What one function reads of what it is given, for one call.

    ``sends`` is where it sends that, whose parts may do so too; ``asked`` are the ids of all that
    only makes what is sent.
    """

    def __init__(
        self, site: Site, helper: Sent, given: Given, sends: Node, asked: Collection[int] = ()
    ) -> None:
        self._site, self._helper, self._given = site, helper, given
        self._sends, self._asked = sends, asked
        self._tree, self._scopes = site.program.tree, site.program.scopes
        #: The constants that hold something that is made of it, and what they hold.
        self._made: list[tuple[Binding, Node]] = []
        self.notes: list[Note] = []

    def check(self) -> None:
        """Refuse a function that does something else with what is new, or may do so.

        Raises:
            RefusedError: naming what it does.
        """
        todo = [self._given.parameter]
        for held in todo:
            for use in held.references:
                if use != held.name_node and is_inside(use, self._helper.function):
                    more = self._judged(use)
                    todo += [more] if more is not None and more not in todo else []

    def _judged(self, use: Node) -> Binding | None:
        """The constant that a use goes into, where it does; None where it changes nothing."""
        node = use
        for around in self._tree.ancestors(use):
            if around.type == "throw_statement":
                return None
            if node == self._sends:
                if use.parent is not None and use.parent.type in MEMBERS:
                    self._check_told(use, around)
                return None
            if around.type == "new_expression" and _makes_an_error(around):
                return None
            if self._decides(around, node):
                return None
            if around.type == "call_expression" and writes_a_log(around):
                self._check_told(use, around)
                return None
            if around.type == "variable_declarator":
                return self._held(use, around)
            if around.type == "expression_statement":
                self._check_discarded(use, items(around)[0])
                return None
            if around.type == "return_statement":
                self._check_given_back(use, around)
                return None
            if around == self._helper.function or "statement" in around.type:
                break
            if around == self._helper.sent and around != self._sends:
                break
            node = around
        raise self._refused(use)

    def _held(self, use: Node, declarator: Node) -> Binding:
        """The constant that is declared with what is made of it."""
        name, value = field(declarator, "name"), field(declarator, "value")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or value is None or binding.writes or binding.name_node != name:
            raise self._refused(use)
        if unwrapped(value).id not in self._asked:
            self._check_told(use, declarator)
        self._made.append((binding, value))
        return binding

    def _check_told(self, use: Node, around: Node) -> None:
        """Refuse where what is made of the old thing cannot be made of the new one."""
        taken = self._taken_apart(use, around)
        if taken is None:
            return
        try:
            for value in self._given.new:
                self._value(taken, value)
        except _UnsureError:
            raise self._refused(taken) from None

    def _taken_apart(self, use: Node, around: Node) -> Node | None:
        """What is made of it in a node, where that does not hold it as it is."""
        taken = None
        for node in self._tree.ancestors(use):
            if node == around:
                break
            if node.type not in _PLAIN and text_of(node, "operator") != b"+":
                taken = node
        return taken

    def _decides(self, around: Node, node: Node) -> bool:
        """Whether what is made of it decides something, which is the same for the new one.

        Raises:
            RefusedError: it is not, or that is not certain.
        """
        logical = text_of(around, "operator") in (b"&&", b"||", b"??")
        tested = node in (field(around, "condition"), field(around, "value"))
        if logical and field(around, "left") != node:
            # `body && path.endsWith('/runs')` is a condition, `base || path` is none.
            try:
                tested = isinstance(self._value(node, self._given.new[0]), bool)
            except _UnsureError:
                tested = False
        elif logical:
            tested = True
        else:
            tested = tested and around.type in _CONDITIONS
        if tested:
            self._check_same(node, whole=around.type == "switch_statement")
        return tested

    def _check_same(self, node: Node, *, whole: bool) -> None:
        """Refuse where another thing is decided for what is new than for what is old."""
        same = self._is_same(node, whole=whole)
        for around in self._tree.ancestors(node):
            # `!body.workflow_id && !body.model` may be the same though its parts are not.
            if same or (around.type not in _OF_CONDITIONS and around.type not in WRAPPERS):
                break
            same = self._is_same(around, whole=whole) or same
        if not same:
            told = "" if same is None else f"is another thing for {self._given.live}"
            raise self._refused(node, told)

    def _is_same(self, node: Node, *, whole: bool) -> bool | None:
        """Whether a condition, or a value as a ``whole``, is the same; None: that is not known."""
        if text_of(unwrapped(node), "operator") == b"instanceof":
            return True  # both are plain objects, or texts
        try:
            before = [self._value(node, each) for each in self._given.old]
            after = [self._value(node, each) for each in self._given.new]
        except _UnsureError:
            return None
        if whole:
            known = all(isinstance(each, str) for each in (*before, *after))
            return before == after if known else None
        machine = Interpreter(self._site.program, _Unasked([]))
        holds = [[machine.truth(each, node) for each in found] for found in (before, after)]
        return holds[0] == holds[1]

    def _check_given_back(self, use: Node, statement: Node) -> None:
        """`return { ok: res.ok, path }` is told; what is made of it is not seen."""
        if self._taken_apart(use, statement) is not None:
            raise self._refused(use)
        name = show(called(self._site.request.call))
        told = f"`{show(use)}`, which `{name}` gives back, is {self._given.live}"
        self.notes.append(Note(span(use), told, always=True))

    def _check_discarded(self, use: Node, node: Node) -> None:
        """`metrics.count(path)` is told; what a function of the file does with it is not seen."""
        while node.type in ("await_expression", "unary_expression") and items(node):
            node = items(node)[0]
        callee = field(node, "function")
        own = None if callee is None else self._site.program.resolver.function_behind(callee)
        of_another = callee is not None and callee.type == "member_expression" and own is None
        if not of_another or callee is None or is_inside(use, callee):
            raise self._refused(use)
        self._check_told(use, node)
        told = f"`{show(node)}` is given {self._given.live}"
        self.notes.append(Note(span(node), told, always=True))

    def _value(self, node: Node, given: Any) -> Any:
        """What an expression is where this is given.

        Raises:
            _UnsureError: that depends on something else, or it throws.
        """
        machine = Interpreter(self._site.program, _Unasked([]))
        machine.start = self._helper.sent.start_byte
        machine.values[id(self._given.parameter)] = deepcopy(given)
        for binding, value in self._made:
            machine.values[id(binding)] = _value_of(machine, value)
        found = _value_of(machine, node)
        if isinstance(found, Unknown):
            raise _UnsureError
        return found

    def _refused(self, node: Node, told: str = "") -> RefusedError:
        around = self._tree.ancestors(node) if node.type.endswith("identifier") else ()
        shown = next((n for n in around if n.type not in _PLAIN), node)
        told = told or f"may be another thing for {self._given.live}"
        name = show(called(self._site.request.call))
        return RefusedError(self._given.reason, f"in `{name}`, `{show(shown)}` {told}")


def _value_of(machine: Interpreter, node: Node) -> Any:
    try:
        return machine.expression(node)
    except (StuckError, ThrownError, *GAVE_UP):
        return Unknown()


def _makes_an_error(made: Node) -> bool:
    return text_of(made, "constructor").endswith((b"Error", b"Exception"))
