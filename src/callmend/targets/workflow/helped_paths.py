"""What a function of the file does with the path that it is given, beside asking for it.

A live path is another text: the function must do the same with it as with the dead one.
"""

from __future__ import annotations

import re
from typing import Any

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer_runs import GAVE_UP
from callmend.languages.ecmascript.bodies import writes_a_log
from callmend.languages.ecmascript.interpreter import Oracle
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_values import StuckError, ThrownError, Unknown
from callmend.languages.ecmascript.literal_types import refusing_type
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.sources import parameters
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
from callmend.languages.ecmascript.values import HOLE, Value, text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.helped_urls import sending_of
from callmend.targets.workflow.helped_uses import serves_the_dead_alone
from callmend.targets.workflow.posted import Sent
from callmend.targets.workflow.site import Site

#: What an id in a path may be: what the function makes of the path must not depend on it.
_IDS = ("wf_1a2b", "x", "Name-2")
#: What holds a text as it is, or with others around it.
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
_HOLES = re.compile(rb"\$\{[^{}]*\}")


@record(frozen=True, slots=True)
class PathChange:
    """What else changes where a function is given another path, and what is told of that."""

    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()


class _UnsureError(Exception):
    """What an expression is for a path cannot be known."""


class _Unasked(Oracle):
    """Decides nothing: what depends on more than the path is not known."""

    def decide(self, question: Any) -> bool:
        """Give up, as at a run without an end."""
        raise RecursionError(question)


def path_change(site: Site, helper: Sent, written: bytes) -> PathChange:
    """What else changes with the literal that is ``written`` as what the function is given.

    Raises:
        RefusedError: the function may do something else with the other path.
    """
    binding = _parameter_of(site, helper)
    if binding is None:
        return PathChange()
    new = _HOLES.sub(HOLE.encode(), written[1:-1]).decode("utf-8", "replace")
    refusing = refusing_type(site.program.scopes, helper.function, binding.name_node, new)
    if refusing is not None:
        detail = f"`{show(binding.name_node)}` of `{show(called(site.request.call))}` is declared"
        shown = show(refusing).removeprefix(":").strip()
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"{detail} `{shown}`, which has no `{new}`")
    sending = sending_of(site.program, helper)
    url, resolver = sending.url, site.program.resolver
    arguments = items(field(site.request.call, "arguments") or site.request.call)
    given = {**resolver.arguments(helper.function, arguments), id(binding): Value((new,))}
    asked = Value(()) if url is None else resolver.substituted(url, given)
    reading = _Reading(site, helper, binding, new, asked)
    reading.check(url)
    behind = {
        whole[whole.rfind(new) + len(new) :] for whole in asked.texts if whole.rfind(new) >= 0
    }
    if url is None or behind <= {""}:
        return PathChange(notes=tuple(reading.notes))
    edit, told = _without_query(site, helper, url, binding)
    return PathChange((edit,), (*reading.notes, told))


def _parameter_of(site: Site, helper: Sent) -> Binding | None:
    """The parameter that is given the call's URL."""
    call = site.request.call
    given = items(field(call, "arguments") or call)
    names = [parameter.name for parameter in parameters(helper.function)]
    at = next((n for n, node in enumerate(given) if is_inside(site.request.url, node)), len(names))
    name = names[at] if at < len(names) else None
    return None if name is None else site.program.scopes.binding(name)


