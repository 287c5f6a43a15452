"""A call whose answer is a stream: asked for in place, and given as the file reads it.

The response goes through one function at the end of the file, which reads the live API's events and
gives the text in the events that the file understands, or in the API's own where the file pipes
the stream on to a reader that is not seen. What fails before its first word comes out as an error
status (or is thrown where the file never looks at it), what fails later breaks the stream off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Transport
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.streams import Streaming, UnreadError, streaming_of
from callmend.languages.ecmascript.streams_events import Reader
from callmend.languages.ecmascript.template import Capture, Fill, Template, load, render
from callmend.languages.ecmascript.tree import (
    descendants,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form, body_edit
from callmend.targets.workflow.half import refuse_polling
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.pathid import said_at
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import RESPONSE, response_type
from callmend.targets.workflow.told import Told, told_notes
from callmend.targets.workflow.urls import url_edits

#: What the code of an event calls by name; a function's other names may be exchanged.
_CALLED = frozenset({b"event", b"final", b"part", b"text", b"whole"})
#: What gives streams that are none of the platform's, and its package.
_OWN_STREAMS = {Transport.NODE_FETCH: "node-fetch", Transport.UNDICI_REQUEST: "undici"}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_SIGN = b"text/event-stream"
_WHOLE = frozenset({b"arrayBuffer", b"blob", b"bytes", b"formData"})


@record(frozen=True, slots=True)
class Own:
    """The API's own stream: its name, the code of a piece and of the end, and what they are."""

    api: str
    piece: bytes
    end: bytes
    names: str


def told(site: Site) -> tuple[Told, Headers]:
    """What the body of a call says that asks for a stream, and the call's headers.

    Raises:
        RefusedError: it cannot be read.
    """
    reader = RequestReader(site.program.scopes, site.request.call)
    if site.tried is not None:
        # Which of the list's requests gave the stream is not followed.
        raise RefusedError(Reason.URL_CANDIDATES, show_line(site.request.call))
    sent = reader.envelope()
    sent.refuse_growths()
    said = said_at(site, sent.body, streamed=True)
    return Told(site, said), sent.headers


def streamed_plan(site: Site, form_of: Callable[[Told], Form], own: Own) -> Plan:
    """The plan of a call that asks for a stream.

    Raises:
        RefusedError: what becomes of the stream is not certain.
    """
    call = site.request.call
    refuse_polling(site)
    if site.request.transport in _OWN_STREAMS:
        package = _OWN_STREAMS[site.request.transport]
        detail = f"{show_line(call)} gives {package}'s own streams"
        raise RefusedError(Reason.STREAM_NOT_UNDERSTOOD, detail)
    known, headers = told(site)
    form = form_of(known)
    try:
        streaming = streaming_of(site.program, call)
    except UnreadError as unread:
        detail = f"{show_line(unread.node)} {unread.why}".rstrip()
        asks = _asking(known)
        if unread.as_json and asks is not None:
            detail = f"`{show(asks)}`, and {detail}"
            raise RefusedError(Reason.STREAMING, detail) from None
        if _reads_bytes(unread.node) and not _asks(known, site):
            # No stream: the whole answer, as `blob()` or `arrayBuffer()` gives it.
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(unread.node)) from None
        raise RefusedError(Reason.STREAM_NOT_UNDERSTOOD, detail) from None
    if streaming.reader is None and not _asks(known, site):
        detail = f"{show_line(streaming.piped[0])}, and no stream is asked for"
        raise RefusedError(Reason.STREAMING, detail)
    name = "live-stream-throws.ts" if streaming.throws else "live-stream.ts"
    template = load(form.target, name)
    site.names.check_globals(template, site.program.tree.root, {RESPONSE})
    codes = _Codes(site, own, streaming.reader)
    function = template.functions()[0]
    named = site.names.helper(function, template.data + codes.piece + codes.end)
    headers_of = HeaderEdits(site, headers)
    members = (*form.members, b"stream: true")
    edits = [
        Edit(call.start_byte, call.start_byte, named + b"("),
        Edit(call.end_byte, call.end_byte, b")"),
        *url_edits(site, form.url),
        *headers_of.edits(form.beta),
        body_edit(known, members),
    ]
    notes = [Note(span(call), _why(named, streaming, own, codes), always=True)]
    notes += _notes(known, form.dropped, streaming, own)
    return Plan(
        tuple(sorted(set(edits))),
        "",
        (*notes, *headers_of.notes),
        (_appended(site, template, function, named, codes),),
        gone=(*form.gone, *headers_of.gone),
    )


def _reads_bytes(node: Node) -> bool:
    """Whether the whole body is read as bytes: `res.blob()`, `await res.arrayBuffer()`."""
    return any(text_of(inner, "property") in _WHOLE for inner in descendants(node))


def _asks(known: Told, site: Site) -> bool:
    """Whether the code says that it is a stream: `stream: true`, a stream's media type."""
    if _asking(known) is not None:
        return True
    return _SIGN in text(site.program.tree.function_of(site.request.call))


def _asking(known: Told) -> Node | None:
    """`stream: true` of the body."""
    members = (m for m in known.said.members if m.type == "pair" and key_name(m) == b"stream")
    return next((m for m in members if text(member_value(m)) == b"true"), None)


