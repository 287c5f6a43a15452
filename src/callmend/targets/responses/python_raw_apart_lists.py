"""The lists of messages of hand-written requests in Python: how many, in which order, of what.

A list of one run's messages alone becomes the output of its Response: it is asked for that run, its
thread was made with the run and holds no other, or each message is let in by the run's id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_values import Denoted, Group, Values
from callmend.reasons import Reason
from callmend.routes import Op

#: How many items a page of a conversation has where the request does not say it.
PAGE = 20
_MOST_DEPTH = 6
_Fits = Callable[[cst.BaseExpression], bool]


class ApartLists:
    """Looks at the lists of messages among the requests that are each written by themselves."""

    def __init__(self, program: Program, calls: Sequence[RawCall], values: Values) -> None:
        self._program = program
        self._tree = program.tree
        self._calls = calls
        self._values = values
        self._of_run: dict[int, cst.BaseExpression | None] = {}

    def word(self, value: str | cst.BaseExpression) -> str:
        """What a parameter of a list is; empty where that is not certain."""
        if isinstance(value, str):
            return value
        if isinstance(value, cst.Integer):
            return value.value
        return self._program.resolver.text(value) or ""

    def most(self) -> str | None:
        """How many messages the lists are cut to of which more than the first is read.

        Raises:
            RefusedError: that is not the same for all.
        """
        found: dict[int, RawCall] = {}
        for call in self._calls:
            if call.op is Op.LIST_MESSAGES and not self.reads_first(call):
                most = self.word((call.asked(self._program) or {}).get("limit", str(PAGE)))
                found[min(int(most), PAGE) if most.isdecimal() else PAGE] = call
        if len(found) > 1:
            shown = self._tree.show_line(found[min(found)].call)
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        number = next(iter(found), PAGE)
        return str(number) if number < PAGE else None

    def order(self) -> str:
        """The order of all lists of messages.

        Raises:
            RefusedError: it is not certain, or not the same for all.
        """
        found = {}
        for call in self._calls:
            if call.op is Op.LIST_MESSAGES:
                found[self.word((call.asked(self._program) or {}).get("order", "desc"))] = call
        if len(found) > 1 or set(found) - {"asc", "desc"}:
            call = next(iter(found.values()))
            shown = self._tree.show_line(call.call)
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        return next(iter(found), "desc")

    def reads_first(self, call: RawCall) -> bool:
        """Whether only the first message of a list is read, or the assistant's first."""
        return all(self._is_of_first(node) for node in self._read(call))

    def _read(self, call: RawCall) -> list[cst.BaseExpression]:
        """The expressions that hold the messages of a list."""
        number = next(i for i, other in enumerate(self._calls) if other is call)
        found = []
        for node in self._tree.nodes:
            held = self._values.denoted(node) if isinstance(node, cst.BaseExpression) else None
            if held is None or held.group is not Group.PAGE or number not in held.calls:
                continue
            if held.path == ("data",):
                found.append(node)
        return found  # type: ignore[return-value]  # they are expressions

    def _is_of_first(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        if isinstance(parent, cst.Subscript):
            held = self._values.denoted(parent)
            return held is not None and held.path == ("data", 0)
        if isinstance(parent, (cst.Return, cst.Assign, cst.AnnAssign)):
            return True  # what is read of it there is looked at as well
        if isinstance(parent, cst.For) and isinstance(node, cst.BaseExpression):
            inner = parent.body.body[0]
            if len(parent.body.body) != 1 or not isinstance(inner, cst.If):
                return False
            return self._values.is_of_assistant(inner.test) and ends(
                inner.body, (cst.Return, cst.Break)
            )
        return isinstance(parent, (cst.If, cst.UnaryOperation, cst.AssignTarget))

    # lists of one run alone

    def run_of(self, call: RawCall) -> cst.BaseExpression | None:
        """The id of the run of which a list has the messages; None where it is of more.

        Raises:
            RefusedError: it is of one run alone, whose id is not there, or the user's are read.
        """
        if id(call) not in self._of_run:
            self._of_run[id(call)] = self._found_run(call)
        return self._of_run[id(call)]

    def of_one_run(self) -> frozenset[int]:
        """The numbers of the lists that are of one run alone."""
        return frozenset(
            number
            for number, call in enumerate(self._calls)
            if call.op is Op.LIST_MESSAGES and self.run_of(call) is not None
        )

    def _found_run(self, call: RawCall) -> cst.BaseExpression | None:
        asked = call.asked(self._program)
        if asked is None:
            return None
        run = asked.get("run_id")
        refused = RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        if run is not None:
            held = None if isinstance(run, str) else self._values.denoted(run)
            if isinstance(run, str) or held is None or not held.is_json(Group.RUN, "id"):
                raise refused
            return run
        made = self.makes_its_thread(call)
        if not made and not self._is_let_in_by_run(call):
            return None
        if self.word(asked.get("order", "desc")) != "desc":
            raise refused
        if made and not self.reads_first(call):
            for node in self._read(call):
                if not self._lets_in(node, self._values.is_of_assistant):
                    raise RefusedError(Reason.OTHER_READ, self._tree.show_line(node))
        found = self._id_at(call)
        if found is None:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))
        return found

    def makes_its_thread(self, call: RawCall) -> bool:
        """Whether the thread of a list was made with its run."""
        held = self._values.denoted(call.holes[0]) if call.holes else None
        if held is None or not held.is_json(Group.RUN, "thread_id"):
            return False
        return any(other.op is Op.THREAD_AND_RUN for other in self._calls)

    def _is_let_in_by_run(self, call: RawCall) -> bool:
        """Whether each message is read only where it is of one run."""
        used = [node for node in self._read(call) if not self._is_passed_on(node)]
        return bool(used) and all(self._lets_in(node, self._is_of_run) for node in used)

    def _is_of_run(self, test: cst.BaseExpression) -> bool:
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
            return self._is_of_run(test.left) or self._is_of_run(test.right)
        return self._values.is_of_run(test)

    def _is_passed_on(self, node: cst.CSTNode) -> bool:
        """Whether an expression only gives a list on, to what is looked at as well, or tests it."""
        parent = self._tree.parent(node)
        while isinstance(parent, cst.Await):
            parent = self._tree.parent(parent)
        if isinstance(parent, cst.Arg):
            around = self._tree.parent(parent)
            held = self._values.denoted(around) if isinstance(around, cst.Call) else None
            return held is not None and held.path == ("data",)
        return isinstance(
            parent,
            (cst.Return, cst.Assign, cst.AnnAssign, cst.AssignTarget, cst.If, cst.UnaryOperation),
        )

    def _lets_in(self, node: cst.BaseExpression, fits: _Fits) -> bool:
        """Whether only such messages are read of a list: what goes through it asks for them."""
        if self._is_passed_on(node) or self._is_filtered(node, fits):
            return True
        parent = self._tree.parent(node)
        if isinstance(parent, cst.CompFor):
            return any(fits(condition.test) for condition in parent.ifs)
        if isinstance(parent, cst.For) and len(parent.body.body) == 1 and parent.orelse is None:
            inner = parent.body.body[0]
            return isinstance(inner, cst.If) and inner.orelse is None and fits(inner.test)
        return False

    def _is_filtered(self, node: cst.BaseExpression, fits: _Fits, depth: int = 0) -> bool:
        """Whether a list is one that a comprehension has made of such messages."""
        if depth > _MOST_DEPTH:
            return False
        if isinstance(node, (cst.ListComp, cst.GeneratorExp)):
            comp = node.for_in
            asked = any(fits(condition.test) for condition in comp.ifs)
            return asked or self._is_filtered(comp.iter, fits, depth + 1)
        if isinstance(node, cst.Call) and node.args and isinstance(node.func, cst.Name):
            return self._is_filtered(node.args[0].value, fits, depth + 1)
        if isinstance(node, cst.Name):
            made = [d.value for d in self._values.reaching(node.value, node)]
            return bool(made) and all(
                value is not None and self._is_filtered(value, fits, depth + 1) for value in made
            )
        return False

    def _id_at(self, call: RawCall) -> cst.BaseExpression | None:
        """An expression that is the run's id where a list is asked for."""
        function = self._tree.function_of(call.call)
        starts = [c for c in self._calls if c.starts_a_run]
        if sum(self._tree.function_of(c.call) is function for c in starts) > 1:
            return None  # it may be the other one's
        for other in self._calls:
            # What stands in another function is only taken as it is spelt.
            if other.op is Op.RETRIEVE_RUN and self._is_still_its_id(other.holes[1], call):
                return other.holes[1]
        if not isinstance(function, (cst.FunctionDef, cst.Module)):
            return None
        for name, made in self._program.scopes.bound(function).items():
            held = self._values.named_at(name, call.call)
            if held is not None and held.is_json(Group.RUN, "id"):
                return next(
                    inner
                    for inner in self._tree.below(made[0].node)
                    if isinstance(inner, cst.Name) and inner.value == name
                )
        return None

    def _is_still_its_id(self, node: cst.BaseExpression, call: RawCall) -> bool:
        """Whether an expression with which the run is asked for is its id at a list, too."""
        names = [n for n in self._tree.below(node) if isinstance(n, cst.Name)]
        first = names[0] if names else None
        held: Denoted | None = None
        if first is not None:
            held = self._values.named_at(first.value, call.call)
        if first is node:
            return held is not None and held.is_json(Group.RUN, "id")
        plain = isinstance(node, cst.Subscript) and node.value is first
        return plain and held is not None and held.is_json(Group.RUN)


def ends(block: cst.BaseSuite, kinds: tuple[type[cst.CSTNode], ...]) -> bool:
    """Whether a block's last statement is one of these kinds."""
    last = block.body[-1] if block.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, kinds)
