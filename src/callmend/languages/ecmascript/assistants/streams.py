"""Streamed runs that one `for await` reads: the events asked for, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.assistants.answers import (
    Answers,
    Form,
    Shape,
    Value,
    is_logged,
)
from callmend.languages.ecmascript.assistants.predicates import conjuncts
from callmend.languages.ecmascript.guards import guards_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    member_value,
    members,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: A run's events as a response's. The rest has no counterpart.
EVENTS = {
    b"thread.message.delta": b"response.output_text.delta",
    b"thread.run.created": b"response.created",
    b"thread.run.queued": b"response.queued",
    b"thread.run.in_progress": b"response.in_progress",
    b"thread.run.completed": b"response.completed",
    b"thread.run.failed": b"response.failed",
    b"thread.run.incomplete": b"response.incomplete",
}
_DELTA = b"thread.message.delta"
#: What is read of a run in an event, and of the response there.
_OF_RUN = {
    b"id": b"id",
    b"status": b"status",
    b"last_error": b"error",
    b"incomplete_details": b"incomplete_details",
}


@dataclass
class Stream:
    """A stream's loop: ``event`` is its variable, ``changes`` the nodes with what replaces them.

    ``handled`` are the events, by their old names, that the person's code asks for.
    """

    loop: Node
    body: Node
    event: bytes
    answers: Answers
    changes: list[tuple[Node, bytes]] = made(default_factory=list)
    handled: set[bytes] = made(default_factory=set)


def is_streamed(arguments: Node | None) -> bool:
    """Whether a run's parameters ask for a stream."""
    inside = members(unwrapped(arguments)) if arguments is not None else None
    if arguments is None or unwrapped(arguments).type != "object" or inside is None:
        return False
    return b"stream" in inside and text(member_value(inside[b"stream"])) != b"false"


class Streams:
    """Reads the loops of streamed runs."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes

    def read(self, call: Node, binding: Binding | None) -> Stream:
        """The loop over what a call gives.

        Raises:
            RefusedError: the stream is read in another way, or something of an event is read that
                the new events do not have.
        """
        loop = self._loop(call, binding)
        left, body = field(loop, "left"), field(loop, "body")
        event = None if left is None else self._scopes.binding(left)
        if event is None or body is None or body.type != "statement_block" or event.writes:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(loop))
        answers = Answers(self._program, lambda _: False, one_run=True)
        stream = Stream(loop, body, event.name, answers)
        for use in event.references:
            self._use(use, stream)
        if not any(reading.form is Form.TEXT for reading in answers.readings):
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(loop))
        return stream

    def _loop(self, call: Node, binding: Binding | None) -> Node:
        node = call
        if binding is not None:
            if binding.writes or len(binding.references) != 1:
                raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(call))
            node = binding.references[0]
        outer, parent = self._tree.outer(node)
        if parent is not None and parent.type == "await_expression":
            outer, parent = self._tree.outer(parent)
        waits = parent is not None and any(child.type == "await" for child in parent.children)
        if parent is None or parent.type != "for_in_statement" or not waits:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(node))
        if field(parent, "right") != outer:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(node))
        return parent

    def _use(self, use: Node, stream: Stream) -> None:
        node, parent = self._tree.outer(use)
        if parent is not None and is_logged(self._tree.parent(parent), parent):
            return
        if parent is None or parent.type != "member_expression" or field(parent, "object") != node:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(use))
        name = text_of(parent, "property")
        if name == b"event":
            self._kind(parent, stream)
        elif name == b"data":
            self._data(parent, stream)
        else:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(parent))

    # which event it is

    def _kind(self, member: Node, stream: Stream) -> None:
        words = self._words(member)
        property_node = field(member, "property")
        if not words or property_node is None:
            outer, parent = self._tree.outer(member)
            logged = parent is not None and is_logged(self._tree.parent(parent), parent)
            if not logged or property_node is None:
                raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(outer))
        if property_node is not None:
            stream.changes.append((property_node, b"type"))
        for word in words:
            old = text(word)[1:-1]
            if old == b"thread.run.requires_action":
                raise RefusedError(Reason.TOOL_LOOP, show_line(word))
            if old not in EVENTS:
                raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(word))
            quote = text(word)[:1]
            stream.changes.append((word, quote + EVENTS[old] + quote))
            stream.handled.add(old)

    def _words(self, member: Node) -> list[Node]:
        """The strings that an event's name is compared with."""
        outer, parent = self._tree.outer(member)
        if parent is None:
            return []
        if parent.type == "binary_expression" and text_of(parent, "operator") in (
            b"===",
            b"==",
            b"!==",
            b"!=",
        ):
            sides = [field(parent, "left"), field(parent, "right")]
            return [s for s in sides if s is not None and s != outer and s.type == "string"]
        if parent.type == "switch_statement":
            body = field(parent, "body")
            values = [field(case, "value") for case in ([] if body is None else items(body))]
            return [value for value in values if value is not None and value.type == "string"]
        return []

    # what is read of it

    def _data(self, member: Node, stream: Stream) -> None:
        node, parent = self._tree.outer(member)
        if parent is None or parent.type != "member_expression" or field(parent, "object") != node:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(member))
        name, property_node = text_of(parent, "property"), field(parent, "property")
        if name == b"delta":
            if not self._is_delta(member):
                raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(member))
            stream.answers.follow(parent, Value(Shape.MESSAGE))
            return
        own = field(member, "property")
        if name not in _OF_RUN or property_node is None or own is None or self._is_delta(member):
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(parent))
        stream.changes.append((own, b"response"))
        if _OF_RUN[name] != name:
            stream.changes.append((property_node, _OF_RUN[name]))

    def _is_delta(self, node: Node) -> bool:
        """Whether a node is reached for a piece of the message only."""
        for guard in guards_of(self._tree, self._scopes, node):
            if guard.statement.type in ("switch_case", "switch_default"):
                if text(guard.condition)[1:-1] == _DELTA:
                    return True
            elif guard.holds:
                if any(self._names_delta(p, b"===") for p in conjuncts(guard.condition)):
                    return True
            elif self._names_delta(unwrapped(guard.condition), b"!=="):
                return True
        # `event.event === '...' && event.data.delta...` in one expression.
        for parent in self._tree.ancestors(node):
            if parent.type == "binary_expression" and text_of(parent, "operator") == b"&&":
                left = field(parent, "left")
                if left is not None and any(self._names_delta(p, b"===") for p in conjuncts(left)):
                    return True
        return False

    def _names_delta(self, node: Node, operator: bytes) -> bool:
        node = unwrapped(node)
        if node.type != "binary_expression":
            return False
        if text_of(node, "operator") not in (operator, operator[:-1]):
            return False
        return any(n.type == "string" and text(n)[1:-1] == _DELTA for n in descendants(node))
