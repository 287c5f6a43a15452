"""The parts of messages, as the Responses API has them, for a thread: texts and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
#: Roles whose messages have the parts of a user's.
_ASKING = (b"user", b"system", b"developer")
_QUOTES = b"'\"`"
_NAMES = ("identifier", "shorthand_property_identifier")
_JOINING = (b"concat", b"push", b"splice", b"unshift")


def with_thread_parts(program: Program, node: Node, code: bytes) -> bytes:
    """A list of messages whose parts are those of a thread; ``code`` is how it is written.

    Raises:
        RefusedError: a part stands elsewhere than in the list, or cannot be told from what is said.
    """
    behind = [*_behind(program, node)]
    _refuse_any((m for each in (node, *behind) for m in _typed(each)), " in a message of a thread")
    _refuse_any((kind for each in behind for kind in _kinds(each)), ", which no thread takes")
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


def with_response_parts(program: Program, node: Node, code: bytes) -> bytes:
    """A list of messages whose parts are those of a response's input.

    What may be the assistant's is a text, as its parts have another type than those of a user's;
    and a picture says its detail.

    Raises:
        RefusedError: such a message has other parts than one text, or a part stands elsewhere.
    """
    behind = [*_behind(program, node)]
    _refuse_any((s for each in (node, *behind) for s in _objects(each)), " is no URL")
    _refuse_any((content for each in behind for content in _of_answers(each)), " of any role")
    _refuse_any((part for each in behind for part in _bare_pictures(each)), " without its detail")
    bare = {text(part): part for part in _bare_pictures(node)}
    for written, part in bare.items():
        if written not in code:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(part)}` without its detail")
        quote = text(member_value(next(_kinds(part))))[:1]
        end = items(part)[-1].end_byte - part.start_byte
        detail = b", detail: " + quote + b"auto" + quote
        code = code.replace(written, written[:end] + detail + written[end:])
    for content in _of_answers(node):
        parts = [{key_name(item): item for item in items(part)} for part in items(content)]
        if len(parts) != 1 or set(parts[0]) != {b"type", b"text"} or text(content) not in code:
            raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(content)}` of any role")
        code = code.replace(text(content), text(member_value(parts[0][b"text"])), 1)
    return code


def _refuse_any(found: Iterable[Node], why: str) -> None:
    """Refuse the first of what is found, if anything is; ``why`` is said behind it."""
    first = next(iter(found), None)
    if first is not None:
        raise RefusedError(Reason.HISTORY_SHAPE, f"`{show(first)}`{why}")


def _bare_pictures(node: Node) -> Iterator[Node]:
    """The pictures among the parts that do not say their detail."""
    for kind in _kinds(node):
        part = kind.parent
        if part is not None and text(member_value(kind))[1:-1] == _PICTURE:
            if all(key_name(item) != b"detail" for item in items(part)):
                yield part


def _objects(node: Node) -> Iterator[Node]:
    """The pictures' URLs that are objects, as those of a chat are, where a text has to stand."""
    for kind in _kinds(node):
        part = kind.parent
        if part is None or text(member_value(kind))[1:-1] != _PICTURE:
            continue
        for item in items(part):
            given = unwrapped(member_value(item)) if item.type == "pair" else item
            if key_name(item) == b"image_url" and given.type == "object":
                yield item


def _typed(node: Node) -> Iterator[Node]:
    """What says of messages that they are some, which a thread's do not."""
    for message in descendants(node):
        members = {key_name(item): item for item in items(message)}
        if message.type == "object" and {b"role", b"content", b"type"} <= set(members):
            yield members[b"type"]


def _of_answers(node: Node) -> Iterator[Node]:
    """The parts of a user's message in messages that may be the assistant's."""
    for message in descendants(node):
        members = {key_name(item): item for item in items(message)}
        if message.type != "object" or not {b"role", b"content"} <= set(members):
            continue
        role = unwrapped(member_value(members[b"role"]))
        content = unwrapped(member_value(members[b"content"]))
        if content.type == "array" and text(role).strip(_QUOTES) not in _ASKING:
            named = (text(member_value(kind))[1:-1] for kind in _kinds(content))
            if any(name in (_TEXT, _PICTURE) for name in named):
                yield content


def _kinds(node: Node) -> Iterator[Node]:
    """The members that say what a part is, as the Responses API calls it."""
    for inner in descendants(node):
        if inner.type == "pair" and key_name(inner) == b"type":
            value = unwrapped(member_value(inner))
            if value.type == "string" and text(value)[1:-1] in _ALL:
                yield inner


def _behind(program: Program, node: Node) -> Iterator[Node]:
    """What names in a list of messages stand for, and what is put into them."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        looked_at = waiting.pop()
        if looked_at != node:
            yield looked_at
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
    if (
        member is None
        or call is None
        or call.type != "call_expression"
        or field(call, "function") != member
    ):
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
