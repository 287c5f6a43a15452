"""A hand-written request that starts a run whose thread was made before, or is made with it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, flat, has_comments, render
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.raw_parts import body_of
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change, Editor
from callmend.targets.responses.python_raw_request import (
    COMMENT,
    STORED,
    RunBody,
    as_sdk,
)


class ApartRun(RunBody):
    """Writes the request; a thread is a conversation now, and what it is asked is on that.

    A thread that is made with the run is none any more: what it is asked is the input.
    """

    def __init__(
        self,
        program: Program,
        calls: Sequence[RawCall],
        start: RawCall,
        settings: Settings,
        editor: Editor,
    ) -> None:
        every = [as_sdk(call) for call in calls]
        own = next(s for s, call in zip(every, calls, strict=True) if call is start)
        super().__init__(program, own, every, settings)
        self._call = start
        self._editor = editor

    def write(self, *, kept: bool) -> list[Note]:
        """The body of the new request; what is to be told of it.

        Args:
            kept: whether the thread may be one of the old API's.

        Raises:
            RefusedError: a parameter has no counterpart.
        """
        body = body_of(self._program, self._call)
        if body.shared:
            raise RefusedError(Reason.BODY_SHARED, self._tree.show_line(body.given))
        given = self._parameters(body, self._call)
        messages: list[Doc] = []
        if "thread" in given:
            messages += self._listed(given["thread"])
        if "additional_messages" in given:
            messages += self._items(given["additional_messages"])
        if self._call.holes:
            self.conversation = self._spelt(self._call.holes[0])
        elif not messages:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        asked = self._input(messages)
        elements: list[tuple[str, Doc]] = [*self._elements(given), ("input", asked)]
        if has_comments(body.obj):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(body.obj))
        if body.definition is not None and self._call.holes:
            self._check_at(self._call.holes[0], body.obj)
        like = self._tree.source(body.obj)
        quoted = self._editor.quoted
        broken = "\n" in like
        new = Group(
            "{", tuple((quoted(name, like) + ": ", value) for name, value in elements), "}", broken
        )
        start, end = self._tree.chars(body.obj)
        column = self._program.text.column(start)
        indent = self._editor.indent_at(start)
        text = render(new, self._style, indent, column) if broken else flat(new)
        self._editor.changes.append(Change(start, end, text))
        if kept:
            where = self._tree.span(self._call.call)
            self._notes.append(Note(where, STORED, always=True))
            place = self._tree.chars(self._tree.statement_of(self._call.call))[0]
            lead = self._editor.indent_at(place)
            comment = "".join(f"{line}\n{lead}" for line in COMMENT)
            self._editor.changes.append(Change(place, place, comment, statements=True))
        return self._notes

    def _spelt(self, node: cst.BaseExpression) -> str:
        """An id out of the URL, its texts in the file's quotes."""
        source = self._moved(node)
        if self._tree.around(node, cst.FormattedString) is None:
            return source
        at = self._tree.whole(node)[0]
        for inner in reversed(list(self._tree.below(node))):
            if isinstance(inner, cst.SimpleString) and isinstance(inner.evaluated_value, str):
                start, end = (place - at for place in self._tree.chars(inner))
                new = self._editor.quoted(inner.evaluated_value)
                source = source[:start] + new + source[end:]
        return source
