"""Loops of a file's own that do nothing but wait for a run of the Assistants API."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.hoisting import branch_range, branches
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import targets_in
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep"})
_WAITING = frozenset({"queued", "in_progress", "cancelling"})


class Waiting:
    """One loop behind the call that starts a run.

    ``asks`` are the calls that ask for the run again, ``assigned`` their assignments, ``polled``
    is the variable that they are assigned to. ``completed`` is the branch in which the answer is
    read, ``ends`` the `break` at its end.
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
        self._staying: list[cst.If] = []
        self.completed: cst.If | None = None
        self.ends: list[cst.CSTNode] = []
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
            if isinstance(line, cst.If):
                done = self._decides(line) or done
            elif not self._does_nothing_else(line):
                raise refused
        inside = any(self._tree.is_inside(ask.call, loop) for ask in self.asks)
        if not inside or (self._is_forever(loop.test) and not done):
            raise refused
        start, _ = self._tree.chars(loop)
        kept = [branch_range(self._program, branch) for branch in self.branches]
        for node in self._tree.below(loop):
            place = self._tree.chars(node)[0]
            if isinstance(node, cst.Comment) and place >= start:
                if any(first <= place < end for first, end in kept):
                    continue
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
        found = self._compared(shown)
        if found is None:
            return False
        operator, words = found
        if operator in ("==", "in"):
            return words <= _WAITING
        return "completed" in words and not words & _WAITING

    def _compared(self, shown: str) -> tuple[str, frozenset[str]] | None:
        """The operator and the words of a comparison of the run's status."""
        names = f"(?:{re.escape(self._run)}|{re.escape(self.polled)})"
        found = re.fullmatch(rf"{names}\.status (==|!=|in|not in) (.+)", shown)
        if found is None:
            return None
        try:
            value = ast.literal_eval(found[2])
        except (ValueError, SyntaxError):
            return None
        words = {value} if isinstance(value, str) else value
        if not isinstance(words, (set, list, tuple)):
            return None
        if isinstance(value, str) is (found[1] in ("in", "not in")):
            return None
        return found[1], frozenset(words)

    # decisions

    @property
    def branches(self) -> list[cst.If]:
        """The branches that stay, as statements behind the loop, in the order of the file."""
        return sorted(self._staying, key=self._tree.order)

    def _decides(self, statement: cst.If) -> bool:
        """Read an `if` of the loop; whether it ends the loop for a completed run."""
        done = False
        for branch in branches(statement):
            if isinstance(branch, cst.Else):
                if not self._only_waits(branch.body):
                    raise self._unclear(branch)
                continue
            words = self._words(branch.test)
            if words is None:
                raise self._unclear(branch.test)
            if "requires_action" in words:
                raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(branch.test))
            if words <= _WAITING:
                if not self._only_waits(branch.body):
                    raise self._unclear(branch.test)
            elif self._only_ends(branch.body) and not words & _WAITING:
                done = done or "completed" in words
            elif words == {"completed"}:
                done = True
                self._ends(branch)
            elif words & {"completed", *_WAITING}:
                raise self._unclear(branch.test)
            else:
                self._check_leaves(branch)
                self._staying.append(branch)
        return done

    def _unclear(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(node))

    def _words(self, test: cst.BaseExpression) -> frozenset[str] | None:
        """The statuses for which a condition holds."""
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
            left, right = self._words(test.left), self._words(test.right)
            return None if left is None or right is None else left | right
        found = self._compared(" ".join(self._tree.source(test).split()))
        return found[1] if found is not None and found[0] in ("==", "in") else None

    def _only_waits(self, body: cst.BaseSuite) -> bool:
        return all(self._does_nothing_else(line) or _is(line, cst.Pass, cst.Continue)
                   for line in body.body)  # fmt: skip

    def _only_ends(self, body: cst.BaseSuite) -> bool:
        """Whether a block is one `break`."""
        small = list(body.body)
        return len(small) == 1 and _is(small[0], cst.Break)

    def _ends(self, branch: cst.If) -> None:
        """`if run.status == "completed":` with what reads the answer."""
        if self.completed is not None or not isinstance(branch.body, cst.IndentedBlock):
            raise self._unclear(branch.test)
        last = branch.body.body[-1]
        if _is(last, cst.Break):
            self.ends.append(last)
        elif not _is(last, cst.Return, cst.Raise):
            raise self._unclear(branch.test)
        self._check_own(branch)
        self.completed = branch
        self._staying.append(branch)

    def _check_leaves(self, branch: cst.If) -> None:
        """Refuse what goes on, or asks OpenAI for something else, for a run that failed."""
        last = list(branch.body.body)[-1]
        if not _is(last, cst.Return, cst.Raise):
            raise self._unclear(branch.test)
        for call in self._every:
            if self._tree.is_inside(call.call, branch.body):
                raise self._unclear(call.call)
        self._check_own(branch)

    def _check_own(self, branch: cst.If) -> None:
        """Refuse a branch that ends the loop in its middle, or reads what the loop computes."""
        for node in self._tree.own(branch.body):
            if isinstance(node, (cst.Break, cst.Continue)):
                if not any(self._tree.is_inside(node, line) for line in self.ends):
                    raise self._unclear(node)
            if isinstance(node, cst.Name) and node.value != self.polled:
                for inner in self._tree.own(self._loop.body):
                    bound = any(d.name == node.value for d in targets_in(inner))
                    if bound and not self._tree.is_inside(inner, branch):
                        raise self._unclear(node)

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


def _is(line: cst.CSTNode, *kinds: type[cst.CSTNode]) -> bool:
    """Whether a statement is one of some kinds, alone on its line."""
    if isinstance(line, cst.SimpleStatementLine):
        return len(line.body) == 1 and isinstance(line.body[0], kinds)
    return isinstance(line, kinds)
