"""A streamed run of OpenAI's own Python client as the stream of a response."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.event_handlers import EventHandler, HandlerReader
from callmend.languages.python.scopes import numbered, targets_in
from callmend.languages.python.streams import Stream, StreamReader
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_functions import EVENTS, SdkAnswer

#: The events of a response for which a handler's methods are called.
_EVENTS = {
    "on_text_created": "response.content_part.added",
    "on_text_delta": "response.output_text.delta",
    "on_text_done": "response.output_text.done",
    "on_tool_call_created": "response.output_item.added",
    "on_tool_call_done": "response.output_item.done",
    "on_message_done": "response.output_item.done",
}


def _is_method(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)


class SdkStream(SdkAnswer):
    """One run that may be streamed."""

    #: The handler that the stream is given.
    _handler: cst.BaseExpression | None = None

    def _is_streamed(self, given: dict[str, cst.BaseExpression] | None) -> bool:
        """Whether the run is a stream, which may only be asked for in a word."""
        self._handler = None if given is None else given.pop("event_handler", None)
        if self._start.made_up and "stream" in self._start.method:
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(self._start.call))
        asked = (given or {}).get("stream")
        if asked is None:
            return self._start.method.endswith("stream")
        word = self._tree.source(asked)
        if word not in ("True", "False"):
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(asked))
        return word == "True"

    def _streamed(self, given: dict[str, cst.BaseExpression]) -> Plan:
        """The same loop over the events of a response."""
        start = self._start
        around = self._tree.parent(start.call)
        awaited = isinstance(around, cst.Await)
        manager = isinstance(around, cst.WithItem)
        if start.method.endswith("stream") is not manager or (
            start.awaited and not manager and not awaited
        ):
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(start.call))
        messages = self._thread_messages(given)
        for call in self._every:
            asks = call.method in ("threads.messages.list", "threads.runs.retrieve")
            if asks and self._tree.function_of(call.call) is self._function:
                if self._known.key(call) == self._key or self._key is None:
                    raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(call.call))
        if self._handler is not None:
            self._handle(self._handler, tools="tools" in given)
            self._replace(given, messages, stream=True, awaited=start.awaited)
            return self._whole("becomes a streamed responses.create")
        stream = StreamReader(self._program, start.call).stream
        self._check_loop(stream)
        self._through(stream)
        for place, end, new in stream.changes:
            self._editor.changes.append(Change(place, end, new, statements=True))
        for statement in stream.gone:
            self._remove(statement)
        self._unwrap(stream)
        self._head(stream)
        self._replace(given, messages, stream=True, awaited=manager and start.awaited)
        return self._whole("becomes a streamed responses.create")

    def _handle(self, given: cst.BaseExpression, *, tools: bool) -> None:
        """The handler's class takes texts, and a loop over the events calls its methods."""
        start = self._start
        handler = HandlerReader(
            self._program,
            given,
            lambda: self._functions.spelt("types", "SimpleNamespace"),
            awaited=start.awaited,
            tools=tools,
        ).handler
        for name in handler.quiet:
            words = f"nothing calls `{name}` any more: no tools are sent"
            self._notes.append(Note(self._tree.span(given), words))
        for place, end, new in handler.changes:
            self._editor.changes.append(Change(place, end, new, statements=True))
        line, stream = self._until_done()
        name = handler.variable
        if not name:
            taken = self._program.scopes.names_at(start.call)
            name = numbered("handler", lambda word: word in taken)
            statement = self._tree.statement_of(start.call)
            place = self._tree.chars(statement)[0]
            indent = self._editor.indent_at(place)
            made = f"{name} = {self._moved(handler.made)}\n{indent}"
            self._editor.changes.append(Change(place, place, made, statements=True))
        place, end = self._tree.chars(line)
        indent = self._editor.indent_at(place)
        text = self._loop_of(handler, name, stream, line, indent).removeprefix(indent)
        self._editor.changes.append(Change(place, end, text, statements=True))

    def _until_done(self) -> tuple[cst.SimpleStatementLine, str]:
        """`stream.until_done()`, which is all that may be done with the stream, and its name."""
        shown = self._tree.show_line(self._start.call)
        item = self._tree.parent(self._start.call)
        around = None if item is None else self._tree.parent(item)
        if not isinstance(around, cst.With) or len(around.items) != 1 or item is None:
            raise RefusedError(Reason.ASSISTANTS_STREAM, shown)
        definition = next(targets_in(item), None)
        if definition is None:
            raise RefusedError(Reason.ASSISTANTS_STREAM, shown)
        mine, maybe = self._flow.uses(definition)
        calls = [self._tree.parent(p) for use in mine if (p := self._tree.parent(use))]
        call = calls[0] if len(mine) == 1 and not maybe else None
        name = call.func.attr.value if _is_method(call) else ""  # type: ignore[union-attr]
        if not isinstance(call, cst.Call) or name != "until_done":
            node = mine[0] if mine else self._start.call
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(node))
        line = self._line_of(call)
        small = line.body[0]
        value = small.value if isinstance(small, cst.Expr) else None
        awaited = isinstance(value, cst.Await) and value.expression is call
        if (value is not call and not awaited) or awaited is not self._start.awaited:
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(line))
        return line, definition.name

    def _loop_of(
        self, handler: EventHandler, name: str, stream: str, at: cst.CSTNode, indent: str
    ) -> str:
        """The loop that calls a handler's methods for the events of a response."""
        ends = [name for name in ("on_exception", "on_end") if name in handler.methods]
        unit = self._style.indent
        outer = indent + unit if ends else indent
        inner = outer + unit
        event = self._free("event", at)
        wait = "await " if self._start.awaited else ""
        lines = [f"{indent}try:"] if ends else []
        over = "async for" if self._start.awaited else "for"
        events = self._functions.name(EVENTS, awaited=self._start.awaited)
        lines.append(f"{outer}{over} {event} in {events}({stream}):")
        checks = ("sdk_stream_end", "sdk_stream_error")
        lines += [self._check(check, event, at, inner) for check in checks]
        word, before = "if", ""
        for method, kind in _EVENTS.items():
            if method not in handler.methods:
                continue
            if kind != before:
                lines.append(f"{inner}{word} {event}.type == {self._editor.quoted(kind)}:")
            called = self._called(handler, method, f"{wait}{name}.{method}", event, at)
            lines += [inner + unit + line for line in called]
            word, before = "elif", kind
        if "on_exception" in ends:
            failure = self._free("failure", at)
            lines += [f"{indent}except Exception as {failure}:"]
            lines += [f"{indent}{unit}{wait}{name}.on_exception({failure})", f"{indent}{unit}raise"]
        if "on_end" in ends:
            lines += [f"{indent}finally:", f"{indent}{unit}{wait}{name}.on_end()"]
        return "\n".join(lines)

    def _called(
        self, handler: EventHandler, method: str, call: str, event: str, at: cst.CSTNode
    ) -> list[str]:
        """The lines that call a method for an event of its kind, without their indent."""
        unit, quoted = self._style.indent, self._editor.quoted
        if method == "on_text_created":
            given = f"{event}.part.text" if handler.reads_created else ""
            return [
                f"if {event}.part.type == {quoted('output_text')}:",
                f"{unit}{call}({given})",
            ]
        if method == "on_message_done":
            text, part = self._free("text", at), self._free("part", at)
            item = self._free("item", at)
            done = f"{item}.status == {quoted('completed')}"
            return [
                f"{item} = {event}.item",
                f"if {item}.type == {quoted('message')} and {done}:",
                f"{unit}{text} = {quoted('')}",
                f"{unit}for {part} in {item}.content:",
                f"{unit}{unit}if {part}.type == {quoted('output_text')}:",
                f"{unit}{unit}{unit}{text} += {part}.text",
                f"{unit}if {text}:",
                f"{unit}{unit}{call}({text})",
            ]
        if method.startswith("on_tool_call"):
            tool, end = self._free("tool", at), quoted("_call")
            return [
                f"if {event}.item.type.endswith({end}):",
                f"{unit}{tool} = {event}.item.type.removesuffix({end})",
                f"{unit}{call}({tool})",
            ]
        return [f"{call}({event}.{'delta' if method == 'on_text_delta' else 'text'})"]

    def _check_loop(self, stream: Stream) -> None:
        waits = stream.loop.asynchronous is not None
        if waits is not self._start.awaited:
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(stream.loop.iter))

    def _through(self, stream: Stream) -> None:
        """Let the events go through the function that gives those of the answer."""
        name = self._functions.name(EVENTS, awaited=self._start.awaited)
        source = stream.loop.iter
        start, end = self._tree.whole(source)
        self._editor.changes.append(Change(start, start, f"{name}(", statements=True))
        self._editor.changes.append(Change(end, end, ")", statements=True))

    def _unwrap(self, stream: Stream) -> None:
        """Take the lines out of loops and conditions that the new events do not need."""
        text = self._program.text
        for start, end in stream.unwrapping.headers:
            self._editor.changes.append(Change(start, end, "", statements=True))
        for line, size in stream.unwrapping.dedents.items():
            start, _ = text.line_range(line)
            if not any(first <= start < end for first, end in stream.unwrapping.headers):
                self._editor.changes.append(Change(start, start + size, "", statements=True))

    def _head(self, stream: Stream) -> None:
        """What comes first in the loop: the events that end a stream without an answer."""
        text = self._program.text
        first = stream.loop.body.body[0]
        indent = self._editor.indent_at(self._tree.chars(first)[0])
        _, at = text.line_range(text.line(self._tree.chars(stream.loop.iter)[1]))
        event = stream.item
        if stream.deltas:
            event = self._free("event", stream.loop)
            self._editor.changes.append(
                Change(*self._tree.chars(stream.loop.target), event, statements=True)
            )
        failed = "thread.run.failed" in stream.handled
        incomplete = "thread.run.incomplete" in stream.handled
        names = []
        if not (failed and incomplete):
            which = "incomplete" if failed else "failed" if incomplete else "end"
            names.append(f"sdk_stream_{which}")
        names.append("sdk_stream_error")
        if stream.deltas:
            names.append("sdk_stream_text")
        checks = [self._check(name, event, stream.loop, indent, stream.item) for name in names]
        new = "".join(f"{check}\n" for check in checks)
        self._editor.changes.append(Change(at, at, new, statements=True))

    def _free(self, name: str, at: cst.CSTNode) -> str:
        taken = self._program.scopes.names_at(at)
        while name in taken:
            name += "_"
        return name
