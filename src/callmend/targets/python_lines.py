"""A Python call whose stream is read line by line: the live events in the form that is read.

The request becomes the live one where it stands. The lines that its response gives go through one
function of the file, which gives the text in the events that the loop goes on reading.
"""

from __future__ import annotations

import json

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Request
from callmend.languages.python.helpers import awaiting, load_helper
from callmend.languages.python.layout import document, render
from callmend.languages.python.line_loops import EventReader, LineLoop, LoopReader, Shown
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestReader
from callmend.languages.python.scopes import numbered
from callmend.languages.python.template import Fill
from callmend.languages.python.tracing import MARK
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.python_plan import CallPlan
from callmend.targets.python_reading import Names
from callmend.targets.python_spelling import RESPONSES, function_style, literal_style
from callmend.targets.python_stream import ANY, CHUNKS, asks_for_stream

_FUNCTION = "workflow_lines"
#: How deep the longest line stands that is laid out.
_DEEPEST = 32


def line_loop(program: Program, request: Request) -> LineLoop | None:
    """The loop over the lines of a call's response; None where there is none that is followed.

    Raises:
        RefusedError: the stream is read in a way that is not followed.
    """
    client = request.client
    if client is None:
        return None
    try:
        sender = RequestReader(program, request, streams=True).sender(client)
    except RefusedError:
        return None
    return LoopReader(program, client, sender).loop()


class LinesCall(CallPlan):
    """Plans one call whose lines are read; a target says what the request becomes."""

    #: The folder of the target's templates.
    target = ""
    streams = True

    def __init__(
        self,
        program: Program,
        request: Request,
        settings: Settings,
        names: Names,
        loop: LineLoop,
    ) -> None:
        reader = RequestReader(
            program, request, streams=True, needs_id=self.keeps_id, composes=True
        )
        parts = reader.read()
        super().__init__(program, request, settings, names, parts)
        self._loop = loop

    def _id_element(self, key: str) -> list[str]:
        return [*super()._id_element(key), *asks_for_stream(self._parts.body, self._editor, key)]

    def planned(self) -> Plan:
        """The edits of the request and of the loop's header, and the function.

        Raises:
            RefusedError: the events that the loop understands are not certain.
        """
        shown = EventReader(self._program, self._loop).shown()
        self._editor.url(self.path, self._kept_id())
        self._notes += self._editor.base_notes()
        self._headers()
        self._body()
        self._later()
        name, code = self._function(shown)
        response = self._response()
        start, end = self._tree.chars(self._loop.lines)
        new = f"{name}({self._tree.source(response)})"
        self._editor.changes.append(Change(start, end, new, statements=True))
        where = self._tree.span(self._loop.lines)
        pieces = "as it comes" if shown.in_pieces else "at its end, in one piece"
        text = f"`{name}` gives the answer's text {pieces} as `{shown.shown}` of an event"
        self._notes.append(Note(where, text, always=True))
        message = f"{self.becomes}, its events in the form that the file reads"
        return Plan(tuple(sorted(self._editor.edits())), message, tuple(self._notes), code)

    def _response(self) -> cst.BaseExpression:
        """The response whose lines are read."""
        node = self._loop.lines
        if isinstance(node, cst.Call):
            node = node.func
        return node.value if isinstance(node, cst.Attribute) else node

    # the function

    def _function(self, shown: Shown) -> tuple[str, tuple[bytes, ...]]:
        client = self._client
        template = load_helper(self.target, "lines")
        code = template.settled(
            {
                "CHECKS": client.library is not Library.URLLIB,
                "PIECES": shown.in_pieces,
                "ONCE": not shown.in_pieces,
                "WHOLE": not shown.in_pieces or MARK in json.dumps(shown.final),
                "FINAL": shown.final is not None,
                "BLANK": shown.blank and self._loop.named,
                "DONE": shown.done,
            }
        )
        if client.awaited:
            code = awaiting(code)
        spelling = self._spelling()
        functions = spelling.functions(template.calls(code))
        kind = "AsyncIterator" if client.awaited else "Iterator"
        of = "str" if self._loop.text_lines else "bytes"
        fill = Fill(
            values={
                "RESPONSE": spelling.of(*RESPONSES.get(client.library, ANY)),
                "LINES": f"{spelling.of('typing', kind)}[{of}]",
                "CHUNKS": CHUNKS[client.library, client.awaited],
                "GIVEN": self._source(shown.event),
                "ENDING": self._source(shown.final or {}),
                "LINE": self._line(spelling.of("json", "dumps")),
                "EMPTY": self._literal(""),
                "ENDED": self._literal("data: [DONE]"),
            },
            functions=functions,
        )
        written = template.render(code, fill, function_style(self._style))
        name = self._names.helpers.get(written)
        if name is None:
            name = numbered(_FUNCTION, spelling.taken().__contains__)
            self._names.helpers[written] = name
        return name, (written.replace(_FUNCTION, name).encode(),)

    def _source(self, event: dict[str, object]) -> str:
        """An event as a dict literal whose text is the variable `text`."""
        source = _literal(event).replace('"', self._style.quote)
        width = literal_style(self._style, _DEEPEST)
        return render(document(cst.parse_expression(source)), width, "", len("given = "))

    def _literal(self, text: str) -> str:
        end = "\\n" if self._loop.ends else ""
        prefix = "" if self._loop.text_lines else "b"
        return f"{prefix}{self._style.quote}{text}{end}{self._style.quote}"

    def _line(self, dumps: str) -> str:
        quote = self._style.quote
        prefix = "" if self._loop.text_lines else "b"
        line = f"{dumps}(given)" + ("" if self._loop.text_lines else ".encode()")
        if self._loop.named:
            line = f"{prefix}{quote}data: {quote} + {line}"
        return f"{line} + {prefix}{quote}\\n{quote}" if self._loop.ends else line


def _literal(value: object) -> str:
    if value == MARK:
        return "text"
    if isinstance(value, dict):
        inner = (f'"{key}": {_literal(part)}' for key, part in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    text = str(value)
    if '"' in text or "'" in text or "\\" in text or not text.isprintable():
        raise RefusedError(Reason.STREAMING, f"`{text}`")
    return f'"{text}"'
