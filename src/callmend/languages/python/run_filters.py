"""Loops over a thread's messages that keep those of one run: `if message.run_id == run.id`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.program import Program
from callmend.reasons import Reason

_Change = tuple[int, int, str]


class RunFilters:
    """What is done with each list of messages, by the number of the call that lists them."""

    def __init__(self, program: Program, quote: str) -> None:
        self._tree = program.tree
        self._flow = program.flow
        self._quote = quote
        self._uses: dict[int, list[tuple[cst.CSTNode, list[cst.ListComp]]]] = {}
        #: The lists of chosen messages whose use is looked at.
        self._inside: list[cst.ListComp] = []
        self._found: dict[int, list[tuple[cst.CSTNode, cst.BaseExpression]]] = {}

    def used(self, owner: int, node: cst.CSTNode) -> None:
        """Note a loop over a list, or something else that its messages count for."""
        self._uses.setdefault(owner, []).append((node, list(self._inside)))

    @contextmanager
    def chosen(self, node: cst.ListComp) -> Iterator[None]:
        """Note that what is looked at is done with messages that a list was made of."""
        self._inside.append(node)
        yield
        self._inside.pop()

    def taken(self, owner: int, read: cst.Attribute) -> _Change | None:
        """The change that takes a filter out; None where `message.run_id` is read otherwise.

        The list is then the one of that run's answer, whose messages are the assistant's.
        """
        test = self._tree.parent(read)
        if isinstance(test, cst.ComparisonTarget):
            test = self._tree.parent(test)
        if read.attr.value != "run_id":
            return None
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return None
        [target] = test.comparisons
        sides = (test.left, target.comparator)
        if not isinstance(target.operator, cst.Equal) or not any(side is read for side in sides):
            return None
        loop = self._loop_of(test)
        if loop is None:
            return None
        run = sides[1] if sides[0] is read else sides[0]
        self._found.setdefault(owner, []).append((loop, run))
        around = self._tree.parent(test)
        if isinstance(around, cst.BooleanOperation):
            left, right = self._tree.whole(around.left), self._tree.whole(around.right)
            # `a.run_id == run.id and ...`, and the other way round.
            return (left[0], right[0], "") if around.left is test else (left[1], right[1], "")
        message = self._tree.source(read.value)
        quote = self._quote
        return (*self._tree.chars(test), f"{message}.role == {quote}assistant{quote}")

    def _loop_of(self, test: cst.BaseExpression) -> cst.CSTNode | None:
        """The loop all of whose work is done for what a test keeps."""
        whole: cst.BaseExpression = test
        around = self._tree.parent(whole)
        while isinstance(around, cst.BooleanOperation):
            if not isinstance(around.operator, cst.And):
                return None
            whole, around = around, self._tree.parent(around)
        if isinstance(around, cst.CompIf):
            return self._tree.parent(around)
        if not isinstance(around, cst.If) or around.test is not whole or around.orelse is not None:
            return None
        block = self._tree.parent(around)
        loop = None if block is None else self._tree.parent(block)
        alone = isinstance(block, cst.IndentedBlock) and len(block.body) == 1
        return loop if alone and isinstance(loop, cst.For) and loop.body is block else None

    def run_of(self, owner: int, call: cst.Call) -> cst.BaseExpression | None:
        """The id of the run whose messages alone are used; None where no filter stands.

        Raises:
            RefusedError: others are used as well, or the id is another one where they are listed.
        """
        found = self._found.get(owner)
        if found is None:
            return None
        refused = RefusedError(Reason.OTHER_READ, self._tree.show_line(found[0][1]))
        made = self._tree.parent(found[0][0])
        uses = [
            node
            for node, inside in self._uses.get(owner, [])
            if not any(one is made for one in inside)
        ]
        if len(found) != 1 or len(uses) != 1 or uses[0] is not found[0][0]:
            raise refused
        run = found[0][1]
        root = run.value if isinstance(run, cst.Attribute) else run
        if not isinstance(root, cst.Name):
            raise refused
        name = root.value
        if self._flow.definition(name, root) != self._flow.definition(name, call):
            raise refused
        return run
