"""One run of OpenAI's own Python client: the places of its calls, and what it is asked."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, dedented
from callmend.languages.python.literals import is_logged
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.request import MESSAGE_KEYS
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.style import detect
from callmend.languages.python.tree import Statement
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.responses.python_parts import content_of
from callmend.targets.responses.python_sdk_unfit import (
    check_messages,
    check_thread,
    unfit_message,
)


class SdkRun:
    """One call that starts a run, and what stands before it.

    ``calls`` are the other calls of the flow, which go with it; its assistant's making is one.
    """

    def __init__(
        self, program: Program, start: SdkCall, every: Sequence[SdkCall], settings: Settings
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = program.flow
        self._start = start
        self._every = every
        self._settings = settings
        self._style = detect(program.tree)
        self._editor = Editor(program, None, self._style, settings)
        self._function = self._tree.function_of(start.call)
        self._statement = self._tree.statement_of(start.call)
        self._notes: list[Note] = []
        self.calls: list[SdkCall] = []

    # the start

    def _variable(self, call: SdkCall) -> str:
        """The name that a call's result is assigned to."""
        value: cst.CSTNode = call.call
        parent = self._tree.parent(value)
        if isinstance(parent, cst.Await):
            value, parent = parent, self._tree.parent(parent)
        elif call.awaited:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))
        if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
            target = parent.targets[0].target
            if isinstance(target, cst.Name):
                return target.value
        raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))

    def _line_of(self, node: cst.CSTNode) -> cst.SimpleStatementLine:
        statement = self._tree.statement_of(node)
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(node))
        return statement

    def _drop_last(self, line: cst.CSTNode) -> None:
        """Remove the last statement of a block, up to its end."""
        block = self._tree.block_of(self._line_of(line))
        place, end = self._tree.chars(line)
        start = self._tree.chars(block[-2])[1]
        if self._program.text.text[start:place].strip():
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(line))
        self._editor.changes.append(Change(start, end, "", statements=True))

    def _between(self, statement: cst.CSTNode) -> list[cst.CSTNode] | None:
        """What runs between a statement and the start; None where the start may run without it.

        The start may stand in a `with` or a `try` behind the statement, whose header counts.
        """
        found: list[cst.CSTNode] = []
        inner: Statement = self._statement
        while True:
            block = list(self._tree.block_of(inner))
            place = next(i for i, other in enumerate(block) if other is inner)
            for number, other in enumerate(block[:place]):
                if other is statement:
                    return [*block[number + 1 : place], *found]
            found = [*block[:place], *found]
            holder = self._tree.holder_of(inner)
            if isinstance(holder, cst.With):
                found = [*holder.items, *found]
            elif not isinstance(holder, cst.Try):
                return None
            inner = self._tree.statement_of(holder)

    def _behind(self, node: cst.CSTNode) -> bool:
        """Whether a node stands behind the start, where it has certainly run.

        What follows a `try` does so, too, where each of its handlers leaves.
        """
        statement: Statement = self._statement
        while True:
            block = self._tree.block_of(statement)
            place = next((i for i, other in enumerate(block) if other is statement), len(block))
            behind = list(block[place + 1 :])
            around = self._tree.holder_of(statement)
            within = isinstance(around, cst.Try) and self._tree.is_inside(statement, around.body)
            if isinstance(around, cst.Try) and around.orelse is not None and within:
                behind.append(around.orelse)
            if any(self._tree.is_inside(node, other) for other in behind):
                return True
            if not isinstance(around, cst.Try) or not within:
                return False
            if not all(self._flow.leaves(handler.body) for handler in around.handlers):
                return False
            statement = around

    # the messages

    def _made_up_messages(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        refused = RefusedError(Reason.NO_MESSAGE, self._tree.show_line(self._start.call))
        value = given.get("input") or given.get("inputs")
        if value is None or ("input" in given and "inputs" in given):
            raise refused
        if not isinstance(value, cst.Dict):
            if not Messages(self._program).is_text(value):
                raise refused
            return [self._moved(value)]
        if len(value.elements) != 1 or key_of(value.elements[0]) not in MESSAGE_KEYS:
            raise refused
        text = value.elements[0].value
        if isinstance(self._program.resolver.single(text), (cst.Dict, cst.List)):
            raise refused
        return [self._moved(text)]

    def _take(self, call: SdkCall) -> None:
        """Remove the statement of a call that goes."""
        self._remove(call.call)
        self.calls.append(call)

    def _remove(self, node: cst.CSTNode) -> None:
        """Remove the statement that a node stands in."""
        statement = self._line_of(node)
        if len(self._tree.block_of(statement)) == 1:
            raise RefusedError(Reason.NEEDS_BRACES, self._tree.show_line(node))
        self._check_comments(statement)
        self._editor.changes.append(self._editor.line_of(statement))

    def _check_comments(self, node: cst.CSTNode) -> None:
        """Refuse a comment inside of what goes; one above it stays."""
        start, _ = self._tree.chars(node)
        for inner in self._tree.below(node):
            if isinstance(inner, cst.Comment) and self._tree.chars(inner)[0] >= start:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")

    def _lift_comments(self, call: cst.CSTNode) -> None:
        """Put the comments on lines of their own inside of a call above its statement.

        That is where an argument was commented out (`# instructions=...`).

        Raises:
            RefusedError: one stands behind an argument, which it may be about.
        """
        text, place = self._program.text, self._tree.chars(self._tree.statement_of(call))[0]
        indent, lifted = self._editor.indent_at(place), ""
        for inner in self._tree.below(call):
            if isinstance(inner, cst.Comment):
                start = self._tree.chars(inner)[0]
                if text.text[text.line_range(text.line(start))[0] : start].strip():
                    raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(inner)}")
                lifted += f"{inner.value}\n{indent}"
        if lifted:
            beside = [c for c in self._editor.changes if c.start == c.end == place]
            self._editor.changes = [c for c in self._editor.changes if c not in beside]
            above = "".join(change.text for change in beside)
            self._editor.changes.append(Change(place, place, above + lifted, statements=True))

    def _message_of(self, call: SdkCall) -> Doc:
        given = keywords(call.call)
        if given is None or set(given) != {"thread_id", "role", "content"}:
            raise unfit_message(self._program, call)
        small = self._line_of(call.call).body[0]
        if isinstance(small, cst.Assign):
            target = small.targets[0].target
            if not isinstance(target, cst.Name) or self._program.scopes.uses(target.value):
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(call.call))
        elif not isinstance(small, cst.Expr):
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(call.call))
        named = isinstance(given["content"], cst.Name)
        self._check_moved(given["content"], None if named else call)
        return self._item(given["role"], given["content"], call.call)

    def _check_moved(self, node: cst.BaseExpression, made: SdkCall | None = None) -> None:
        """Refuse a message that would be computed later than it is and be another one then."""
        plain = (cst.Dict, cst.List, cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
        if made is not None and (
            not isinstance(node, plain)
            or any(isinstance(n, (cst.Call, cst.Attribute, cst.Subscript, cst.StarredElement))
                   for n in self._tree.below(node))
        ):  # fmt: skip
            self._check_nothing_between(made, node)
        self._check_at(node, self._start.call)

    def _check_at(self, node: cst.BaseExpression, at: cst.CSTNode) -> None:
        """Refuse an expression that would mean something else at another place."""
        for inner in self._tree.below(node):
            if isinstance(inner, (cst.Await, cst.NamedExpr)):
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))
            if isinstance(inner, cst.Name) and self._program.scopes.scope_of(inner.value, inner):
                here = self._flow.definition(inner.value, inner)
                if here != self._flow.definition(inner.value, at):
                    raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{inner.value}`")

    def _check_nothing_between(self, made: SdkCall, node: cst.BaseExpression) -> None:
        for line in self._between(self._line_of(made.call)) or ():
            mine = any(self._tree.is_inside(call.call, line) for call in self._every)
            if not mine and not self._is_a_log(line):
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))

    def _is_a_log(self, line: cst.CSTNode) -> bool:
        """Whether a statement prints or logs, and calls nothing else."""
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            return False
        small = line.body[0]
        call = small.value if isinstance(small, cst.Expr) else None
        if not isinstance(call, cst.Call) or not call.args:
            return False
        inner = [node for arg in call.args for node in self._tree.below(arg)]
        if any(isinstance(node, (cst.Call, cst.Await, cst.NamedExpr)) for node in inner):
            return False
        return is_logged(self._program, call.args[0])

    def _listed(self, thread: cst.BaseExpression) -> list[Doc]:
        check_thread(self._program, thread)
        if not isinstance(thread, cst.Dict) or len(thread.elements) != 1:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(thread))
        if key_of(thread.elements[0]) != "messages":
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(thread))
        return self._items(thread.elements[0].value)

    def _items(self, messages: cst.BaseExpression) -> list[Doc]:
        check_messages(self._program, messages)
        Messages(self._program).check(messages)
        if not isinstance(messages, cst.List):
            return [f"*{self._moved(messages)}"]
        found: list[Doc] = []
        for element in messages.elements:
            value = element.value
            if isinstance(element, cst.StarredElement) or not isinstance(value, cst.Dict):
                found.append(f"*{self._moved(value)}")
                continue
            fields = {key_of(e): e.value for e in value.elements}
            found.append(self._item(fields["role"], fields["content"], value))
        return found

    def _item(
        self, role: cst.BaseExpression, content: cst.BaseExpression, where: cst.CSTNode
    ) -> Doc:
        words = role.evaluated_value if isinstance(role, cst.SimpleString) else None
        if words not in ("user", "assistant"):
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(where))
        quoted = self._editor.quoted
        elements = (
            (quoted("role") + ": ", quoted(str(words))),
            (
                quoted("content") + ": ",
                content_of(self._program, content, role, self._moved, quoted),
            ),
        )
        return Group("{", elements, "}")

    def _moved(self, node: cst.BaseExpression) -> str:
        start, end = self._tree.whole(node)
        indent = self._editor.indent_at(start)
        return dedented(self._program.text.text[start:end].replace("\r\n", "\n"), indent)
