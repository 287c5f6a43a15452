"""What is told of a call that throws where it fails now, where nothing in the file catches that."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.findings import Note
from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, field, show, span, text
from callmend.languages.ecmascript.uncaught import leaves_the_file, places_of_reading
from callmend.languages.ecmascript.values import text_of
from callmend.targets.plans import Plan

_THROW = b"throw "
_NO_ANSWER = "where there is no answer (a failed run, a refusal) an error is thrown from here now"
_BROKEN = "a stream that ends without an answer throws where it is read"
_UNCAUGHT = "nothing in this file catches it"


def throw_notes(program: Program, request: Request, done: Plan) -> list[Note]:
    """What is told of errors that leave the file, where the dead call's answer never did.

    A package's client and a made-up method always threw, and so does a file that throws itself
    where it gets no answer.
    """
    if request.transport in (Transport.SDK, Transport.SDK_POST):
        return [*_asked_by_class(program)]
    if not _answered_anything(program, request):
        return []
    call = request.call
    streams = any(b"new ReadableStream(" in function for function in done.appended)
    if streams:
        places = places_of_reading(program)
        uncaught = next((p for p in places if leaves_the_file(program, p)), None)
        if uncaught is None:
            return []
        told = f"{_BROKEN}, in line {uncaught.start_point[0] + 1}, and {_UNCAUGHT}"
        return [Note(span(call), told, always=True)]
    if any(leaves_the_file(program, place) for place in _places(program, request, done)):
        return [Note(span(call), f"{_NO_ANSWER}, and {_UNCAUGHT}", always=True)]
    return []


def _asked_by_class(program: Program) -> Iterator[Note]:
    """`error instanceof OpenAI.APIError`, which the error of a failed run is not."""
    for node in program.tree.nodes if b"APIError" in program.source.data else ():
        asked = field(node, "right") if text_of(node, "operator") == b"instanceof" else None
        if asked is not None and text(asked).rpartition(b".")[2] == b"APIError":
            told = f"a failed run is thrown as an `Error`, which is no `{show(asked)}`"
            yield Note(span(node), told, always=True)


def _answered_anything(program: Program, request: Request) -> bool:
    """Whether the request gives a response for an error too, as `fetch` does."""
    transport = request.transport
    if request.helper is not None:
        transport = program.callees.transport(called(request.helper))
    return transport.is_fetch or transport is Transport.UNDICI_REQUEST


def _places(program: Program, request: Request, done: Plan) -> Iterator[Node]:
    """Where the new code throws: at the request, by a function, or where its answer is read."""
    helper = request.helper
    sent = request.call
    if helper is not None and any(edit.start == helper.start_byte for edit in done.edits):
        sent = helper
    if any(_THROW in function for function in done.appended):
        yield sent
    for edit in done.edits:
        if _THROW in edit.text:
            found = program.tree.root.descendant_for_byte_range(edit.start, edit.start)
            yield found or sent
