"""The request of `POST /v1/threads/runs`: the body's members."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.template import Capture, render
from callmend.languages.ecmascript.tree import field, items, member_value, text, unwrapped
from callmend.reasons import Reason
from callmend.targets.workflow.pathid import path_identity
from callmend.targets.workflow.request import RequestPlan


class AssistantsRequest(RequestPlan):
    """`workflow_id` becomes `assistant_id`, `input` becomes `thread`."""

    def _body(self) -> Iterator[Edit]:
        if self._parts.workflow_id is not None:
            yield from self._renamed(self._parts.workflow_id, b"assistant_id")
        elif self._path_identity() is not None:
            where = self._parts.input.start_byte
            inserted = b"".join(self._joined(self._parts.input, [b"assistant_id"]))
            yield Edit(where, where, inserted)
        else:
            raise RefusedError(Reason.NO_WORKFLOW_ID)
        yield from self._thread(self._parts.input)
        if self._site.settings.stream:
            yield from self._streaming()

    def _path_identity(self) -> Capture | None:
        return path_identity(self._site, self._anchor)

    def _thread(self, member: Node) -> Iterator[Edit]:
        """`input: {message, ...}` becomes `thread: {messages}`; its braces and layout stay."""
        pair = self._template.find("pair", b"messages:")
        inner = render(self._template, pair.start_byte, pair.end_byte, self._fill)
        key = field(member, "key")
        value = unwrapped(member_value(member))
        if key is not None and key.type == "string":
            quote = text(key)[:1]
            inner = quote + b"messages" + quote + inner.removeprefix(b"messages")
        if value.type != "object" or key is None or not items(value):
            self._keep_comments(member, [self._parts.message])
            name = b"thread" if key is None or key.type != "string" else text(key)[:1] + b"thread"
            name += b"" if key is None or key.type != "string" else text(key)[:1]
            yield Edit(member.start_byte, member.end_byte, name + b": { " + inner + b" }")
            return
        yield from self._renamed(member, b"thread")
        inside = items(value)
        comments = self._stray_comments(value, inside)
        if comments:
            eol = self._source.eol_at(value.start_byte)
            indent = self._source.indent_at(inside[0].start_byte)
            if inside[0].start_point[0] == value.start_point[0]:
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._line(value)}")
            inner = b"".join(text(c) + eol + indent for c in comments) + inner
        yield Edit(inside[0].start_byte, inside[-1].end_byte, inner)
