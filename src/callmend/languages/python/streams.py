"""Streamed runs of OpenAI's own Python client: the loop over the events, and what it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, targets_in
from callmend.languages.python.style import detect
from callmend.languages.python.unwrapping import Unwrapping
from callmend.reasons import Reason

#: A run's events as a response's. The rest has no counterpart.
EVENTS = {
    "thread.message.delta": "response.output_text.delta",
    "thread.run.created": "response.created",
    "thread.run.queued": "response.queued",
    "thread.run.in_progress": "response.in_progress",
    "thread.run.completed": "response.completed",
    "thread.run.failed": "response.failed",
    "thread.run.incomplete": "response.incomplete",
}
_DELTA = "thread.message.delta"
#: Where the name of an event's class is parted: `ThreadMessageDelta`.
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: What is read of a run in an event, and of the response there.
_OF_RUN = {
    "id": "id",
    "status": "status",
    "last_error": "error",
    "incomplete_details": "incomplete_details",
}
#: The way from an event's `data.delta` to the piece of text.
_PATH = {
    ("delta", "content"): "parts",
    ("part", "text"): "text",
    ("text", "value"): "value",
}


@dataclass
class Stream:
    """One stream: its loop, and what has to change in it.

    ``item`` is the loop's variable: the event, or where ``deltas`` is set the text itself.
    ``changes`` are ranges of characters with what replaces them, ``gone`` statements that go,
    ``handled`` the events, by their old names, that the file asks for.
    """

    loop: cst.For
    item: str
    deltas: bool
    unwrapping: Unwrapping
    changes: list[tuple[int, int, str]] = field(default_factory=list)
    gone: list[cst.CSTNode] = field(default_factory=list)
    handled: set[str] = field(default_factory=set)


class StreamReader:
    """Reads what one call streams.

    Raises:
        RefusedError: the stream is read in another way, or something of an event is read that the
            new events do not have.
    """

    def __init__(self, program: Program, call: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._quote = detect(program.tree).quote
        self._gone: list[cst.CSTNode] = []
        source = self._source(call)
        self._is_deltas = isinstance(source, cst.Attribute)
        loop = self._tree.parent(source)
        refused = self._refused(source)
        if not isinstance(loop, cst.For) or loop.iter is not source or loop.orelse is not None:
            raise refused
        if not isinstance(loop.target, cst.Name) or not isinstance(loop.body, cst.IndentedBlock):
            raise refused
        unwrapping = Unwrapping(program)
        self.stream = Stream(loop, loop.target.value, self._is_deltas, unwrapping, gone=self._gone)
        if isinstance(source, cst.Attribute):
            self._change(source, self._tree.source(source.value))
            return
        [definition] = targets_in(loop)
        mine, maybe = self._flow.uses(definition)
        if maybe:
            raise self._refused(maybe[0])
        self._found = False
        for use in mine:
            self._use(use)
        if not self._found:
            raise self._refused(loop.iter)

    def _refused(self, node: cst.CSTNode) -> RefusedError:
        return RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(node))

    def _change(self, node: cst.CSTNode, new: str) -> None:
        self.stream.changes.append((*self._tree.chars(node), new))

    # the loop

    def _source(self, call: cst.Call) -> cst.BaseExpression:
        """The expression that a loop goes over."""
        node: cst.BaseExpression = call
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Await):
            node, parent = parent, self._tree.parent(parent)
        if isinstance(parent, cst.For):
            return node
        definition: Definition | None = None
        if isinstance(parent, cst.WithItem):
            around = self._tree.parent(parent)
            if isinstance(around, cst.With) and len(around.items) == 1:
                definition = next(targets_in(parent), None)
        elif isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            definition = next(targets_in(parent), None)
        if definition is None:
            raise self._refused(call)
        mine, maybe = self._flow.uses(definition)
        if maybe:
            raise self._refused(maybe[0])
        loops = [found for use in mine if (found := self._read_by(use)) is not None]
        if len(loops) != 1:
            raise self._refused(call)
        return loops[0]

    def _read_by(self, use: cst.Name) -> cst.BaseExpression | None:
        """What a loop goes over, where a use of the stream's variable is that."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.For):
            return use
        if isinstance(parent, cst.Attribute):
            around = self._tree.parent(parent)
            if parent.attr.value == "text_deltas" and isinstance(around, cst.For):
                return parent
            if parent.attr.value == "until_done" and isinstance(around, cst.Call):
                line = self._tree.statement_of(around)
                small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
                value = small.value if isinstance(small, cst.Expr) else None
                if value is around or (isinstance(value, cst.Await) and value.expression is around):
                    self._gone.append(line)
                    return None
        raise self._refused(parent or use)

    # which event it is

    def _use(self, use: cst.Name) -> None:
        parent = self._tree.parent(use)
        asked = self._class_asked_for(use)
        if asked is not None:
            self._of_class(use, *asked)
            return
        if isinstance(parent, cst.Attribute) and parent.attr.value == "event":
            self._kind(parent)
        elif isinstance(parent, cst.Attribute) and parent.attr.value == "data":
            self._data(parent)
        elif not (isinstance(parent, cst.Arg) and is_logged(self._program, use)):
            raise self._refused(parent or use)

    def _class_asked_for(self, node: cst.CSTNode) -> tuple[cst.Call, str] | None:
        """`isinstance(node, Class)` with a class of the old API: the call, and the class's name."""
        arg = self._tree.parent(node)
        call = None if arg is None else self._tree.parent(arg)
        if not isinstance(call, cst.Call) or len(call.args) != 2 or call.args[0] is not arg:
            return None
        full = self._program.scopes.imported(call.args[1].value)
        known = full.startswith("openai.types.beta.")
        if not known or self._tree.source(call.func) != "isinstance":
            return None
        return call, full.rpartition(".")[2]

    def _of_class(self, use: cst.Name, call: cst.Call, name: str) -> None:
        """Ask for the event's type in the place of its class."""
        old = _event_of(name)
        if old == "thread.run.requires.action":
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(call))
        if old not in EVENTS:
            where = f"no event is like `{name}` in line {self._tree.line(use)}"
            raise RefusedError(Reason.ASSISTANTS_STREAM, where)
        quote = self._quote
        self._change(call, f"{self.stream.item}.type == {quote}{EVENTS[old]}{quote}")
        self.stream.handled.add(old)

    def _kind(self, node: cst.Attribute) -> None:
        words = list(self._words(node))
        if not words and not is_logged(self._program, node):
            raise self._refused(self._tree.parent(node) or node)
        self._change(node, f"{self.stream.item}.type")
        for word in words:
            old = str(word.evaluated_value)
            if old == "thread.run.requires_action":
                raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(word))
            if old not in EVENTS:
                raise RefusedError(
                    Reason.ASSISTANTS_STREAM, f"no event is like `{old}` in line "
                    f"{self._tree.line(word)}",
                )  # fmt: skip
            self._change(word, word.quote + EVENTS[old] + word.quote)
            self.stream.handled.add(old)

    def _words(self, node: cst.BaseExpression) -> Iterator[cst.SimpleString]:
        """The strings that an event's name is compared with."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Comparison) and parent.left is node:
            if len(parent.comparisons) != 1:
                return
            target = parent.comparisons[0]
            given = [target.comparator]
            if isinstance(target.operator, (cst.In, cst.NotIn)):
                listed = target.comparator
                if not isinstance(listed, (cst.Tuple, cst.List, cst.Set)):
                    return
                given = [element.value for element in listed.elements]
            if all(isinstance(one, cst.SimpleString) for one in given):
                yield from (one for one in given if isinstance(one, cst.SimpleString))
        elif isinstance(parent, cst.Match):
            for case in parent.cases:
                pattern = case.pattern
                if isinstance(pattern, cst.MatchValue):
                    if isinstance(pattern.value, cst.SimpleString):
                        yield pattern.value

    def _is_for(self, node: cst.CSTNode, names: frozenset[str]) -> bool:
        """Whether a node's code runs for events of these names only."""
        for guard in self._flow.guards(node, self.stream.loop):
            parts = guard.condition.split(" and ")
            if guard.holds and any(self._asks_for(part, names) for part in parts):
                return True
        for parent in self._tree.ancestors(node):
            if parent is self.stream.loop:
                return False
            if isinstance(parent, cst.MatchCase) and isinstance(parent.pattern, cst.MatchValue):
                word = parent.pattern.value
                around = self._tree.parent(parent)
                if isinstance(around, cst.Match) and isinstance(word, cst.SimpleString):
                    if self._tree.source(around.subject) == f"{self.stream.item}.event":
                        return word.evaluated_value in names
            if isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And):
                left = " ".join(self._tree.source(parent.left).split())
                if not self._tree.is_inside(node, parent.left) and self._asks_for(left, names):
                    return True
        return False

    def _asks_for(self, condition: str, names: frozenset[str]) -> bool:
        """Whether a condition holds for events of these names only."""
        item = re.escape(self.stream.item)
        named = re.fullmatch(rf"isinstance\({item}, ([\w.]+)\)", condition)
        if named is not None:
            return _event_of(named[1].rpartition(".")[2]) in names
        found = re.fullmatch(rf"{item}\.(?:event|data\.object) (==|in) (.+)", condition)
        if found is None:
            return False
        try:
            value = ast.literal_eval(found[2])
        except (ValueError, SyntaxError):
            return False
        words = {value} if found[1] == "==" else value
        return isinstance(words, (set, list, tuple)) and set(words) <= names

    # what is read of it

    def _data(self, node: cst.Attribute) -> None:
        parent = self._tree.parent(node)
        name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
        if isinstance(parent, cst.Attribute) and name == "object":
            words = list(self._words(parent))
            if [word.evaluated_value for word in words] == [_DELTA]:
                self._kind(parent)
                return
        elif isinstance(parent, cst.Attribute) and name == "delta":
            if not self._is_for(node, frozenset({_DELTA})):
                raise self._refused(parent)
            self._follow(parent, "delta")
            return
        elif isinstance(parent, cst.Attribute) and name in _OF_RUN:
            if self._is_for(node, frozenset(EVENTS) - {_DELTA}):
                item = self.stream.item
                self._change(parent, f"{item}.response.{_OF_RUN[name]}")
                return
        raise self._refused(parent or node)

    def _follow(self, node: cst.BaseExpression, stage: str) -> None:
        """Follow a piece of the message to its text."""
        new = f"{self.stream.item}.delta"
        if stage == "value":
            self._found = True
            self._change(node, new)
            return
        parent = self._tree.parent(node)
        asked = self._class_asked_for(node) if stage == "part" else None
        if asked is not None and asked[1] == "TextDeltaBlock":
            self._is_certain(asked[0])
            return
        if isinstance(parent, cst.Attribute) and parent.value is node:
            found = _PATH.get((stage, parent.attr.value))
            if found is not None:
                self._follow(parent, found)
                return
            if stage == "part" and parent.attr.value == "type":
                self._is_text(parent)
                return
        elif isinstance(parent, cst.Subscript) and parent.value is node and stage == "parts":
            if "".join(self._tree.source(parent.slice[0]).split()) == "0":
                self._follow(parent, "part")
                return
        elif isinstance(parent, cst.For) and parent.iter is node and stage == "parts":
            self._each(parent)
            return
        elif isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.Or):
            if parent.left is node and self._tree.source(parent.right) in ("[]", "()"):
                self._follow(parent, stage)
                return
        elif isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            self._named(parent, stage)
            return
        elif self._is_tested(node, parent):
            self._change(node, new)
            return
        raise self._refused(parent or node)

    def _named(self, assign: cst.Assign, stage: str) -> None:
        target = assign.targets[0].target
        line = self._tree.statement_of(assign)
        if not isinstance(target, cst.Name) or not isinstance(line, cst.SimpleStatementLine):
            raise self._refused(assign)
        mine, maybe = self._flow.uses(Definition(target.value, assign, assign.value))
        if maybe or not mine:
            raise self._refused(assign)
        self._gone.append(line)
        for use in mine:
            self._follow(use, stage)

    def _each(self, loop: cst.For) -> None:
        """`for part in event.data.delta.content:`: there is one piece of text in an event."""
        if not isinstance(loop.target, cst.Name):
            raise self._refused(loop.iter)
        for node in self._tree.own(loop.body):
            if isinstance(node, (cst.Break, cst.Continue)):
                raise self._refused(node)
        [definition] = targets_in(loop)
        mine, maybe = self._flow.uses(definition)
        if maybe or not mine:
            raise self._refused(loop.iter)
        self.stream.unwrapping.take_out(loop, loop.iter)
        for use in mine:
            self._follow(use, "part")

    def _is_text(self, node: cst.Attribute) -> None:
        """`if part.type == "text":` and nothing else: what it holds stays."""
        test = self._tree.parent(node)
        shown = "".join(self._tree.source(test or node).split())
        if not isinstance(test, cst.Comparison) or not shown.endswith(('=="text"', "=='text'")):
            raise self._refused(test or node)
        self._is_certain(test)

    def _is_certain(self, test: cst.BaseExpression) -> None:
        """Take a condition out that holds for each piece of text."""
        around = self._tree.parent(test)
        if isinstance(around, cst.BooleanOperation) and isinstance(around.operator, cst.And):
            if around.left is test:
                start, end = self._tree.whole(around.left)[0], self._tree.whole(around.right)[0]
                self.stream.changes.append((start, end, ""))
                return
        if isinstance(around, cst.If) and around.test is test:
            if not isinstance(self._tree.parent(around), cst.If):
                self.stream.unwrapping.take_out(around, around.test)
                return
        raise self._refused(test)

    def _is_tested(self, node: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
        """Whether only the truth of an expression is asked for."""
        if isinstance(parent, (cst.If, cst.IfExp)):
            return parent.test is node
        if isinstance(parent, cst.UnaryOperation):
            return isinstance(parent.operator, cst.Not)
        return isinstance(parent, cst.BooleanOperation) and isinstance(parent.operator, cst.And)


def _event_of(name: str) -> str:
    """The name of an event by that of its class: `ThreadMessageDelta` is `thread.message.delta`."""
    return _CAPITAL.sub(".", name).lower().replace("in.progress", "in_progress")
