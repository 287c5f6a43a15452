"""The parts of messages, as the Responses API has them, for a thread: texts and pictures."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

_TEXT = b"input_text"
_PICTURE = b"input_image"
_ALL = (_TEXT, _PICTURE, b"input_file", b"output_text")
_NAMES = ("identifier", "shorthand_property_identifier")
_JOINING = (b"concat", b"push", b"splice", b"unshift")


def with_thread_parts(program: Program, node: Node, code: bytes) -> bytes:
    """A list of messages whose parts are those of a thread; ``code`` is how it is written.

    Raises:
        RefusedError: a part stands elsewhere than in the list, or cannot be told from what is said.
    """
    beyond = next(_elsewhere(program, node), None)
    if beyond is not None:
        raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(beyond)}`, which no thread takes")
    refused = RefusedError(Reason.HISTORY_SHAPE, f"`{show(node)}`")
    kinds = [*_kinds(node)]
    named = [text(member_value(kind))[1:-1] for kind in kinds]
    if any(code.count(name) != named.count(name) for name in (_TEXT, _PICTURE)):
        raise refused
    for kind in kinds:
        part = kind.parent
        if text(member_value(kind))[1:-1] != _PICTURE or part is None:
            continue
        written = _picture(part)
        if written is None or code.count(text(part)) < 1:
            raise refused
        code = code.replace(text(part), written, 1)
    return code.replace(_TEXT, b"text")


def _kinds(node: Node) -> Iterator[Node]:
    """The members that say what a part is, as the Responses API calls it."""
    for inner in descendants(node):
        if inner.type == "pair" and key_name(inner) == b"type":
            value = unwrapped(member_value(inner))
            if value.type == "string" and text(value)[1:-1] in _ALL:
                yield inner


def _elsewhere(program: Program, node: Node) -> Iterator[Node]:
    """The parts of what names in a list of messages stand for."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        looked_at = waiting.pop()
        if looked_at != node:
            yield from _kinds(looked_at)
        for name in descendants(looked_at):
            binding = program.scopes.binding(name) if name.type in _NAMES else None
            if binding is None or id(binding) in seen:
                continue
            seen.add(id(binding))
            value = field(binding.declarator, "value")
            waiting += [] if value is None or name == binding.name_node else [value]
            waiting += (each for use in binding.references for each in _put_into(program, use))


def _put_into(program: Program, use: Node) -> list[Node]:
    """What a use of a list puts into it: `parts.push({ ... })`."""
    member = program.tree.outer(use)[1]
    call = None if member is None else member.parent
    if call is None or call.type != "call_expression" or field(call, "function") != member:
        return []
    joins = text_of(member, "property") in _JOINING
    return items(field(call, "arguments") or call) if joins else []


def _picture(part: Node) -> bytes | None:
    """The code of a picture's part in a thread; None where it is not written out."""
    members = {key_name(item): item for item in items(part)}
    sources = [name for name in (b"image_url", b"file_id") if name in members]
    if len(sources) != 1 or set(members) - {b"type", b"detail", *sources}:
        return None
    kind = b"image_url" if sources == [b"image_url"] else b"image_file"
    source = members[sources[0]]
    if unwrapped(member_value(source)).type == "object":
        return None
    inner = text(source)
    if kind == b"image_url":
        inner = b"url: " + text(member_value(source))
    detail = b", " + text(members[b"detail"]) if b"detail" in members else b""
    quote = text(member_value(members[b"type"]))[:1]
    return b"{ type: %b%b%b, %b: { %b%b } }" % (quote, kind, quote, kind, inner, detail)
