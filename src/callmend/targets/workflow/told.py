"""What is told of a request's parts and of its answer's, wherever the answer is adapted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.findings import Note
from callmend.languages.ecmascript.fits import Leaf, reached
from callmend.languages.ecmascript.inputs import Kind, Said
from callmend.languages.ecmascript.metadata import no_texts
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Path
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.tracing import root_of
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)
from callmend.records import record
from callmend.targets.plans import AS_METADATA
from callmend.targets.workflow.lists import list_note
from callmend.targets.workflow.parses import parse_note
from callmend.targets.workflow.site import Site, query_note

#: Keys of fields that hold pictures: `images`, `photo_url`, `taskPhotos`.
_PICTURES = re.compile(rb"image|img|photo|picture|screenshot", re.IGNORECASE)
#: What a picture is in a message of each target.
_PARTS = {"assistants": "image_url", "responses": "input_image"}
_ONLY_LOGGED = (
    "nobody reads the answer here, it is only logged: what the workflow did by itself behind its "
    "id (send, write, call tools) is not done by the live call"
)
_SENT_OF_EACH = "`role` and `content` are sent; that it is a list of such messages is not seen here"


@record(frozen=True, slots=True)
class Told:
    """A call, and what its body says."""

    site: Site
    said: Said


def told_notes(known: Told, dropped: tuple[Node, ...], shape: Shape) -> list[Note]:
    """What is told of a request's parts and of its answer's."""
    notes = said_notes(known, dropped)
    if shape.told:
        listed = ", ".join(f"`{member.decode('utf-8', 'replace')}`" for member in shape.told)
        told = f"given with the answer, as this file asks for it: {listed}"
        notes.append(Note(span(known.site.request.call), told, always=True))
    if shape.parses is not None:
        notes.append(parse_note(shape.parses))
    if shape.fields:
        notes.append(_parsed_note(known, shape))
    if shape.logged:
        notes.append(Note(span(known.site.request.call), _ONLY_LOGGED, always=True))
    absent = [path for path in shape.missing if not _is_there(path, known.site.program, shape)]
    told_anyway = _told_with(absent)
    kept = [path for path in absent if path not in told_anyway]
    missing = {show(path.node): path.node for path in reversed(kept)}
    return notes + [
        Note(span(node), f"`{shown}` is not in the new answer", always=True)
        for shown, node in reversed(missing.items())
    ]


def gives(shape: Shape) -> str:
    """What the function gives that the answer goes through, and where."""
    if not shape.fields:
        return f"its text as `{shape.shown}`"
    where = f"as `{shape.shown}`" if shape.shown else "as its members"
    return f"the fields of the JSON in it {where}"


def _parsed_note(known: Told, shape: Shape) -> Note:
    """What is told of an answer that is read as an object."""
    names = ", ".join(f"`{name.decode('utf-8', 'replace')}`" for name in shape.fields)
    asks = f"the instructions of the model have to ask for a JSON object with {names}"
    told = f"{asks}: an answer that is none is an error here"
    return Note(span(known.site.request.call), told, always=True)


def _is_there(path: Path, program: Program, shape: Shape) -> bool:
    """Whether a reading finds the answer's text after all, or what the file puts there itself.

    `try { data = JSON.parse(text) } catch { data = { raw: text } }`, and `data.raw`.
    """
    if reached(shape.structure, path.names) is Leaf.TEXT:
        return True
    binding = program.scopes.binding(root_of(path.node, frozenset()))
    if binding is None:
        return False
    written = (field(program.tree.outer(write)[1], "right") for write in binding.writes)
    values = (unwrapped(value) for value in written if value is not None)
    return any(
        key_name(member) == path.names[0]
        for value in values
        if value.type == "object"
        for member in items(value)
    )


def _told_with(missing: Sequence[Path]) -> list[Path]:
    """What is read of something that is told to be missing itself: `calls.length`, `call.args`."""
    plain = {path.names for path in missing if not path.method}
    return [
        path
        for path in missing
        if any(path.names[:depth] in plain for depth in range(1, len(path.names)))
        or (path.method and path.names in plain)
    ]


def said_notes(known: Told, dropped: tuple[Node, ...]) -> list[Note]:
    """What is told of a request's parts: those that went, and those that are sent otherwise."""
    site, notes = known.site, []
    if dropped:
        listed = ", ".join(f"`{show(member)}`" for member in dropped)
        gone = "gone" if known.said.name is None else "not sent any more"
        notes.append(
            Note(span(dropped[0]), f"without a counterpart, and {gone}: {listed}", always=True)
        )
    if known.said.name is not None:
        kept = f"`{show(known.said.name)}` stays as it is for its other uses"
        told = f"{kept}; what is sent is made of it and is another object now"
        notes.append(Note(span(known.said.name), told, always=True))
    tried = site.tried
    if tried is not None:
        notes.append(list_note(tried))
    elif site.query is not None:
        notes.append(query_note(site, site.query))
    if known.said.input.kind is Kind.JSON:
        notes.append(Note(span(known.said.body), "the fields are sent as JSON text", always=True))
        notes += _picture_notes(known)
    if known.said.input.kind is Kind.EITHER:
        node = known.said.input.node
        shown = show(node) + known.said.input.path.decode("utf-8", "replace")
        told = f"`{shown}` is sent as it is where it is a text, else as JSON text"
        notes.append(Note(span(node), told, always=True))
    for member in known.said.kept:
        written = no_texts(site.program.scopes, site.request.call, member)
        listed = ", ".join(
            f"`{(key_name(item) or b'').decode('utf-8', 'replace')}`" for item in written
        )
        if written:
            notes.append(Note(span(member), f"{listed} of {AS_METADATA}", always=True))
    notes += [
        Note(span(node), f"of each of `{show(node)}` {_SENT_OF_EACH}", always=True)
        for node in known.said.input.unseen
    ]
    return notes + [
        Note(span(node), f"of `{show(node)}`, only `role` and `content` are sent", always=True)
        for node in known.said.input.picked
    ]


def _picture_notes(known: Told) -> Iterator[Note]:
    """What is told of pictures among the fields that are sent as JSON."""
    asked = known.said.input
    part = _PARTS.get(known.site.settings.target, "image")
    for node in asked.members or (asked.node,):
        for member in descendants(node):
            pair = member.type == "pair"
            name = key_name(member) if pair else text(member)
            if not pair and member.type != "shorthand_property_identifier":
                continue
            if member_value(member).type in ("false", "number", "true"):
                continue
            if _PICTURES.search(name or b""):
                told = f"`{show(member)}` is sent as text, in which the model sees no picture"
                hint = f"where it is one, send it as a part `{part}` of the message"
                yield Note(span(member), f"{told}: {hint}", always=True)
