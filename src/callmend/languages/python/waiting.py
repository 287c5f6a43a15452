"""Loops of a file's own that do nothing but wait for a run of the Assistants API."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep"})
_WAITING = frozenset({"queued", "in_progress", "cancelling"})


class Waiting:
    """One loop behind the call that starts a run.

    ``asks`` are the calls that ask for the run again, ``assigned`` their assignments, ``polled``
    is the variable that they are assigned to.
    """

    def __init__(
        self,
        program: Program,
        loop: cst.While,
        run: str,
        is_its_thread: Callable[[cst.BaseExpression], bool],
        every: Sequence[SdkCall],
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._loop = loop
        self._run = run
        self._is_its_thread = is_its_thread
        self._every = every
        self.asks: list[SdkCall] = []
        self.assigned: list[cst.CSTNode] = []
        self.polled = self._target() or run

    def check(self) -> None:
        """Read the loop.

        Raises:
            RefusedError: it does something else than waiting, or may end before the run does.
        """
        loop = self._loop
        refused = RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(loop.test))
        if loop.orelse or not (self._waits(loop.test) or self._is_forever(loop.test)):
            raise refused
        done = False
        for line in loop.body.body:
            if self._is_forever(loop.test) and self._is_end(line):
                done = True
            elif not self._does_nothing_else(line):
                raise refused
        inside = any(self._tree.is_inside(ask.call, loop) for ask in self.asks)
        if not inside or (self._is_forever(loop.test) and not done):
            raise refused
        start, _ = self._tree.chars(loop)
        for node in self._tree.below(loop):
            if isinstance(node, cst.Comment) and self._tree.chars(node)[0] >= start:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")

    def _target(self) -> str | None:
        """The name that the loop gives the run that it asks for."""
        for line in self._loop.body.body:
            small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
            if isinstance(small, cst.Assign):
                made, target = unawaited(small.value), small.targets[0].target
                if any(c.call is made for c in self._every) and isinstance(target, cst.Name):
                    return target.value
        return None

    def is_ask(self, line: cst.CSTNode) -> bool:
        """Whether a statement above the loop asks for the run once more, into the same name."""
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        return isinstance(small, cst.Assign) and self._asks(small)

    def _is_forever(self, test: cst.BaseExpression) -> bool:
        return isinstance(test, cst.Name) and test.value == "True"

    def _waits(self, test: cst.BaseExpression) -> bool:
        """Whether a condition holds for just the statuses in which a run goes on."""
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
            return self._waits(test.left) and self._waits(test.right)
        shown = " ".join(self._tree.source(test).split())
        found = re.fullmatch(
            rf"(?:{self._run}|{self.polled})\.status (==|!=|in|not in) (.+)", shown
        )
        if found is None:
            return False
        try:
            value = ast.literal_eval(found[2])
        except (ValueError, SyntaxError):
            return False
        words = {value} if isinstance(value, str) else value
        if not isinstance(words, (set, list, tuple)):
            return False
        if isinstance(value, str) is (found[1] in ("in", "not in")):
            return False
        if found[1] in ("==", "in"):
            return set(words) <= _WAITING
        return "completed" in words and not set(words) & _WAITING

    def _is_end(self, line: cst.CSTNode) -> bool:
        """`if run.status == "completed": break`."""
        if not isinstance(line, cst.If) or line.orelse is not None or len(line.body.body) != 1:
            return False
        shown = " ".join(self._tree.source(line.test).split())
        if not re.fullmatch(rf"{self.polled}\.status == (['\"])completed\1", shown):
            return False
        small = line.body.body[0]
        if isinstance(small, cst.SimpleStatementLine):
            small = small.body[0]
        return isinstance(small, cst.Break)

    def _does_nothing_else(self, line: cst.CSTNode) -> bool:
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            return False
        small = line.body[0]
        if isinstance(small, cst.Assign):
            return self._asks(small)
        call = unawaited(small.value) if isinstance(small, cst.Expr) else None
        if not isinstance(call, cst.Call) or not call.args:
            return False
        inner = [node for arg in call.args for node in self._tree.below(arg)]
        if any(isinstance(node, (cst.Call, cst.Await, cst.NamedExpr)) for node in inner):
            return False
        return self._program.scopes.imported(call.func) in _SLEEPS or is_logged(
            self._program, call.args[0]
        )

    def _asks(self, small: cst.Assign) -> bool:
        """`run = client.beta.threads.runs.retrieve(thread_id=..., run_id=run.id)`."""
        target = small.targets[0].target
        if len(small.targets) != 1 or not isinstance(target, cst.Name):
            return False
        made = unawaited(small.value)
        call = next((c for c in self._every if c.call is made), None)
        if call is None or call.method != "threads.runs.retrieve" or target.value != self.polled:
            return False
        named = {arg.keyword.value: arg.value for arg in call.call.args if arg.keyword is not None}
        bare = [arg.value for arg in call.call.args if arg.keyword is None and not arg.star]
        if len(named) + len(bare) != 2 or len(bare) > 1 or "thread_id" not in named:
            return False
        asked = bare[0] if bare else named.get("run_id")
        if asked is None or dotted(asked) not in (f"{self._run}.id", f"{self.polled}.id"):
            return False
        thread = named["thread_id"]
        if dotted(thread) != f"{self.polled}.thread_id" and not self._is_its_thread(thread):
            return False
        self.asks.append(call)
        self.assigned.append(small)
        return True
