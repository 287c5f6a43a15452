"""How the text of the newest message is read from a list of messages by hand-written requests."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.raw_flow import TEXT, RawFlow
from callmend.languages.python.raw_values import EACH, Denoted, Group, Stage
from callmend.languages.python.tree import is_none
from callmend.reasons import Reason

_OF_FIRST = ("data", EACH, *TEXT[2:])


@dataclass
class Page:
    """What is read of a list of messages.

    ``texts`` are the expressions that are the text, ``present`` and ``absent`` those that ask
    whether there is one; ``loops`` stop at the first message that their `if` lets in, ``logged``
    are only shown in a log.
    """

    texts: list[cst.BaseExpression] = made(default_factory=list)
    present: list[cst.BaseExpression] = made(default_factory=list)
    absent: list[cst.BaseExpression] = made(default_factory=list)
    loops: list[cst.For] = made(default_factory=list)
    logged: list[cst.BaseExpression] = made(default_factory=list)
    default: cst.BaseExpression | None = None


def read_page(program: Program, flow: RawFlow) -> Page:
    """What the code behind a flow's list of messages reads of it.

    Raises:
        RefusedError: it is another thing than the newest message's text.
    """
    return _Reader(program, flow).read()


class _Reader:
    def __init__(self, program: Program, flow: RawFlow) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = flow
        self._values = flow.values
        self._page = Page()

    def read(self) -> Page:
        for node in self._tree.own(self._flow.function):
            if isinstance(node, cst.For) and self._is_of_messages(node):
                self._first(node)
        for node in self._flow.maximal(self._flow.function):
            held = self._values.denoted(node)
            if held is None or held.group is not Group.PAGE or held.stage is not Stage.JSON:
                continue
            if not self._flow.is_removed(node) and not self._is_header(node):
                self._reading(node, held)
        if not self._page.texts:
            shown = self._tree.show_line(self._flow.page.call)
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        return self._page

    def _unclear(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))

    # loops

    def _is_of_messages(self, loop: cst.For) -> bool:
        held = self._values.denoted(loop.iter)
        return held is not None and held.is_json(Group.PAGE, "data")

    def _first(self, loop: cst.For) -> None:
        """A loop that stops at the newest message of the assistant."""
        body = list(loop.body.body)
        inner = body[0] if len(body) == 1 else None
        if not isinstance(inner, cst.If) or inner.orelse is not None or loop.orelse is not None:
            raise self._unclear(loop.iter)
        blocks = isinstance(loop.body, cst.IndentedBlock) and isinstance(
            inner.body, cst.IndentedBlock
        )
        if not blocks or not self._values.is_of_assistant(inner.test):
            raise self._unclear(inner.test)
        last = inner.body.body[-1]
        small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
        if not isinstance(small, (cst.Break, cst.Return)):
            raise self._unclear(loop.iter)
        for node in self._tree.own(inner.body):
            if isinstance(node, (cst.Break, cst.Continue)) and node is not small:
                raise self._unclear(node)
        self._page.loops.append(loop)

    def _is_header(self, node: cst.CSTNode) -> bool:
        """Whether a node stands in the header of a loop or of its `if`, both of which go."""
        for loop in self._page.loops:
            inner = loop.body.body[0]
            test = inner.test if isinstance(inner, cst.If) else loop.iter
            if self._tree.is_inside(node, loop.iter) or self._tree.is_inside(node, test):
                return True
        return any(
            self._tree.is_inside(node, comp) and self._values.denoted(comp) is not None
            for comp in self._tree.ancestors(node)
            if isinstance(comp, (cst.ListComp, cst.Call))
        )

    # readings

    def _reading(self, node: cst.BaseExpression, held: Denoted) -> None:
        if held.path == TEXT or (held.path == _OF_FIRST and self._is_in_a_loop(node)):
            default = held.default
            if default is not None and not is_none(default):
                if not isinstance(default, cst.SimpleString) or self._page.default is not None:
                    raise self._unclear(node)
                self._page.default = default
            self._page.texts.append(node)
            return
        if is_logged(self._program, node) and EACH not in held.path:
            self._page.logged.append(node)
            return
        found = self._question(node, held)
        if found is None:
            raise self._unclear(node)
        asked, positive = found
        (self._page.present if positive else self._page.absent).append(asked)

    def _is_in_a_loop(self, node: cst.CSTNode) -> bool:
        return any(self._tree.is_inside(node, loop.body) for loop in self._page.loops)

    def _question(
        self, node: cst.BaseExpression, held: Denoted
    ) -> tuple[cst.BaseExpression, bool] | None:
        """An expression that asks whether there is an answer, and whether it holds if there is."""
        path = held.path
        if EACH in path and not self._is_in_a_loop(node):
            return None
        plain = path[:1] == ("data",) and len(path) <= 6
        parent = self._tree.parent(node)
        asked: cst.BaseExpression = node
        if isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Name):
                return None
            if call.func.value != "len" or path != ("data",):
                return None
            asked, parent = call, self._tree.parent(call)
        if isinstance(parent, cst.Comparison) and len(parent.comparisons) == 1:
            return self._compared(parent, asked, path)
        if isinstance(parent, cst.ComparisonTarget):
            around = self._tree.parent(parent)
            if isinstance(around, cst.Comparison):
                inside = isinstance(parent.operator, cst.In)
                key = self._program.resolver.text(around.left)
                known = key in ("data", "content", "text", "value")
                known &= inside or isinstance(parent.operator, cst.NotIn)
                return (around, inside) if known and self._is_test(around) else None
            return None
        return (asked, True) if plain and self._is_test(asked) else None

    def _compared(
        self, test: cst.Comparison, asked: cst.BaseExpression, path: tuple[str | int, ...]
    ) -> tuple[cst.BaseExpression, bool] | None:
        operator = test.comparisons[0].operator
        shown = self._tree.source(test.comparisons[0].comparator)
        if test.left is not asked or not self._is_test(test):
            return None
        if isinstance(asked, cst.Call):
            wanted = {
                ("0", cst.GreaterThan): True, ("1", cst.GreaterThanEqual): True,
                ("0", cst.NotEqual): True, ("0", cst.Equal): False, ("1", cst.LessThan): False,
            }.get((shown, type(operator)))  # fmt: skip
            return None if wanted is None else (test, wanted)
        if shown == "None" and isinstance(operator, (cst.Is, cst.IsNot)):
            return test, isinstance(operator, cst.IsNot)
        word = self._program.resolver.text(test.comparisons[0].comparator)
        expected = {"role": "assistant", "type": "text"}.get(str(path[-1]) if path else "")
        if expected is None or word != expected:
            return None
        if isinstance(operator, (cst.Equal, cst.NotEqual)):
            return test, isinstance(operator, cst.Equal)
        return None

    def _is_test(self, node: cst.BaseExpression) -> bool:
        """Whether only the truth of an expression is asked for."""
        parent = self._tree.parent(node)
        if isinstance(parent, (cst.If, cst.IfExp)):
            return parent.test is node
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        if isinstance(parent, cst.BooleanOperation):
            return self._is_test(parent)
        return False
