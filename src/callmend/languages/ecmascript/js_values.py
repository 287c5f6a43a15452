"""The values of the interpreter: what JavaScript has beside Python's own, and what is not known.

Strings, numbers, booleans, lists and dictionaries are Python's; `null` is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tree_sitter import Node

from callmend.records import record

#: What stands in a text for a part of it that is not known.
BLANK = "\ufffd"


class Nothing(Enum):
    """JavaScript's `undefined`."""

    UNDEFINED = "undefined"


UNDEFINED = Nothing.UNDEFINED


class StuckError(Exception):
    """The interpreter met what it does not know; ``node`` is that expression or statement."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.type)
        self.node = node


class ThrownError(Exception):
    """An exception of the program that is run."""

    def __init__(self, value: Any) -> None:
        super().__init__(str(value))
        self.value = value


@record(frozen=True, slots=True)
class Unknown:
    """A value that nothing is known of: a parameter, what another file's function gives."""

    shown: str = ""


@record(frozen=True, slots=True)
class Part:
    """A part of an event that is not fixed yet, by the names and numbers that lead to it."""

    path: tuple[str | int, ...] = ()


@record(frozen=True, slots=True)
class PartType:
    """`typeof` of a part."""

    part: Part


@record(frozen=True, slots=True)
class Bytes:
    """Bytes, as the text that they encode."""

    text: str


@record(frozen=True, slots=True)
class Pattern:
    """A regular expression, and whether its flags hold `g`."""

    source: str
    flags: str


@record(frozen=True, slots=True)
class Builtin:
    """Something of the platform, by its name: `JSON`, `TextDecoder`."""

    name: str


@record(frozen=True, slots=True)
class Method:
    """A member of a value that is called on it."""

    owner: Any
    name: str


@dataclass(eq=False, slots=True)
class Closure:
    """A function of the file."""

    node: Node


@dataclass(eq=False, slots=True)
class Thing:
    """An object of the platform with a state: a response, a stream, a reader."""

    kind: str
    state: dict[str, Any] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Sink:
    """What goes out of the code that is run: the name of the called, its call, what it is given.

    ``late`` is set where that was after the stream had broken off.
    """

    name: str
    node: Node
    given: tuple[Any, ...]
    late: bool = False


def stream(chunks: list[Any], *, raw: bool = False) -> Thing:
    """A stream of chunks; ``raw`` tells that they are those of the response."""
    return Thing("stream", {"chunks": chunks, "at": 0, "raw": raw})


def texts_in(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a value, however deep."""
    if depth > 8:  # no reader nests deeper
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Bytes):
        yield value.text
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each, depth + 1)
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each, depth + 1)
    elif isinstance(value, Thing):
        yield from texts_in(value.state.get("chunks"), depth + 1)


def raw_in(value: Any) -> bool:
    """Whether the response itself or its stream, unread, is in a value."""
    if isinstance(value, Thing):
        return bool(value.state.get("raw"))
    if isinstance(value, dict):
        return any(raw_in(each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(raw_in(each) for each in value)
    return False
