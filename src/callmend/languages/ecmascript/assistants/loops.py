"""Polling loops: what of a loop only waits, and what the person's own code does there.

A loop goes when each of its statements waits, asks again, counts, logs, gives up after a time, or
decides by the run's status. The decisions stay: a response arrives finished, and what was decided
about the finished run is decided about it, once, where the loop was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Span
from callmend.languages.ecmascript.assistants.runs import Runs, mentions
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import (
    LOOPS,
    descendants,
    field,
    is_inside,
    items,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: Functions that do nothing but wait, by their names.
_SLEEP = re.compile(
    rb"(?i)(?:sleep|delay|wait|pause|timeout|setTimeout)_?(?:for|ms|s|sec|secs|seconds|millis|"
    rb"milliseconds|async|promise)?"
)
_TIMERS = frozenset({b"setTimeout", b"window.setTimeout", b"globalThis.setTimeout"})
_LEAVES = frozenset({"return_statement", "throw_statement", "break_statement"})
_IDLE = frozenset({"break_statement", "continue_statement", "empty_statement"})


@dataclass
class Loop:
    """A polling loop, the decisions in it that stay, and what in those has to go.

    ``cuts`` are nodes inside of ``kept`` that go: `break`, `continue`, an `else` that only waits.
    ``timeouts`` are the checks that gave up after a time; ``counters`` what only they read.
    """

    node: Node
    kept: list[Node] = made(default_factory=list)
    cuts: list[Node] = made(default_factory=list)
    timeouts: list[Node] = made(default_factory=list)
    counters: list[Binding] = made(default_factory=list)


class Loops:
    """Reads the polling loops of one flow."""

    def __init__(self, program: Program, runs: Runs, retrievals: set[int], idle: set[int]) -> None:
        """``retrievals`` are the calls that ask for the run, ``idle`` their statements."""
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._runs = runs
        self._retrievals = retrievals
        self._idle = idle
        self._loop = Loop(program.tree.root)

    def around(self, node: Node, function: Node) -> Node | None:
        """The innermost loop around a node in its function."""
        for parent in self._tree.ancestors(node):
            if parent == function:
                return None
            if parent.type in LOOPS:
                return parent
        return None

    def read(self, node: Node) -> Loop:
        """A polling loop.

        Raises:
            RefusedError: it does something that is not understood.
        """
        self._loop = Loop(node)
        body = field(node, "body")
        if body is None or node.type == "for_in_statement":
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(node))
        for statement in self._statements(body):
            self._read(statement)
        self._loop.counters = self._counters()
        self._check_kept()
        return self._loop

    def _statements(self, body: Node) -> list[Node]:
        return items(body) if body.type == "statement_block" else [body]

    def _read(self, statement: Node) -> None:
        if self.is_idle(statement):
            return
        if statement.type == "if_statement":
            condition = field(statement, "condition")
            if condition is not None and self._decides(condition):
                self._decision(statement)
                return
            if condition is not None and self._gives_up(statement, condition):
                self._loop.timeouts.append(statement)
                return
        raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(statement))

    def is_idle(self, statement: Node) -> bool:
        """Whether a statement only waits, asks again, counts or logs."""
        if statement.type in _IDLE or statement.id in self._idle:
            return True
        if statement.type == "lexical_declaration":
            return all(self._is_idle_declarator(d) for d in items(statement))
        if statement.type != "expression_statement" or not items(statement):
            return False
        expression = unwrapped(items(statement)[0])
        if expression.type == "await_expression":
            return self._sleeps(expression)
        if expression.type in ("update_expression", "augmented_assignment_expression"):
            return not self._awaits(expression)
        if expression.type == "assignment_expression":
            right = field(expression, "right")
            return right is not None and self._asks(right)
        if expression.type == "call_expression":
            arguments = field(expression, "arguments")
            logs = text_of(expression, "function").startswith(b"console.")
            return logs and arguments is not None and not has_effects(arguments)
        return False

    def _is_idle_declarator(self, declarator: Node) -> bool:
        value = field(declarator, "value")
        if value is None:
            return True
        # `const elapsed = Date.now() - start`
        clock = text(value).startswith((b"Date.now()", b"performance.now()"))
        return self._asks(value) or clock or not has_effects(value)

    def _asks(self, value: Node) -> bool:
        """Whether a value is the run asked for again, or its status."""
        value = unwrapped(value)
        return value.id in self._retrievals or self._runs.is_status(value)

    def _awaits(self, node: Node) -> bool:
        return any(inner.type == "await_expression" for inner in descendants(node))

    def _sleeps(self, awaited: Node) -> bool:
        """`await new Promise(r => setTimeout(r, 1000))`, `await sleep(500)`."""
        inside = items(awaited)
        if len(inside) != 1:
            return False
        value = unwrapped(inside[0])
        if value.id in self._retrievals or awaited.id in self._retrievals:
            return True
        if value.type == "new_expression" and text_of(value, "constructor") == b"Promise":
            return self._only_a_timer(value)
        function = field(value, "function")
        if value.type != "call_expression" or function is None:
            return False
        if _SLEEP.fullmatch(text(function).rpartition(b".")[2]) is None:
            return False
        binding = self._scopes.binding(function)
        if binding is None or binding.declarator.type.startswith("import"):
            return True
        # A function of this file: it has to be what its name says.
        return b"setTimeout" in text(binding.declarator)

    def _only_a_timer(self, made: Node) -> bool:
        """Whether a promise does nothing but wait: `new Promise((done) => setTimeout(done, 9))`."""
        called = [text_of(n, "function") for n in descendants(made) if n.type == "call_expression"]
        timers = [name for name in called if name in _TIMERS]
        others = [name for name in called if name not in _TIMERS]
        functions = [n for n in descendants(made) if n.type == "arrow_function"]
        parameters = {text_of(f, "parameter") or text_of(f, "parameters") for f in functions}
        known = {p.strip(b"()").partition(b":")[0].strip() for p in parameters}
        return len(timers) == 1 and all(name in known for name in others)

    # decisions

    def _decides(self, condition: Node) -> bool:
        return any(self._runs.is_status(inner) for inner in descendants(condition))

    def _decision(self, statement: Node) -> None:
        """Keep a chain of `if` and `else if`, without the branches that only wait."""
        if not self._keep(statement, first=True):
            return
        self._loop.kept.append(statement)

    def _keep(self, statement: Node, *, first: bool) -> bool:
        """Whether anything of an `if` stays; what of it goes is noted as cuts."""
        branch, otherwise = field(statement, "consequence"), field(statement, "alternative")
        if branch is None:
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(statement))
        idle = all(self.is_idle(s) for s in self._statements(branch))
        if otherwise is None:
            if not idle:
                self._cut_jumps(branch)
            return not idle
        following = items(otherwise)
        rest = following[0] if following else otherwise
        if rest.type == "if_statement":
            condition = field(rest, "condition")
            if condition is None or not (
                self._decides(condition) or self._gives_up(rest, condition)
            ):
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(rest))
            rest_stays = self._decides(condition) and self._keep(rest, first=False)
        else:
            rest_stays = not all(self.is_idle(s) for s in self._statements(rest))
            if rest_stays:
                self._cut_jumps(rest)
        if idle and rest_stays:
            # `if (completed) { break; } else if (failed) { throw ... }`: the first would be empty.
            self._check_exclusive(statement, rest)
            if not first or rest.type != "if_statement":
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(statement))
            self._loop.kept.append(rest)
            return False
        if not idle:
            self._cut_jumps(branch)
            if not rest_stays:
                self._loop.cuts.append(otherwise)
        return not idle

    def _check_exclusive(self, statement: Node, rest: Node) -> None:
        """Refuse unless two conditions of a chain compare the status with different words."""
        conditions = [field(statement, "condition"), field(rest, "condition")]
        words = [{text(n) for n in descendants(c) if n.type == "string"} for c in conditions if c]
        plain = all(
            c is not None and b"!" not in text(c) and b"&&" not in text(c) for c in conditions
        )
        if not plain or len(words) != 2 or not words[0] or words[0] & words[1]:
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(statement))

    def _cut_jumps(self, branch: Node) -> None:
        """Note the `break` and `continue` of this loop that end a branch that stays."""
        for inner in descendants(branch):
            if inner.type not in ("break_statement", "continue_statement"):
                continue
            owner = self._tree.parent(inner)
            around = next(
                (
                    n
                    for n in self._tree.ancestors(inner)
                    if n.type in LOOPS or n.type == "switch_body"
                ),
                None,
            )
            if around != self._loop.node:
                continue
            last = owner is not None and owner.type == "statement_block" and items(owner)[-1]
            if last != inner or owner != branch:
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(inner))
            self._loop.cuts.append(inner)

    def _gives_up(self, statement: Node, condition: Node) -> bool:
        """Whether an `if` only ends the waiting after a number of times, or a time."""
        branch = field(statement, "consequence")
        if branch is None or field(statement, "alternative") is not None:
            return False
        statements = self._statements(branch)
        if not statements or statements[-1].type not in _LEAVES:
            return False
        others = all(self.is_idle(s) for s in statements[:-1])
        called = [n for n in descendants(condition) if n.type == "call_expression"]
        clock = all(text(n) in (b"Date.now()", b"performance.now()") for n in called)
        return others and clock and b"status" not in text(condition)

    # counters

    def _counters(self) -> list[Binding]:
        """The variables that the loop changes, the run's own left out."""
        mine = {*map(id, self._runs.runs), *map(id, self._runs.status_names)}
        found: dict[int, Binding] = {}
        for name in self._scopes.names_in(self._loop.node):
            binding = self._scopes.binding(name)
            if binding is None or id(binding) in mine:
                continue
            if any(is_inside(w, self._loop.node) for w in binding.writes) or is_inside(
                binding.name_node, self._loop.node
            ):
                if not any(is_inside(binding.name_node, kept) for kept in self._loop.kept):
                    found[id(binding)] = binding
        written_in_kept = {
            key
            for key, binding in found.items()
            if any(is_inside(w, kept) for w in binding.writes for kept in self._loop.kept)
        }
        return [binding for key, binding in found.items() if key not in written_in_kept]

    def _check_kept(self) -> None:
        """Refuse when what stays reads what goes with the loop."""
        for binding in self._loop.counters:
            for use in binding.references:
                if any(is_inside(use, kept) for kept in self._loop.kept):
                    if not any(is_inside(use, cut) for cut in self._loop.cuts):
                        raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(use))

    def decides(self, node: Node, statuses: set[int]) -> bool:
        """Whether a condition reads the status."""
        return mentions(node, statuses)


def waiting(loops: Iterable[Loop]) -> list[Span]:
    """The parts of loops that go."""
    found = []
    for loop in loops:
        at = loop.node.start_byte
        for kept in sorted(loop.kept, key=lambda n: n.start_byte):
            found.append(Span(at, kept.start_byte))
            at = kept.end_byte
        found.append(Span(at, loop.node.end_byte))
    return found
