"""One hand-written request of a run in Python as `POST /v1/responses`: URL, headers and body."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, flat, has_comments, render
from callmend.languages.python.literals import Literal
from callmend.languages.python.messages import Messages
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_flow import RawFlow
from callmend.languages.python.raw_parts import body_of, has_no_body
from callmend.languages.python.request import RequestReader
from callmend.languages.python.sdk import Owner, SdkCall
from callmend.languages.python.values import key_of
from callmend.reasons import Reason
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.responses.python_parts import put_parts
from callmend.targets.responses.python_raw_edits import RawEdits
from callmend.targets.responses.python_sdk_parameters import MAPPED, Parameters
from callmend.targets.responses.python_sdk_request import SdkRequest

_TAKEN = MAPPED | {
    "assistant_id", "thread", "instructions", "model", "stream", "additional_messages",
}  # fmt: skip
_NOT_SENT = (
    "the assistant's id went: the instructions, model and tools that OpenAI kept for it are gone; "
    "give the instructions with --instructions or write them into the request"
)
_TOOLS_NOT_SENT = (
    "the assistant's id went: the model and tools that OpenAI kept for it are gone; what the run "
    "gave is kept"
)
COMMENT = (
    "# Stored thread_... ids ended with the Assistants API;",
    "# a conversation has an id of its own.",
)
STORED = (
    "stored thread_... ids cannot be carried over: where one may still be kept, a new "
    "conversation has to be made"
)
#: How many items a conversation may be made with (`POST /v1/conversations`, `items`).
_MOST_ITEMS = 20


def as_sdk(call: RawCall) -> SdkCall:
    """A request as if OpenAI's client sent it."""
    receiver = call.request.client.receiver if call.request.client is not None else None
    client = receiver if receiver is not None else call.call.func
    return SdkCall(call.endpoint, call.call, client, call.op.value, Owner.OPENAI, awaited=False)


