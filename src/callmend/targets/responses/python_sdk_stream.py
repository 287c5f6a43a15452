"""A streamed run of OpenAI's own Python client as the stream of a response."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.streams import Stream, StreamReader, unlike
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_request import SdkRequest


class SdkStream(SdkRequest):
    """One run that may be streamed."""

    def _is_streamed(self, given: Mapping[str, cst.BaseExpression] | None) -> bool:
        """Whether the run is a stream, which may only be asked for in a word."""
        handler = (given or {}).get("event_handler")
        if handler is not None:
            raise RefusedError(Reason.ASSISTANTS_STREAM, unlike(self._program, handler))
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
        stream = StreamReader(self._program, start.call).stream
        self._check_loop(stream)
        for place, end, new in stream.changes:
            self._editor.changes.append(Change(place, end, new, statements=True))
        for statement in stream.gone:
            self._remove(statement)
        self._unwrap(stream)
        self._head(stream)
        self._replace(given, messages, stream=True, awaited=manager and start.awaited)
        kept = " on a conversation" if self.conversation is not None else ""
        edits = tuple(sorted(self._editor.edits()))
        return Plan(edits, f"becomes a streamed responses.create{kept}", tuple(self._notes))

    def _check_loop(self, stream: Stream) -> None:
        waits = stream.loop.asynchronous is not None
        if waits is not self._start.awaited:
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(stream.loop.iter))

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
