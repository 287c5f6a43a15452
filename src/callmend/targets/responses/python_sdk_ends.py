"""How the runs of a Python file may end, and which of the ends the file looks at itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.handing import Handing
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.tree import Tree
from callmend.reasons import Reason

#: How a response may end without an answer, by the statuses that a run has as well.
_ENDS = ("failed", "cancelled", "incomplete")
_ASKS = ("threads.runs.retrieve", "threads.runs.poll")
_LOOPS = (cst.While, cst.For)
_Test = cst.If | cst.While | cst.IfExp | cst.Assert


class Ends:
    """Reads the comparisons of the runs' statuses."""

    def __init__(self, program: Program, handing: Handing, calls: Sequence[SdkCall]) -> None:
        self._flow = program.flow
        self._tree: Tree = program.tree
        self._handing = handing
        self._calls = calls

    def looked_at(self, start: SdkCall) -> tuple[str, ...] | None:
        """The statuses without an answer that the file looks at for a run; None where at all.

        Where several runs start in a file, only what stands in the function of one is its own.
        """
        stuck = self._stuck()
        starts = [call for call in self._calls if call.starts_a_run]
        function = self._tree.function_of(start.call)
        words: set[str] = set()
        for comparison, compared, holds in self._handing.compared:
            test = self._test_of(comparison)
            if isinstance(test, cst.While):
                continue
            if len(starts) > 1 and self._tree.function_of(comparison) is not function:
                continue
            if "completed" in compared:
                alone = compared == {"completed"} or not holds
                if alone and not self._waits(comparison) and self._decides(test, holds=holds):
                    words |= set(_ENDS)
            elif holds:
                words |= compared
        words -= stuck
        return None if words >= set(_ENDS) else tuple(word for word in _ENDS if word in words)

    def _stuck(self) -> set[str]:
        """The ends for which a loop of the file would ask for the run again for ever."""
        found: set[str] = set()
        compared = {node: (words, holds) for node, words, holds in self._handing.compared}
        for call in self._calls:
            loop = self._loop_of(call.call)
            if call.method not in _ASKS or not isinstance(loop, cst.While):
                continue
            forever = self._tree.source(loop.test) == "True"
            inside = [
                (words, holds)
                for node, (words, holds) in compared.items()
                if self._tree.is_inside(node, loop.body)
            ]
            for status in _ENDS:
                leaves = any((status in words) is holds for words, holds in inside)
                if (forever or _holds(loop.test, compared, status)) and not leaves:
                    found.add(status)
        return found

    def _decides(self, test: _Test | None, *, holds: bool) -> bool:
        """Whether a condition parts what is done with an answer from what is done without."""
        if not isinstance(test, cst.If):
            return test is not None
        reads = [call for call in self._calls if call.method == "threads.messages.list"]
        inside = any(self._tree.is_inside(call.call, test.body) for call in reads)
        return test.orelse is not None or self._flow.leaves(test.body) or (holds and inside)

    def check_loops(self) -> None:
        """Refuse a loop that goes on for a completed run: a response is completed at once.

        Raises:
            RefusedError: there is one.
        """
        found = {node: (words, holds) for node, words, holds in self._handing.compared}
        for node in found:
            loop = self._test_of(node)
            if isinstance(loop, cst.While) and _holds(loop.test, found):
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(loop.test))

    def _test_of(self, node: cst.CSTNode) -> _Test | None:
        """The statement or expression whose condition a comparison is a part of."""
        kinds = (cst.If, cst.While, cst.IfExp, cst.Assert)
        found = next((p for p in self._tree.ancestors(node) if isinstance(p, kinds)), None)
        return found if found is not None and self._tree.is_inside(node, found.test) else None

    def _waits(self, node: cst.CSTNode) -> bool:
        """Whether the loop around a node asks for a run again."""
        loop = self._loop_of(node)
        return loop is not None and any(
            call.method in _ASKS and self._loop_of(call.call) is loop for call in self._calls
        )

    def _loop_of(self, node: cst.CSTNode) -> cst.CSTNode | None:
        for parent in self._tree.ancestors(node):
            if isinstance(parent, cst.FunctionDef):
                return None
            if isinstance(parent, _LOOPS):
                return parent
        return None


def _holds(
    test: cst.BaseExpression,
    compared: Mapping[cst.Comparison, tuple[frozenset[str], bool]],
    status: str = "completed",
) -> bool | None:
    """Whether a condition holds for a run of a status; None where that is not known."""
    if isinstance(test, cst.BooleanOperation):
        sides = [_holds(side, compared, status) for side in (test.left, test.right)]
        decides = isinstance(test.operator, cst.Or)
        if decides in sides:
            return decides
        return None if None in sides else not decides
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        inner = _holds(test.expression, compared, status)
        return None if inner is None else not inner
    if not isinstance(test, cst.Comparison) or test not in compared:
        return None
    words, holds = compared[test]
    return (status in words) is holds
