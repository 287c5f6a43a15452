"""One run of hand-written requests in Python: its requests, what goes with them, what is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_loops import Loop, Loops
from callmend.languages.python.raw_values import Denoted, Group, Stage, Values
from callmend.languages.python.tree import Statement, dotted, unawaited
from callmend.reasons import Reason
from callmend.routes import Op

_DONE = frozenset({"raise_for_status", "close", "release", "aclose"})
_OF_RUN = frozenset({Op.RETRIEVE_RUN, Op.LIST_MESSAGES, Op.DELETE_THREAD})
#: What a list of messages may be asked with, the newest message being the first.
_ASKED = frozenset({"order", "limit", "run_id"})
TEXT = ("data", 0, "content", 0, "text", "value")


class RawFlow:
    """The requests of one run and what hangs on them.

    ``maker`` makes the thread in the same function, ``messages`` add to it before the run,
    ``page`` lists the messages behind it. ``one_shot`` tells that nothing else needs the thread.
    ``gone`` are the statements that go, ``loops`` the polling loops, which go but for decisions.

    Raises:
        RefusedError: something of it is not certain.
    """

    def __init__(self, program: Program, calls: Sequence[RawCall], start: RawCall) -> None:
        self._program = program
        self._tree = program.tree
        self.values = Values(program, calls)
        self.start = start
        self._number = next(i for i, call in enumerate(calls) if call is start)
        self.function = self._tree.function_of(start.call)
        self.statement = self._tree.statement_of(start.sender)
        self.here = [
            c for c in calls
            if c is not start and self._tree.function_of(c.call) is self.function
        ]  # fmt: skip
        self._check_calls()
        self.maker = self._only(Op.CREATE_THREAD)
        self.messages = [call for call in self.here if call.op is Op.ADD_MESSAGE]
        self.page = self._the_page()
        self.gone: list[Statement] = []
        self.loops: list[Loop] = []
        #: `async with session.get(...) as response:` whose header goes and whose block stays.
        self.opened: list[cst.With] = []
        self.one_shot = self._is_one_shot()
        self._walk(self._body(self.function))
        self._check_taken()

    # the requests

    def _check_calls(self) -> None:
        for call in self.here:
            shown = self._tree.show_line(call.call)
            if call.starts_a_run or call.op in (Op.OTHER, Op.UNREAD_RUN):
                raise RefusedError(Reason.OTHER_CALL, shown)
            if call.op is Op.SUBMIT:
                raise RefusedError(Reason.TOOL_LOOP, shown)
        for call in self.here:
            if call.op is Op.ADD_MESSAGE:
                shown = self._tree.show_line(call.call)
                if self._tree.order(call.call) > self._tree.order(self.start.call):
                    raise RefusedError(Reason.MESSAGE_LATER, shown)
                if not self.is_before(call):
                    raise RefusedError(Reason.MESSAGE_CONDITIONAL, shown)
            elif call.op in (Op.RETRIEVE_RUN, Op.LIST_MESSAGES):
                if self._tree.order(call.call) < self._tree.order(self.start.call):
                    raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(call.call))
        self._check_thread()

    def _only(self, op: Op) -> RawCall | None:
        found = [call for call in self.here if call.op is op]
        if len(found) > 1:
            raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(found[1].call))
        return found[0] if found else None

    def _the_page(self) -> RawCall:
        found = [call for call in self.here if call.op is Op.LIST_MESSAGES]
        if len(found) != 1:
            polled = any(call.op is Op.RETRIEVE_RUN for call in self.here)
            missing = Reason.ANSWER_NOT_READ if polled else Reason.RUN_NOT_FOLLOWED
            reason = Reason.OTHER_READ if found else missing
            raise RefusedError(reason, self._tree.show_line((found or [self.start])[-1].call))
        asked = found[0].asked(self._program)
        if asked is None:
            reason = Reason.ANSWER_NOT_UNDERSTOOD
            raise RefusedError(reason, self._tree.show_line(found[0].call))
        order = asked.get("order", "desc")
        if not isinstance(order, str):
            order = self._program.resolver.text(order) or ""
        if order != "desc" or set(asked) - _ASKED or not self._is_of_this_run(asked):
            shown = self._tree.show_line(found[0].call)
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        return found[0]

    def _is_of_this_run(self, asked: dict[str, str | cst.BaseExpression]) -> bool:
        run = asked.get("run_id")
        if run is None or isinstance(run, str):
            return run is None
        held = self.values.denoted(run)
        return held is not None and held.is_json(Group.RUN, "id")

    def is_before(self, call: RawCall) -> bool:
        """Whether a request has certainly been sent when the run starts."""
        return self._is_passed(self._tree.statement_of(call.sender), self.statement)

    def _is_passed(self, statement: Statement, later: cst.CSTNode) -> bool:
        """Whether a statement has certainly run where another one does."""
        while True:
            block = self._tree.block_of(statement)
            if any(self._tree.is_inside(later, other) for other in block):
                return True
            holder = self._tree.holder_of(statement)
            if not isinstance(holder, (cst.With, cst.Try)):
                return False
            statement = self._tree.statement_of(holder)

    # the thread

    def thread_of(self, call: RawCall) -> cst.BaseExpression | None:
        """The thread's id in a request's URL."""
        return call.holes[0] if call.holes else None

    def _check_thread(self) -> None:
        """Refuse unless every request is on the run's thread, and asks for the run itself."""
        mine = self.thread_of(self.start)
        for call in self.here:
            node = self.thread_of(call)
            if node is None:
                continue
            if not self._is_same(node, mine):
                raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(call.call))
            if call.op is Op.RETRIEVE_RUN:
                asked = self.values.denoted(call.holes[1])
                if asked is None or not asked.is_json(Group.RUN, "id"):
                    raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))

    def _is_same(self, node: cst.BaseExpression, mine: cst.BaseExpression | None) -> bool:
        found = self.values.denoted(node)
        of_run = found is not None and found.is_json(Group.RUN, "thread_id")
        if of_run or mine is None:
            return of_run
        wanted = self.values.denoted(mine)
        if found is not None or wanted is not None:
            both = [held for held in (found, wanted) if held is not None]
            return len(both) == 2 and all(held.is_json(Group.THREAD, "id") for held in both)
        return self._tree.source(node) == self._tree.source(mine) and self._unchanged(node, mine)

    def _unchanged(self, node: cst.BaseExpression, mine: cst.BaseExpression) -> bool:
        """Whether an expression means the same at two places of one function."""
        for one, other in zip(self._tree.below(node), self._tree.below(mine), strict=False):
            if isinstance(one, cst.Call):
                return False
            if isinstance(one, cst.Name) and isinstance(other, cst.Name):
                here = {id(d.node) for d in self.values.reaching(one.value, one)}
                if here != {id(d.node) for d in self.values.reaching(other.value, other)}:
                    return False
        return True

    def _is_one_shot(self) -> bool:
        """Whether the thread is made here for this run, and nothing else reads it."""
        if self.start.op is Op.THREAD_AND_RUN:
            return True
        maker = self.maker
        if maker is None or not self.is_before(maker):
            return False
        mine = self.values.denoted(self.thread_of(self.start) or cst.Name("None"))
        if mine is None or mine.group is not Group.THREAD:
            return False
        self.one_shot = True
        for node in self.maximal(self.function):
            found = self.values.denoted(node)
            if found is None or found.group is not Group.THREAD:
                continue
            if not self._goes_with(node):
                return False
        return True

    def _goes_with(self, node: cst.CSTNode) -> bool:
        """Whether a node stands in a statement that goes, or in a request of the run."""
        if any(self._tree.is_inside(node, call.call) for call in [self.start, *self.here]):
            return True
        statement: cst.CSTNode = self._tree.statement_of(node)
        for call in [self.start, *self.here]:
            if any(self._tree.is_inside(node, d.node) for d in call.request.constants):
                return True
        while isinstance(statement, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            if self.goes(statement):
                return True
            holder = self._tree.holder_of(statement)
            if isinstance(holder, (cst.Module, cst.FunctionDef)):
                return False
            if not isinstance(holder, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                holder = self._tree.statement_of(holder)
            statement = holder
        return False

    # what goes

    def is_going(self, found: Denoted | None) -> bool:
        """Whether an answer is only of requests that go."""
        if found is None or self._number in found.calls:
            return False
        return all(self._call_goes(self.values.calls[number]) for number in found.calls)

    def _call_goes(self, call: RawCall) -> bool:
        if not any(call is other for other in self.here):
            return False
        return call.op in (Op.ADD_MESSAGE, *_OF_RUN) or (
            call.op is Op.CREATE_THREAD and self.one_shot
        )

    def goes(self, line: cst.CSTNode) -> bool:
        """Whether a statement only sends, checks or takes apart what goes."""
        if isinstance(line, cst.SimpleStatementLine):
            return all(self._small_goes(small) for small in line.body)
        if isinstance(line, cst.With):
            items = [self.values.denoted(item.item) for item in line.items]
            sent = [found for found in items if found is not None]
            inside = all(self.goes(inner) for inner in line.body.body)
            return inside and all(self.is_going(found) for found in sent)
        if isinstance(line, cst.If):
            return self._check_goes(line)
        if isinstance(line, cst.Try):
            ends = [line.orelse, line.finalbody]
            blocks = [line.body, *(end.body for end in ends if end is not None)]
            return all(self.goes(s) for block in blocks for s in block.body) and all(
                self._only_leaves(handler.body) for handler in line.handlers
            )
        return False

    def _small_goes(self, small: cst.BaseSmallStatement) -> bool:
        if isinstance(small, cst.Expr):
            value = unawaited(small.value)
            if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
                owner = self.values.denoted(value.func.value)
                if value.func.attr.value in _DONE and owner is not None:
                    return owner.stage is Stage.RESPONSE and self.is_going(owner)
            return self.is_going(self.values.denoted(value))
        if not isinstance(small, (cst.Assign, cst.AnnAssign)) or small.value is None:
            return False
        targets = small.targets if isinstance(small, cst.Assign) else [small]
        if len(targets) != 1 or not isinstance(targets[0].target, cst.Name):
            return False
        found = self.values.denoted(small.value)
        if found is None:
            return self._is_of_a_request(small.value)
        if found.group is Group.RUN and found.stage is Stage.JSON and found.path:
            return not self._parses(small.value)
        return self.is_going(found) and len(found.path) < len(TEXT)

    def _is_of_a_request(self, value: cst.BaseExpression) -> bool:
        """`request = Request(url, ...)` of urllib, whose sending goes."""
        return any(
            value is call.call and value is not call.sender and self._call_goes(call)
            for call in self.here
        )

    def _parses(self, node: cst.BaseExpression) -> bool:
        """Whether the start's answer is parsed in an expression: `response.json()["id"]`."""
        for inner in self._tree.below(node):
            if isinstance(inner, cst.Call):
                found = self.values.denoted(inner)
                if found is not None and self._number in found.calls and not found.path:
                    return found.stage is Stage.JSON
        return False

    def _check_goes(self, line: cst.If) -> bool:
        """`if response.status_code != 200: raise ...` of a response that goes."""
        found = [
            held
            for inner in self._tree.below(line.test)
            if isinstance(inner, cst.BaseExpression)
            and (held := self.values.denoted(inner)) is not None
        ]
        if not found or not all(self.is_going(held) for held in found):
            return False
        # What is decided about the run or its answer is decided about the new answer.
        decided = (Group.PAGE, Group.RUN)
        if any(held.group in decided and held.stage is Stage.JSON for held in found):
            return False
        if any(isinstance(n, (cst.Await, cst.NamedExpr)) for n in self._tree.below(line.test)):
            return False
        if line.orelse is not None:
            return False
        return self._only_leaves(line.body)

    def _only_leaves(self, body: cst.BaseSuite) -> bool:
        """Whether a block leaves the function, and sends nothing that stays."""
        last = body.body[-1]
        if isinstance(last, cst.SimpleStatementLine):
            last = last.body[-1]
        if not isinstance(last, (cst.Return, cst.Raise)) and not self._exits(last):
            return False
        return not any(
            isinstance(inner, cst.Call) and self.values.call_of(inner) is not None
            for inner in self._tree.below(body)
        )

    def _exits(self, small: cst.CSTNode) -> bool:
        call = small.value if isinstance(small, cst.Expr) else None
        return isinstance(call, cst.Call) and dotted(call.func) in ("exit", "quit", "sys.exit")

    # the statements

    def _body(self, function: cst.CSTNode) -> Sequence[cst.CSTNode]:
        if isinstance(function, cst.Module):
            return function.body
        if not isinstance(function, cst.FunctionDef):
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(self.start.call))
        return function.body.body

    def _walk(self, block: Sequence[cst.CSTNode]) -> None:
        """Tell what of a block goes."""
        gone = 0
        for line in block:
            if isinstance(line, (cst.FunctionDef, cst.ClassDef)):
                continue
            if self.goes(line):
                self.gone.append(line)  # type: ignore[arg-type]  # it is a statement
                gone += 1
            elif isinstance(line, (cst.While, cst.For)) and self._polls(line):
                if not self._is_passed(self.statement, line):
                    raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(line))
                loop = Loops(self._program, self.values, self.goes).read(line)
                self.loops.append(loop)
                for kept in loop.kept:
                    self._walk([s for s in kept.node.body.body if s is not kept.last])
            else:
                if isinstance(line, cst.With) and self._is_opened(line):
                    self.opened.append(line)
                for inner in self._blocks(line):
                    self._walk(inner)
        if len(block) == gone and block:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(block[0]))

    def _is_opened(self, line: cst.With) -> bool:
        """Whether a `with` only holds the response of a request that goes."""
        return len(line.items) == 1 and self.is_going(self.values.denoted(line.items[0].item))

    def _polls(self, line: cst.CSTNode) -> bool:
        return any(
            call.op is Op.RETRIEVE_RUN and self._tree.is_inside(call.call, line)
            for call in self.here
        )

    def _blocks(self, line: cst.CSTNode) -> Iterator[Sequence[cst.CSTNode]]:
        """The blocks of a compound statement."""
        parts: list[cst.CSTNode | None] = [line]
        while parts:
            part = parts.pop(0)
            body = getattr(part, "body", None)
            if part is None or not isinstance(body, cst.BaseSuite):
                continue
            if isinstance(body, cst.IndentedBlock):
                yield body.body
            if isinstance(part, cst.Try):
                parts += [*part.handlers, part.orelse, part.finalbody]
            elif isinstance(part, (cst.If, cst.For, cst.While)):
                parts.append(part.orelse)

    def _check_taken(self) -> None:
        """Refuse where a request goes on being sent that should go."""
        if not self.loops:
            reason = Reason.POLLING_NOT_UNDERSTOOD
            raise RefusedError(reason, self._tree.show_line(self.start.call))
        for call in self.here:
            if call.op is Op.RETRIEVE_RUN and not self.is_removed(call.call):
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(call.call))
            if call.op is Op.ADD_MESSAGE and not self.is_removed(call.call):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(call.call))

    def is_removed(self, node: cst.CSTNode) -> bool:
        """Whether a node is not there any more."""
        if any(self._tree.is_inside(node, line) for line in self.gone):
            return True
        if any(self._tree.is_inside(node, line.items[0]) for line in self.opened):
            return True
        for loop in self.loops:
            if self._tree.is_inside(node, loop.node):
                return not any(
                    self._tree.is_inside(node, kept.node.body)
                    or (
                        isinstance(kept.node, cst.If) and self._tree.is_inside(node, kept.node.test)
                    )
                    for kept in loop.kept
                )
        return False

    def maximal(self, root: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """The expressions below a node that hold an answer or a part, none inside of another."""
        for node in self._tree.own(root):
            if not isinstance(node, cst.BaseExpression) or isinstance(node, cst.Await):
                continue
            if self.values.denoted(node) is None or not self._is_read(node):
                continue
            around = self._tree.parent(node)
            while isinstance(around, (cst.Await, cst.Attribute, cst.Arg)):
                around = self._tree.parent(around)
            if isinstance(around, cst.BaseExpression) and self.values.denoted(around) is not None:
                if self._is_value(node, around):
                    continue
            yield node

    def _is_value(self, node: cst.BaseExpression, around: cst.BaseExpression) -> bool:
        """Whether an expression is what another one takes a part of."""
        if isinstance(around, cst.Call) and self.values.call_of(around) is not None:
            return False
        if isinstance(around, cst.Subscript):
            return self._tree.is_inside(node, around.value)
        return True

    def _is_read(self, node: cst.BaseExpression) -> bool:
        if not isinstance(node, cst.Name):
            return True
        return any(use is node for use in self._program.scopes.uses(node.value))