class RunBody(SdkRequest):
    """What a request that starts a run is given, in the words of the new API."""

    def _fields(self, body: Literal, shown: cst.CSTNode) -> dict[str, cst.BaseExpression]:
        given = {key_of(element): element.value for element in body.obj.elements}
        if None in given or len(given) != len(body.obj.elements):
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, self._tree.show_line(shown))
        return {str(name): value for name, value in given.items()}

    def _parameters(self, body: Literal, call: RawCall) -> dict[str, cst.BaseExpression]:
        """The parameters of the run.

        Raises:
            RefusedError: one of them has no counterpart.
        """
        given = self._fields(body, call.call)
        wrong = [name for name in given if name not in _TAKEN]
        if wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        if "stream" in given and self._tree.source(given["stream"]) != "False":
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(given["stream"]))
        if self._settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._check_ids(given)
        return given

    def _elements(self, given: dict[str, cst.BaseExpression]) -> list[tuple[str, Doc]]:
        start = self._start
        elements: list[tuple[str, Doc]] = [("model", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            elements.append(("instructions", instructions))
        if self.conversation is not None:
            elements.append(("conversation", self.conversation))
        parameters = Parameters(
            self._program, self._editor, self._moved, lambda node: self._check_at(node, start.call)
        )
        elements += [(name[:-1], value) for name, value in parameters.arguments(given)]
        self._notes += parameters.notes
        gone = _NOT_SENT if instructions is None else _TOOLS_NOT_SENT
        self._notes.append(Note(self._tree.span(start.call), gone, always=True))
        return elements


class RawRequest(RunBody):
    """The request that starts the run, with what its thread was asked."""

    def __init__(
        self,
        program: Program,
        calls: Sequence[RawCall],
        flow: RawFlow,
        settings: Settings,
        mine: Sequence[RawCall] = (),
    ) -> None:
        """``mine`` are all requests of the file that are sent elsewhere, where that is known."""
        every = [as_sdk(call) for call in calls]
        start = next(s for s, call in zip(every, calls, strict=True) if call is flow.start)
        super().__init__(program, start, every, settings)
        self._raw = flow
        self._editor = Editor(program, flow.start.request, self._style, settings)
        #: The body of the request that starts the run.
        self._body = self._read()
        #: The dict literals of requests that go, in variables of their own.
        self._bodies: list[Literal] = []
        #: Expressions that are read in the new request.
        self.moved: list[cst.CSTNode] = []
        #: The words of its body.
        self.words: frozenset[str] = frozenset()
        self.edits = RawEdits(
            program, settings, self._editor, mine or [flow.start, *flow.here], flow.is_removed
        )

    def _read(self) -> Literal:
        start = self._raw.start
        if start.op is Op.UNREAD_RUN:
            shown = self._tree.show(start.call)
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{shown}`")
        if start.through is not None:
            return body_of(self._program, start)
        return RequestReader(self._program, start.request).envelope().body

    def _moved(self, node: cst.BaseExpression) -> str:
        self.moved.append(node)
        return super()._moved(node)

    # what is asked

    def _given(self) -> dict[str, cst.BaseExpression]:
        """The parameters of the run."""
        return self._parameters(self._body, self._raw.start)

    def _messages_of_the_run(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        flow = self._raw
        found: list[Doc] = []
        if "thread" in given:
            found += self._listed(given["thread"])
        if flow.maker is not None and flow.one_shot:
            made = self._made_with(flow.maker)
            for name, value in made.items():
                if name != "messages":
                    raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(value))
                self._check_moved(value, as_sdk(flow.maker))
                found += self._items(value)
        for call in flow.messages:
            found.append(self._added(call))
        if "additional_messages" in given:
            found += self._items(given["additional_messages"])
        if not found:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        return found

    def _made_with(self, maker: RawCall) -> dict[str, cst.BaseExpression]:
        """The body with which a thread is made; requests may send none."""
        if has_no_body(self._program, maker):
            return {}
        body = body_of(self._program, maker)
        self._bodies.append(body)
        return self._fields(body, maker.call)

    def _added(self, call: RawCall) -> Doc:
        body = body_of(self._program, call)
        given = self._fields(body, call.call)
        if set(given) != {"role", "content"}:
            more = (e for e in body.obj.elements if key_of(e) not in ("role", "content"))
            shown = self._tree.show_line(next(more, call.call))
            raise RefusedError(Reason.MESSAGE_SHAPE, shown)
        self._bodies.append(body)
        named = isinstance(given["content"], cst.Name)
        self._check_moved(given["content"], None if named else as_sdk(call))
        return self._item(given["role"], given["content"], call.call)

    def _check_nothing_between(self, made: SdkCall, node: cst.BaseExpression) -> None:
        low, high = self._tree.order(made.call), self._tree.order(self._start.call)
        block = self._tree.block_of(self._raw.statement)
        for line in block:
            order = self._tree.order(line)
            if not low < order < high or self._tree.is_inside(self._start.call, line):
                continue
            mine = any(self._tree.is_inside(call.call, line) for call in self._every)
            if not mine and not self._raw.goes(line) and not self._is_kept_plain(line):
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(node))

    def _is_kept_plain(self, line: cst.CSTNode) -> bool:
        """Whether a statement computes nothing that a message could be made of."""
        if self._is_a_log(line):
            return True
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if not isinstance(small, cst.Assign):
            return False
        return not any(
            isinstance(inner, (cst.Call, cst.Await, cst.NamedExpr))
            for inner in self._tree.below(small.value)
        )

    # the new request

    def _write_request(self, given: dict[str, cst.BaseExpression], messages: Sequence[Doc]) -> None:
        """The request that starts the run becomes the one that is answered at once."""
        at = self._body.obj
        if self._body.definition is not None:
            for value in self._sources:
                self._check_at(value, at)
        elements = [(name, value) for name, value in self._elements(given)]
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            role, content = only.elements
            only = content[1] if role[1][1:-1] == "user" else only  # type: ignore[index]
        if len(messages) == 1 and isinstance(only, str):
            elements.append(("input", only.removeprefix("*")))
        else:
            elements.append(("input", Group("[", tuple(("", m) for m in messages), "]")))
        quoted = self._editor.quoted
        like = self._tree.source(at)
        pairs = tuple((quoted(name, like) + ": ", value) for name, value in elements)
        start, end = self._tree.chars(at)
        broken = "\n" in self._tree.source(at)
        new = Group("{", pairs, "}", broken)
        if has_comments(at):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(at))
        if broken:
            column = self._program.text.column(start)
            text = render(new, self._style, self._editor.indent_at(start), column)
        else:
            text = flat(new)
        self._editor.changes.append(Change(start, end, text))
        self.words = frozenset(re.findall(r"\w+", text))
        self.edits.address(self._raw.start, "/responses")
        self.edits.head(self._raw.start)

    @property
    def _sources(self) -> list[cst.BaseExpression]:
        """The expressions that move into the new body from other requests."""
        found = []
        for body in self._bodies:
            found += [e.value for e in body.obj.elements if isinstance(e, cst.DictElement)]
        return found

    def _keep_thread(self) -> None:
        """The thread goes on as a conversation, which is made where the thread was."""
        flow = self._raw
        thread = flow.thread_of(flow.start)
        if thread is None:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(flow.start.call))
        self._check_at(thread, flow.start.call)
        self.conversation = self._moved(thread)
        if flow.maker is not None:
            self.to_conversation(flow.maker)

    def to_conversation(self, maker: RawCall) -> None:
        """A request that makes a thread becomes one that makes a conversation.

        Raises:
            RefusedError: it is given what a conversation does not take.
        """
        made = self._made_with(maker)
        if set(made) - {"messages", "metadata"}:
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(maker.call))
        if "messages" in made:
            messages = made["messages"]
            if not isinstance(messages, cst.List) or len(messages.elements) > _MOST_ITEMS:
                raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(messages))
            Messages(self._program).check(messages)
            for listed in messages.elements:
                put_parts(self._program, self._editor, self._style, listed.value)
            for element in body_of(self._program, maker).obj.elements:
                if isinstance(element, cst.DictElement) and element.value is messages:
                    key = self._tree.source(element.key)
                    self._editor.replace(element.key, self._editor.quoted("items", key))
        self.edits.address(maker, "/conversations")
        self.edits.head(maker)
