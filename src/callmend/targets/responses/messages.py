"""A thread's messages as a response's input."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    field,
    items,
    member_value,
    members,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.responses.literals import Literals, joined

_ROLES = frozenset({b"user", b"assistant"})


@record(frozen=True, slots=True)
class Message:
    """One entry of the input: an item, or (``spread``) a list of them.

    ``plain`` is the content where the entry is one person's message and nothing else, so that it
    can be the input as it is.
    """

    item: Capture
    plain: Capture | None = None
    spread: bool = False


class Messages:
    """Maps messages; ``notes`` says what of them is left out."""

    def __init__(
        self, program: Program, literals: Literals, value: Callable[[Node], Capture]
    ) -> None:
        self._program = program
        self._literals = literals
        self._value = value
        self.notes: list[Note] = []

    def input(self, found: list[Message]) -> Capture:
        """The input: one person's message as it is, otherwise a list."""
        if len(found) == 1 and found[0].plain is not None:
            return found[0].plain
        if len(found) == 1 and found[0].spread:
            return found[0].item
        return self.listed(found)

    def listed(self, found: list[Message]) -> Capture:
        """The messages as a list of items."""
        return self._literals.array(
            [joined([b"...", m.item]) if m.spread else m.item for m in found]
        )

    def of_list(self, node: Node) -> list[Message]:
        """The messages of a list.

        Raises:
            RefusedError: it holds what is not certainly messages.
        """
        node = unwrapped(node)
        listed = self._program.resolver.constant(node) if node.type == "identifier" else node
        if listed is not None and listed.type == "array" and self._is_whole(node):
            return [m for entry in items(listed) for m in self._entry(entry)]
        if self._is_mapped(listed if listed is not None else node):
            return [Message(self._value(node), spread=True)]
        raise RefusedError(Reason.MESSAGE_SHAPE, show_line(node))

    def _is_whole(self, node: Node) -> bool:
        """Whether nothing adds to a list that a name stands for."""
        if node.type != "identifier":
            return True
        binding = self._program.scopes.binding(node)
        return binding is not None and len(binding.references) == 1

    def _entry(self, entry: Node) -> list[Message]:
        if entry.type == "spread_element":
            inside = items(entry)
            if len(inside) == 1 and self._is_mapped(unwrapped(inside[0])):
                return [Message(self._value(inside[0]), spread=True)]
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(entry))
        return [self.one(entry)]

    def _is_mapped(self, node: Node) -> bool:
        """`history.map(m => ({ role: m.role, content: m.content }))`."""
        if node.type != "call_expression":
            return False
        function = field(node, "function")
        given = items(field(node, "arguments") or node)
        if text_of(function or node, "property") != b"map" or len(given) != 1:
            return False
        if given[0].type != "arrow_function":
            return False
        body = field(given[0], "body")
        body = None if body is None else unwrapped(body)
        inside = members(body) if body is not None and body.type == "object" else None
        if inside is None or set(inside) != {b"role", b"content"}:
            return False
        return unwrapped(member_value(inside[b"content"])).type not in ("array", "object")

    def one(self, node: Node) -> Message:
        """One message.

        Raises:
            RefusedError: it is not certainly one that the input takes.
        """
        node = unwrapped(node)
        inside = members(node) if node.type == "object" else None
        if inside is None or not {b"role", b"content"} <= set(inside):
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(node))
        for name, member in inside.items():
            if name == b"metadata":
                self.notes.append(Note(span(member), "a message's `metadata` is left out"))
            elif name not in (b"role", b"content"):
                # `attachments` make a vector store behind the scenes; an input file does not.
                raise RefusedError(Reason.MESSAGE_SHAPE, show_line(member))
        role = unwrapped(member_value(inside[b"role"]))
        word = text(role)[1:-1] if role.type == "string" else None
        if role.type == "string" and word not in _ROLES:
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(role))
        content = self._content(member_value(inside[b"content"]), word)
        item = self._literals.object(
            [(b"role", self._value(member_value(inside[b"role"]))), (b"content", content)]
        )
        plain = content if word == b"user" and not content.text.startswith(b"[") else None
        return Message(item, plain)

    def _content(self, node: Node, role: bytes | None) -> Capture:
        inner = unwrapped(node)
        listed = self._program.resolver.constant(inner) if inner.type == "identifier" else inner
        if listed is None or listed.type != "array":
            return self._value(node)
        if role != b"user" or not self._is_whole(inner):
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(node))
        return self._literals.array([self._part(part) for part in items(listed)])

    def _part(self, part: Node) -> Capture:
        part = unwrapped(part)
        inside = members(part) if part.type == "object" else None
        kind = b""
        if inside is not None and b"type" in inside:
            kind = text(unwrapped(member_value(inside[b"type"])))[1:-1]
        if inside is not None and kind == b"text" and set(inside) == {b"type", b"text"}:
            return self._literals.object(
                [
                    (b"type", self._literals.string("input_text")),
                    (b"text", self._value(member_value(inside[b"text"]))),
                ]
            )
        if inside is not None and kind in (b"image_url", b"image_file"):
            return self._image(part, inside, kind)
        raise RefusedError(Reason.MESSAGE_SHAPE, show_line(part))

    def _image(self, part: Node, inside: dict[bytes, Node], kind: bytes) -> Capture:
        """`{type: 'image_url', image_url: {url, detail}}` with the URL as plain text."""
        own = unwrapped(member_value(inside[kind])) if kind in inside else part
        found = members(own) if own.type == "object" else None
        source = b"url" if kind == b"image_url" else b"file_id"
        if set(inside) != {b"type", kind} or found is None or source not in found:
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(part))
        if not set(found) <= {source, b"detail"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(part))
        detail = self._literals.string("auto")
        if b"detail" in found:
            detail = self._value(member_value(found[b"detail"]))
        return self._literals.object(
            [
                (b"type", self._literals.string("input_image")),
                (
                    b"image_url" if kind == b"image_url" else b"file_id",
                    self._value(member_value(found[source])),
                ),
                (b"detail", detail),
            ]
        )
