"""Loops that poll a run by hand-written requests: what only waits, and what is decided there."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as made

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.hoisting import branches
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.raw_values import Group, Values
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"})
_CLOCKS = frozenset(
    {"time.time", "time.monotonic", "time.perf_counter", "datetime.datetime.now",
     "datetime.datetime.utcnow", "asyncio.get_event_loop", "asyncio.get_running_loop"}
)  # fmt: skip
_PLAIN = frozenset({"len", "str", "int", "float", "min", "max", "round", "range", "abs"})
WAITING = frozenset({"queued", "in_progress", "requires_action", "cancelling"})
#: What a run may end in; `expired` is none of a response's.
TERMINAL = frozenset({"completed", "failed", "cancelled", "incomplete", "expired"})
#: What a response that is not made in the background ends in.
OF_RESPONSE = TERMINAL - {"expired"}


@dataclass
class Kept:
    """A branch that stays: the `if`, or the `else` with the statuses that it is not for."""

    node: cst.If | cst.Else
    without: frozenset[str] = frozenset()
    last: cst.CSTNode | None = None


@dataclass
class Loop:
    """A polling loop, the decisions of it that stay, and the checks that gave up waiting."""

    node: cst.While | cst.For
    kept: list[Kept] = made(default_factory=list)
    timeouts: list[cst.CSTNode] = made(default_factory=list)
    unreachable: list[cst.CSTNode] = made(default_factory=list)


class Loops:
    """Reads polling loops; ``goes`` tells of a statement in one whether it goes anyway."""

    def __init__(
        self, program: Program, values: Values, goes: Callable[[cst.CSTNode], bool]
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._values = values
        self._goes = goes
        self._loop = Loop(cst.While(cst.Name("True"), cst.IndentedBlock(())))
        self._done = False

    def read(self, node: cst.While | cst.For) -> Loop:
        """A polling loop.

        Raises:
            RefusedError: it does something that is not understood.
        """
        self._loop = Loop(node)
        self._done = False
        if isinstance(node, cst.While):
            if self.holds(node.test, "completed") is False:
                self._done = True
            if any(self.holds(node.test, status) is False for status in ("queued", "in_progress")):
                raise self._unclear(node.test)
            if not self._is_plain(node.test):
                raise self._unclear(node.test)
        elif node.asynchronous is not None or not self._is_plain(node.iter):
            raise self._unclear(node)
        self._block(node.body)
        if node.orelse is not None:
            if not self._gives_up_body(node.orelse.body):
                raise self._unclear(node.orelse)
            self._loop.timeouts.append(node.orelse)
        if not self._done:
            raise self._unclear(node)
        return self._loop

    def _unclear(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(node))

    def _block(self, body: cst.BaseSuite) -> None:
        earlier: frozenset[str] = frozenset()
        for line in body.body:
            if isinstance(line, cst.If):
                earlier = self._if(line, earlier)
            elif isinstance(line, cst.With):
                self._block(line.body)
            elif isinstance(line, cst.Try):
                self._try(line)
            elif not self.is_idle(line):
                raise self._unclear(line)

    def _try(self, statement: cst.Try) -> None:
        self._block(statement.body)
        for handler in statement.handlers:
            if not all(self.is_idle(s) or self._leaves(s) for s in handler.body.body):
                raise self._unclear(handler)
        if statement.orelse is not None:
            self._block(statement.orelse.body)
        if statement.finalbody is not None:
            raise self._unclear(statement.finalbody)

    # what only waits

    def is_idle(self, line: cst.CSTNode) -> bool:
        """Whether a statement only waits, asks again, counts or logs."""
        if self._goes(line):
            return True
        if isinstance(line, cst.If):
            if line.orelse is not None or self._reads_status(line.test):
                return False
            if not self._is_a_check(line):
                return False
            if not any(line is known for known in self._loop.timeouts):
                self._loop.timeouts.append(line)
            return True
        if not isinstance(line, cst.SimpleStatementLine):
            return False
        return all(self._is_idle_small(small) for small in line.body)

    def _is_idle_small(self, small: cst.BaseSmallStatement) -> bool:
        if isinstance(small, (cst.Pass, cst.Continue, cst.Break)):
            return True
        if isinstance(small, cst.AugAssign):
            return isinstance(small.target, cst.Name) and self._is_plain(small.value)
        if isinstance(small, cst.Assign):
            names = all(isinstance(target.target, cst.Name) for target in small.targets)
            return names and self._is_plain(small.value)
        call = unawaited(small.value) if isinstance(small, cst.Expr) else None
        if not isinstance(call, cst.Call):
            return isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)
        arguments = all(self._is_plain(arg.value) for arg in call.args)
        if self._program.scopes.imported(call.func) in _SLEEPS:
            return arguments
        return bool(call.args) and arguments and is_logged(self._program, call.args[0])

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        """Whether an expression does nothing but compute, of clocks and answers at the most."""
        for inner in self._tree.below(node):
            if isinstance(inner, (cst.Await, cst.NamedExpr, cst.Yield, cst.Lambda)):
                return False
            if isinstance(inner, cst.BaseExpression):
                held = self._values.denoted(inner)
                if held is not None and held.group is Group.PAGE:
                    return False  # what reads the answer is no waiting
            if isinstance(inner, cst.Call) and not self._is_harmless(inner):
                return False
        return True

    def _is_harmless(self, call: cst.Call) -> bool:
        if self._values.denoted(call) is not None and self._values.call_of(call) is None:
            return True
        name = self._program.scopes.imported(call.func)
        plain = isinstance(call.func, cst.Name) and call.func.value in _PLAIN
        timed = isinstance(call.func, cst.Attribute) and call.func.attr.value in (
            "total_seconds", "time", "strftime", "format", "upper", "lower", "isoformat",
        )  # fmt: skip
        return name in _CLOCKS or plain or timed

    def _leaves(self, line: cst.CSTNode) -> bool:
        return isinstance(line, cst.SimpleStatementLine) and isinstance(
            line.body[-1], (cst.Return, cst.Raise, cst.Break)
        )

    # decisions

    def holds(self, test: cst.BaseExpression, status: str) -> bool | None:
        """Whether a condition holds for a status; None where something else decides as well."""
        if isinstance(test, cst.Name) and test.value in ("True", "False"):
            return test.value == "True"
        if isinstance(test, cst.Integer):
            return test.value != "0"
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            inner = self.holds(test.expression, status)
            return None if inner is None else not inner
        if isinstance(test, cst.BooleanOperation):
            sides = [self.holds(test.left, status), self.holds(test.right, status)]
            deciding = isinstance(test.operator, cst.Or)
            if deciding in sides:
                return deciding
            return None if None in sides else not deciding
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            return self._compared(test, status)
        return None

    def is_asked(self, test: cst.BaseExpression) -> bool:
        """Whether a condition asks for the run's status."""
        return any(
            self.is_status(node)
            for node in self._tree.below(test)
            if isinstance(node, cst.BaseExpression)
        )

    def _compared(self, test: cst.Comparison, status: str) -> bool | None:
        operator, right = test.comparisons[0].operator, test.comparisons[0].comparator
        left = test.left
        equal = isinstance(operator, (cst.Equal, cst.NotEqual))
        if equal and not self.is_status(left):
            left, right = right, left
        if not self.is_status(left):
            return None
        words = self._constant(right)
        if isinstance(operator, cst.Equal):
            return words == status if isinstance(words, str) else None
        if isinstance(operator, cst.NotEqual):
            return words != status if isinstance(words, str) else None
        if not isinstance(words, (list, tuple, set)):
            return None
        if isinstance(operator, cst.In):
            return status in words
        return status not in words if isinstance(operator, cst.NotIn) else None

    def _constant(self, node: cst.BaseExpression) -> object:
        try:
            return ast.literal_eval(self._tree.source(self._program.resolver.single(node)))
        except (ValueError, SyntaxError):
            return None

    def is_status(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is the run's status."""
        found = self._values.denoted(node)
        return found is not None and found.is_json(Group.RUN, "status")

    def _reads_status(self, test: cst.BaseExpression) -> bool:
        return any(
            self.is_status(node)
            for node in self._tree.below(test)
            if isinstance(node, cst.BaseExpression)
        )

    def _if(self, statement: cst.If, earlier: frozenset[str]) -> frozenset[str]:
        """Read an `if` of the loop with its branches.

        ``earlier`` are the statuses for which it is not reached; comes back with those for which
        what follows is not reached.
        """
        seen = gone = earlier
        for branch in branches(statement):
            if isinstance(branch, cst.Else):
                self._else(branch, seen)
                break
            if not self._reads_status(branch.test):
                if not self._is_a_check(branch):
                    raise self._unclear(branch.test)
                self._loop.timeouts.append(branch)
                continue
            held = {s: self.holds(branch.test, s) for s in WAITING | TERMINAL}
            if None in held.values():
                raise self._unclear(branch.test)
            words = frozenset(s for s, holds in held.items() if holds)
            if self._branch(branch, words - seen, words & seen):
                gone |= words
            seen |= words
        return gone

    def _branch(self, branch: cst.If, words: frozenset[str], before: frozenset[str]) -> bool:
        """Read one branch for some statuses; whether the code behind it is not reached."""
        body = branch.body
        leaves = self._program.flow.leaves(body)
        if all(self.is_idle(line) for line in body.body):
            ends = self._ends(body)
            if ends and words & WAITING - {"requires_action"}:
                raise self._unclear(branch.test)
            self._done |= ends and "completed" in words
            return leaves
        if not leaves or words & WAITING - {"requires_action", "cancelling"}:
            raise self._tool_or_unclear(branch.test, words)
        if not words & OF_RESPONSE:
            if not all(self.is_idle(line) or self._leaves(line) for line in body.body):
                raise self._tool_or_unclear(branch.test, words)
            self._loop.unreachable.append(branch)
            return True
        if before & OF_RESPONSE:
            raise self._unclear(branch.test)
        self._done |= "completed" in words
        self._keep(Kept(branch), body)
        return True

    def _tool_or_unclear(self, node: cst.CSTNode, words: frozenset[str]) -> RefusedError:
        if "requires_action" in words:
            return RefusedError(Reason.TOOL_LOOP, self._tree.show_line(node))
        return self._unclear(node)

    def _else(self, branch: cst.Else, earlier: frozenset[str]) -> None:
        body = branch.body
        if all(self.is_idle(line) for line in body.body):
            if self._ends(body) and not {"queued", "in_progress"} <= earlier:
                raise self._unclear(branch)
            self._done |= self._ends(body) and "completed" not in earlier
            return
        if not self._program.flow.leaves(body) or not {"queued", "in_progress"} <= earlier:
            raise self._unclear(branch)
        self._done |= "completed" not in earlier
        self._keep(Kept(branch, earlier & OF_RESPONSE), body)

    def _keep(self, kept: Kept, body: cst.BaseSuite) -> None:
        if not isinstance(body, cst.IndentedBlock):
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(body))
        last = body.body[-1]
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
        if isinstance(small, (cst.Break, cst.Continue)):
            kept.last = last
        for inner in self._tree.own(body):
            if isinstance(inner, (cst.Break, cst.Continue)) and inner is not small:
                raise self._unclear(inner)
            if isinstance(inner, cst.BaseExpression) and self._values.call_of(inner) is not None:
                denoted = self._values.denoted(inner)
                if denoted is None or denoted.group is not Group.PAGE:
                    raise self._unclear(inner)
        self._loop.kept.append(kept)

    def _ends(self, body: cst.BaseSuite) -> bool:
        """Whether a block ends the loop, by `break` or by the variable that it goes on by."""
        last = body.body[-1]
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
        if isinstance(small, cst.Break):
            return True
        test = getattr(self._loop.node, "test", None)
        negated = isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not)
        flag = test.expression if isinstance(test, cst.UnaryOperation) else test
        if not isinstance(flag, cst.Name):
            return False
        wanted = "True" if negated else "False"
        return any(
            isinstance(line, cst.SimpleStatementLine)
            and isinstance(line.body[0], cst.Assign)
            and dotted(line.body[0].targets[0].target) == flag.value
            and dotted(line.body[0].value) == wanted
            for line in body.body
        )

    # what gives up

    def _is_a_check(self, branch: cst.If) -> bool:
        """Whether an `if` only gives up after a time, or for an answer that is an error."""
        for inner in self._tree.below(branch.test):
            if isinstance(inner, (cst.Await, cst.NamedExpr)):
                return False
            if isinstance(inner, cst.Call) and not self._is_harmless(inner):
                if dotted(inner.func).rpartition(".")[2] != "getcode":
                    return False
        return self._gives_up_body(branch.body)

    def _gives_up_body(self, body: cst.BaseSuite) -> bool:
        """Whether a block only logs and waits, and may end the function or the loop."""
        *others, last = body.body
        return all(self.is_idle(line) for line in others) and (
            self.is_idle(last) or self._leaves_plainly(last)
        )

    def _leaves_plainly(self, line: cst.CSTNode) -> bool:
        """`return None`, `raise TimeoutError("...")`: nothing that has an effect of its own."""
        if not isinstance(line, cst.SimpleStatementLine):
            return False
        return isinstance(line.body[-1], (cst.Return, cst.Raise))
