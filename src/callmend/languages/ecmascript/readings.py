"""What is read of an answer: each reading, and all of those of one request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from dataclasses import field as made
from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.tree import BLOCKS, FUNCTIONS, field, key_name, text
from callmend.languages.ecmascript.values import text_of
from callmend.records import record

#: The run's id, as files ask for it.
IDS = frozenset({b"id", b"runId", b"run_id"})
#: Names that tell no part of the answer.
_META = frozenset(
    {
        b"code", b"created", b"created_at", b"detail", b"details", b"error", b"errors", b"id",
        b"last_error", b"metadata", b"model", b"object", b"ok", b"runId", b"run_id", b"state",
        b"status", b"statusText", b"threadId", b"thread_id", b"type", b"usage",
    }
)  # fmt: skip


#: Words for a run that is done, the usual ones first.
_DONE = (b"completed", b"succeeded", b"success", b"complete", b"done", b"finished")


class What(Enum):
    """What a value is on its way from the request.

    ``AXIOS`` is a response whose `data` is read, ``UNDICI`` one whose `body` is, a ``READABLE``.
    ``OK`` and ``STATUS`` are those of a response, which an object of the file may hold.
    """

    RESPONSE = "response"
    AXIOS = "axios"
    UNDICI = "undici"
    READABLE = "readable"
    TEXT = "text"
    BODY = "body"
    OK = "ok"
    STATUS = "status"


@record(frozen=True, slots=True)
class Path:
    """One reading: the names and numbers from the answer to what is read, and its expression.

    ``method`` is what is called on it there (`find`), empty for none.
    """

    names: tuple[bytes, ...]
    node: Node
    method: bytes = b""

    @property
    def is_of_the_run(self) -> bool:
        """Whether it tells of the run and is no part of its answer: a state, an id, an error."""
        return self.names[0] in _META or self.names[-1] in IDS


@dataclass(slots=True)
class Readings:
    """All that is read of one answer, in the order of the file.

    ``handed`` are the places where it goes on whole; in those that are ``carried`` too it is the
    response itself, with its status. ``strings`` lead to what the file asks whether it is a text.
    """

    paths: list[Path] = made(default_factory=list)
    checks: list[Node] = made(default_factory=list)
    handed: list[Node] = made(default_factory=list)
    carried: list[Node] = made(default_factory=list)
    streams: list[Node] = made(default_factory=list)
    lost: list[Node] = made(default_factory=list)
    logged: list[Path] = made(default_factory=list)
    shown: list[Node] = made(default_factory=list)
    generic: list[Node] = made(default_factory=list)
    sent: list[Node] = made(default_factory=list)
    strings: list[tuple[bytes, ...]] = made(default_factory=list)

    def joined(self, others: Iterable[Readings]) -> Readings:
        """These readings and those of other requests for the same run."""
        every = [self, *others]
        names = [made_field.name for made_field in fields(self)]
        return Readings(**{n: [node for each in every for node in getattr(each, n)] for n in names})

    def texts(self) -> list[Path]:
        """The readings of the answer's text, those of errors, states and numbers left out."""
        for paths in (self.paths, [] if self.handed or self.generic else self.logged):
            found = [p for p in paths if not p.is_of_the_run and not is_about_failure(p.node)]
            if found:
                return sorted(found, key=lambda path: path.node.start_byte)
        return []


def is_about_failure(node: Node) -> bool:
    """Whether a reading is only part of an error: `throw new Error(data.message)`."""
    current: Node | None = node
    while current is not None and current.type not in FUNCTIONS:
        if current.type == "throw_statement":
            return True
        if current.type == "new_expression" and text_of(current, "constructor").endswith(b"Error"):
            return True
        if current.type == "pair" and key_name(current) in (b"error", b"details", b"message"):
            return key_name(current) != b"message"
        if current.type in BLOCKS:
            return False
        current = current.parent
    return False


def word_for_done(readings: Readings) -> bytes:
    """The word for a run that is done, as the file spells it."""
    spelt: list[bytes] = []
    for path in readings.paths:
        if path.names != (b"status",):
            continue
        parent = path.node.parent
        if parent is not None and parent.type == "binary_expression":
            sides = [field(parent, "left"), field(parent, "right")]
            spelt += [text(s)[1:-1] for s in sides if s is not None and s.type == "string"]
    done = [word for word in _DONE if word in spelt]
    return done[0] if done else _DONE[0]
