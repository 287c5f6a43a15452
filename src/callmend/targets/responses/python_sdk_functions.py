"""The functions that a Python file is given for what OpenAI's own client answers."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.helpers import awaiting, load_helper
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import numbered
from callmend.languages.python.sdk import SdkCall
from callmend.languages.python.style import detect
from callmend.languages.python.template import Fill
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import Spelling, function_style
from callmend.targets.responses.python_sdk_request import SdkRequest

CALLS = "function_calls"
TEXT = "checked_text"
MESSAGES = "messages_of"
EVENTS = "answer_events"
_TEMPLATES = {
    CALLS: "function_calls",
    TEXT: "sdk_checked_text",
    MESSAGES: "sdk_messages_of",
    EVENTS: "sdk_answer_events",
}


class Functions:
    """Names and writes the functions that the plan of one call needs.

    ``codes`` are those that were asked for.
    """

    def __init__(self, program: Program, names: Names, call: cst.Call) -> None:
        """``call`` is what the functions are written above."""
        self._program = program
        self._names = names
        self._call = call
        self.codes: list[bytes] = []

    def spelt(self, module: str, name: str) -> str:
        """What the file calls a name of a module; an import is added where it is needed."""
        return Spelling(self._program, self._names, self._call).of(module, name)

    def name(self, function: str, *, awaited: bool = False) -> str:
        """What a function is called in the file, which is given it.

        Args:
            function: one of this module's names.
            awaited: whether what it goes through is awaited.

        Raises:
            RefusedError: what its types are called means something else in the file.
        """
        spelling = Spelling(self._program, self._names, self._call)
        template = load_helper("responses", _TEMPLATES[function])
        code = template.settled({})
        if awaited:
            code = awaiting(code)
        fill = Fill(
            values={"CHUNKS": "stream"}, functions={"typing.Any": spelling.of("typing", "Any")}
        )
        written = template.render(code, fill, function_style(detect(self._program.tree)))
        known = self._names.helpers.get(written)
        if known is None:
            known = numbered(function, spelling.taken().__contains__)
            self._names.helpers[written] = known
        named = written.replace(f"def {function}(", f"def {known}(", 1).encode()
        if named not in self.codes:
            self.codes.append(named)
        return known


class SdkAnswer(SdkRequest):
    """One run whose answer goes through functions of the file."""

    def __init__(
        self,
        program: Program,
        start: SdkCall,
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
    ) -> None:
        super().__init__(program, start, every, settings)
        self._functions = Functions(program, names, start.call)

    def _whole(self, message: str) -> Plan:
        """The plan, with the functions that the file is given for it."""
        kept = " on a conversation" if self.conversation is not None else ""
        edits = tuple(sorted(self._editor.edits()))
        codes = tuple(self._functions.codes)
        return Plan(edits, f"{message}{kept}", tuple(self._notes), codes)
