"""A thread's variable and the call that makes it, as those of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    member_value,
    show_line,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.responses.fetching import Fetching
from callmend.targets.responses.literals import Literals
from callmend.targets.responses.messages import Messages
from callmend.targets.responses.parameters import Members, captured

#: How many items a conversation may be made with (`POST /v1/conversations`, `items`).
_MOST_ITEMS = 20


@dataclass(frozen=True)
class Renamed:
    """A variable's old and new name, and the edits of its uses (none where it keeps its name)."""

    old: bytes
    new: bytes
    edits: tuple[Edit, ...] = ()


def conversation_name(program: Program, binding: Binding) -> Renamed:
    """A thread's variable called `conversation`, where that name is free wherever it is used."""
    old, new = binding.name, b"conversation"
    edits = []
    annotation = field(binding.declarator, "type")
    if annotation is not None:
        edits.append(Edit(annotation.start_byte, annotation.end_byte, b""))
    places = [binding.name_node, *binding.references]
    scopes = [program.scopes.scope_at(place) for place in places]
    free = all(scope.lookup(new) is None for scope in scopes)
    if old == new or binding.writes or not free or new in program.scopes.free:
        return Renamed(old, old, tuple(edits))
    if any(n.type.startswith("shorthand_property_identifier") for n in places):
        return Renamed(old, old, tuple(edits))
    edits += [Edit(n.start_byte, n.end_byte, new) for n in places]
    return Renamed(old, new, tuple(edits))


class Creating:
    """Writes the calls that make threads as calls that make conversations.

    ``calls`` are the file's calls of the old API.
    """

    def __init__(self, program: Program, style: Style, calls: list[Call]) -> None:
        self._program = program
        self._style = style
        self._fetching = Fetching(program, style, calls)

    def edits(self, call: Call, given: Members, *, messages: bool) -> list[Edit]:
        """The edits of one call, its metadata kept; its messages where no run has taken them.

        Raises:
            RefusedError: it is given what a conversation cannot be made with.
        """
        if not set(given) <= {b"messages", b"metadata"}:
            raise RefusedError(Reason.RUN_PARAMETER, show_line(call.node))
        inside = self._inside(call, given, messages=messages)
        node = call.node
        if call.raw is None:
            new = text(call.owner) + b".conversations.create(" + inside + b")"
            return [Edit(node.start_byte, node.end_byte, new)]
        edits = self._fetching.conversation(call.raw)
        body = call.raw.body
        if given and body is not None:
            edits.append(Edit(body.start_byte, body.end_byte, inside or b"{}"))
        return edits

    def _inside(self, call: Call, given: Members, *, messages: bool) -> bytes:
        """The object that a conversation is made with; nothing where it would be empty."""
        source = self._program.source
        if any(n.type == "comment" for a in call.arguments for n in descendants(a)):
            raise RefusedError(Reason.COMMENT_LOST, show_line(call.node))
        if not messages or b"messages" not in given:
            pairs = [text(given[b"metadata"])] if b"metadata" in given else []
            return b"{ " + b", ".join(pairs) + b" }" if pairs else b""
        listed = unwrapped(member_value(given[b"messages"]))
        if listed.type != "array" or len(items(listed)) > _MOST_ITEMS:
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(listed))
        literals = Literals(self._style, source.eol_at(call.node.start_byte))
        mapped = Messages(self._program, literals, lambda node: captured(self._program, node))
        found = mapped.of_list(listed)
        if any(message.spread for message in found):
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(listed))
        pairs_of = [(b"items", mapped.listed(found))]
        if b"metadata" in given:
            metadata = captured(self._program, member_value(given[b"metadata"]))
            pairs_of.append((b"metadata", metadata))
        made = literals.object(pairs_of)
        place = call.node if call.raw is None else call.raw.body or call.node
        indent = source.indent_at(place.start_byte)
        return Capture(made.text, b"", made.fixed).at(indent)
