"""One streamed run of OpenAI's own Python client whose messages are added in other functions."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_sdk import SdkFlow
from callmend.targets.responses.python_sdk_thread import NEEDS, STORED, STORED_COMMENT

#: The calls that stream a run on a thread that is made elsewhere.
STREAMS = ("threads.runs.stream", "threads.runs.create_and_stream")


def is_streamed(call: SdkCall) -> bool:
    """Whether a call streams its run."""
    return call.method in STREAMS or "stream" in (keywords(call.call) or {})


class ApartStream(SdkFlow):
    """Writes a streamed run as a streamed response on a conversation, with an empty input."""

    def __init__(
        self,
        program: Program,
        start: SdkCall,
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
        *,
        kept: bool,
    ) -> None:
        super().__init__(program, start, every, settings, names)
        self._kept = kept

    def _thread_messages(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        thread = given.get("thread_id")
        if thread is None or not is_streamed(self._start):
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(self._start.call))
        self.conversation = self._moved(thread)
        where = self._tree.span(self._start.call)
        self._notes.append(Note(where, NEEDS))
        if self._kept:
            self._notes.append(Note(where, STORED, always=True))
            start = self._tree.chars(self._tree.statement_of(self._start.call))[0]
            indent = self._editor.indent_at(start)
            text = "".join(f"{line}\n{indent}" for line in STORED_COMMENT)
            self._editor.changes.append(Change(start, start, text, statements=True))
        return []