class _Reading:
    """What one function reads of its path, for one call."""

    def __init__(self, site: Site, helper: Sent, binding: Binding, new: str, asked: Value) -> None:
        self._site, self._helper, self._asked = site, helper, asked
        self._tree, self._scopes = site.program.tree, site.program.scopes
        self._binding = binding
        old = site.program.resolver.value(site.request.url).texts
        self._old = [each.replace(HOLE, known) for each in old for known in _IDS]
        self._new = [new.replace(HOLE, known) for known in _IDS]
        #: The constants that hold something that is made of the path, and what they hold.
        self._made: list[tuple[Binding, Node]] = []
        self.notes: list[Note] = []

    def check(self, url: Node | None) -> None:
        """Refuse a function that does something else with the new path, or may do so.

        Raises:
            RefusedError: naming what it does.
        """
        todo = [self._binding]
        for held in todo:
            for use in held.references:
                if use != held.name_node and is_inside(use, self._helper.function):
                    more = self._judged(use, url)
                    todo += [more] if more is not None and more not in todo else []

    def _judged(self, use: Node, url: Node | None) -> Binding | None:
        """The constant that a use goes into, where it does; None where it changes nothing."""
        node = use
        for around in self._tree.ancestors(use):
            if around.type == "throw_statement" or node == url:
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
            if around in (self._helper.function, self._helper.sent) or "statement" in around.type:
                break
            node = around
        raise self._refused(use)

    def _held(self, use: Node, declarator: Node) -> Binding:
        """The constant that is declared with what is made of the path."""
        name, value = field(declarator, "name"), field(declarator, "value")
        binding = None if name is None else self._scopes.binding(name)
        if binding is None or value is None or binding.writes or binding.name_node != name:
            raise self._refused(use)
        if unwrapped(value).id not in self._asked.nodes:
            self._check_told(use, declarator)
        self._made.append((binding, value))
        return binding

    def _check_told(self, use: Node, around: Node) -> None:
        """Refuse where a text that is made of the dead path cannot be made of the new one."""
        taken = self._taken_apart(use, around)
        if taken is None:
            return
        try:
            for path in self._new:
                self._value(taken, path)
        except _UnsureError:
            raise self._refused(taken) from None

    def _taken_apart(self, use: Node, around: Node) -> Node | None:
        """What is made of the path in a node, where that is no text with the path as it is."""
        taken = None
        for node in self._tree.ancestors(use):
            if node == around:
                break
            if node.type not in _PLAIN and text_of(node, "operator") != b"+":
                taken = node
        return taken

    def _decides(self, around: Node, node: Node) -> bool:
        """Whether what is made of the path decides something, which is the same for the new one.

        Raises:
            RefusedError: it is not, or that is not certain.
        """
        logical = text_of(around, "operator") in (b"&&", b"||", b"??")
        tested = node in (field(around, "condition"), field(around, "value"))
        if logical and field(around, "left") != node:
            # `body && path.endsWith('/runs')` is a condition, `base || path` is none.
            try:
                tested = isinstance(self._value(node, self._new[0]), bool)
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
        """Refuse where another thing is decided for the new path than for the dead one."""
        try:
            found = [self._value(node, path) for path in (*self._old, *self._new)]
        except _UnsureError:
            raise self._refused(node) from None
        if whole and not all(isinstance(each, str) for each in found):
            raise self._refused(node)
        machine = Interpreter(self._site.program, _Unasked([]))
        if len({each if whole else machine.truth(each, node) for each in found}) > 1:
            raise self._refused(node, "is another thing for the live path")

    def _check_given_back(self, use: Node, statement: Node) -> None:
        """`return { ok: res.ok, path }` is told; what is made of it is not seen."""
        if self._taken_apart(use, statement) is not None:
            raise self._refused(use)
        name = show(called(self._site.request.call))
        told = f"`{show(use)}`, which `{name}` gives back, is the live path"
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
        self.notes.append(Note(span(node), f"`{show(node)}` is given the live path", always=True))

    def _value(self, node: Node, path: str) -> Any:
        """What an expression is for a path.

        Raises:
            _UnsureError: that depends on something else, or it throws.
        """
        machine = Interpreter(self._site.program, _Unasked([]))
        machine.start = self._helper.sent.start_byte
        machine.values[id(self._binding)] = path
        for binding, value in self._made:
            machine.values[id(binding)] = _value_of(machine, value)
        found = _value_of(machine, node)
        if isinstance(found, Unknown):
            raise _UnsureError
        return found

    def _refused(self, node: Node, told: str = "") -> RefusedError:
        around = self._tree.ancestors(node) if node.type.endswith("identifier") else ()
        shown = next((n for n in around if n.type not in _PLAIN), node)
        told = told or "may be another thing for the live path"
        name = show(called(self._site.request.call))
        return RefusedError(Reason.URL_NOT_FOLLOWED, f"in `{name}`, `{show(shown)}` {told}")


def _value_of(machine: Interpreter, node: Node) -> Any:
    try:
        return machine.expression(node)
    except (StuckError, ThrownError, *GAVE_UP):
        return Unknown()


def _makes_an_error(made: Node) -> bool:
    return text_of(made, "constructor").endswith((b"Error", b"Exception"))


def _without_query(site: Site, helper: Sent, url: Node, binding: Binding) -> tuple[Edit, Note]:
    """The edit that takes away the query that the function puts behind the path.

    Raises:
        RefusedError: other calls have it too, or it is no query, or is put there otherwise.
    """
    written = unwrapped(url)
    if written.type == "identifier":
        written = unwrapped(site.program.resolver.constant(written) or written)
    last = next((n for n in binding.references if is_inside(n, written)), None)
    part = last
    while part is not None and part.parent not in (None, written):
        part = part.parent
    end = written.end_byte - (written.type == "template_string")
    data = site.program.source.data
    query = b"" if part is None else data[part.end_byte : end]
    shown = query.decode("utf-8", "replace")
    plain = written.type == "template_string" and query.startswith(b"?")
    if part is None or not plain or not serves_the_dead_alone(site.program, helper):
        detail = f"in `{show(called(site.request.call))}`, `{show(written)}`"
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"{detail} has more behind the path")
    told = f"the URL's query has no counterpart and went: `{shown}`"
    return Edit(part.end_byte, end, b""), Note(span(written), told, always=True)