class _Codes:
    """The code of a piece of the text and of the end, empty for none, and of the media type."""

    def __init__(self, site: Site, own: Own, reader: Reader | None) -> None:
        self._quote = site.style.quote
        self.media = b"text/event-stream"
        self.shown = ""
        if reader is None:
            self.piece, self.end = own.piece, own.end
        elif not reader.path:
            self.piece, self.end = b"text", b""
            self.media = reader.frame.content_type.encode()
        else:
            self._of_events(reader)

    def _of_events(self, reader: Reader) -> None:
        self.media = reader.frame.content_type.encode()
        event = self._event(
            reader, reader.event, reader.path, b"whole" if reader.whole else b"text"
        )
        self.shown = self._shown(reader)
        end = event if reader.whole else b""
        if reader.last is not None:
            name = b"whole" if reader.last_path else None
            end += self._event(reader, reader.last, reader.last_path, name)
        end += rb"data: [DONE]\n\n" if reader.done else b""
        self.piece = b"" if reader.whole else b"`" + event + b"`"
        self.end = end and b"`" + end + b"`"

    def _event(
        self, reader: Reader, event: dict[str, Any], path: tuple[str | int, ...], name: bytes | None
    ) -> bytes:
        code = self._code(event, path, name)
        frame = reader.frame
        before, after = (each.replace("\n", "\\n").encode() for each in (frame.before, frame.after))
        return before + b"${JSON.stringify(" + code + b")}" + after

    def _code(self, value: Any, path: tuple[str | int, ...], name: bytes | None) -> bytes:
        """The code of a part of an event; ``path`` leads from there to the text, if it does."""
        if name is not None and not path:
            return name
        here = path[0] if path and name is not None else None
        if isinstance(here, int) or isinstance(value, list):
            given = value if isinstance(value, list) else []
            size = max(len(given), here + 1 if isinstance(here, int) else 0)
            parts = [self._part(given, number, here, path, name) for number in range(size)]
            return b"[" + b", ".join(parts) + b"]"
        if isinstance(here, str) or isinstance(value, dict):
            owner = value if isinstance(value, dict) else {}
            names = [*owner, *([here] if here not in owner and here is not None else [])]
            parts = [self._member(owner, each, here, path, name) for each in names]
            return b"{ " + b", ".join(parts) + b" }"
        return self._literal(value)

    def _part(
        self, given: list[Any], number: int, here: Any, path: Any, name: bytes | None
    ) -> bytes:
        inner = given[number] if number < len(given) else None
        return self._code(inner, path[1:], name) if number == here else self._literal(inner)

    def _member(
        self, owner: dict[Any, Any], key: Any, here: Any, path: Any, name: bytes | None
    ) -> bytes:
        on_path = key == here
        code = self._code(owner.get(key), path[1:] if on_path else (), name if on_path else None)
        if code == key.encode():
            return code
        plain = _WORD.fullmatch(key) is not None
        return (key.encode() if plain else self._literal(key)) + b": " + code

    def _literal(self, value: Any) -> bytes:
        if isinstance(value, str):
            # Texts inside of template literals have single quotes, as in all templates.
            return b"'" + value.encode().replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"
        known = {None: b"null", True: b"true", False: b"false"}
        return str(value).encode() if type(value) is int else known[value]

    def _shown(self, reader: Reader) -> str:
        return self._code(reader.event, reader.path, b"text").decode("utf-8", "replace")

    @property
    def values(self) -> dict[str, Capture | None]:
        """What the template is filled in with."""
        return {
            "PIECE": Capture(self.piece) if self.piece else None,
            "END": Capture(self.end) if self.end else None,
            "CONTENT_TYPE": Capture(self._quote + self.media + self._quote),
        }


def _appended(
    site: Site, template: Template, function: bytes, named: bytes, codes: _Codes
) -> bytes:
    source = site.program.source
    inner = site.names.inside_helper(template.inner_names() - _CALLED)
    statements = template.statements()
    fill = Fill(
        style=site.style,
        values={**codes.values, "RESPONSE_TYPE": Capture(response_type(site))},
        eol=source.eol_at(len(source.data)),
        base_url=site.base_url,
        renames={function: named, RESPONSE: response_type(site), **inner},
    )
    return render(template, statements[0].start_byte, statements[-1].end_byte, fill)


def _why(named: bytes, streaming: Streaming, own: Own, codes: _Codes) -> str:
    through = f"the call asks for a stream, which goes through `{named.decode()}`: "
    if streaming.reader is None:
        return through + f"of the {own.api}'s events it passes on those of the text and the end"
    if not streaming.reader.path:
        return through + "it gives the text as it comes, as the file reads it"
    how = "the whole text as one event" if streaming.reader.whole else "each piece of the text as"
    return through + f"it gives {how} `{codes.shown}`, which this file reads"


def _notes(known: Told, dropped: tuple[Node, ...], streaming: Streaming, own: Own) -> list[Note]:
    notes: list[Note] = []
    for node in streaming.piped:
        what = f"the {own.api}'s own ({own.names})"
        if streaming.reader is not None:
            what = "those that this file reads"
        message = f"`{show(node)}` pipes the stream on: its events are now {what}, and the client"
        notes.append(Note(span(node), message + " has to read them by these names", always=True))
    if streaming.unsent:
        listed = ", ".join(f"`{kind}`" for kind in streaming.unsent)
        message = f"this file also asks for events that do not come: {listed}"
        notes.append(Note(span(known.site.request.call), message, always=True))
    return notes + told_notes(known, dropped, Shape((), ""))
