"""A thread's variable and the call that makes it, as those of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from callmend.edits import Edit
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import field, text
from callmend.targets.responses.parameters import Members


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
    if any(n.type == "shorthand_property_identifier" for n in places):
        return Renamed(old, old, tuple(edits))
    edits += [Edit(n.start_byte, n.end_byte, new) for n in places]
    return Renamed(old, new, tuple(edits))


def created(call: Call, given: Members) -> Edit:
    """A `threads.create` as `conversations.create`, its metadata kept, its messages not."""
    pairs = [text(given[b"metadata"])] if b"metadata" in given else []
    inside = b"{ " + b", ".join(pairs) + b" }" if pairs else b""
    owner = text(call.owner)
    node = call.node
    return Edit(node.start_byte, node.end_byte, owner + b".conversations.create(" + inside + b")")
