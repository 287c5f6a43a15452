"""A stream of server-sent events as bytes: every legal way to write and to cut it."""

from __future__ import annotations

import asyncio
import enum
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from starlette.types import Receive, Scope, Send

from tests.server.scenarios import Wire

#: Cut like this, a stream's chunks end at every kind of place.
_UNEVEN = (1, 2, 3, 5, 7, 11, 13)
#: Inside a character, inside CR LF, and between the line ends that end an event.
_TEAR = re.compile(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])|(?<=\r)(?=\n)|(?<=\n)(?=\r?\n)|(?<=\r)(?=\r)")
#: Seconds between torn chunks. Node and browsers hand on as one what arrived while they were busy.
_TORN_PAUSE = 0.002


class Event(NamedTuple):
    """An event's name (none for chat completions) and its data: JSON, or `[DONE]`."""

    name: str | None
    data: Mapping[str, Any] | str


class End(enum.Enum):
    """How a stream ends."""

    PROPER = enum.auto()
    """The response is complete."""
    DROP = enum.auto()
    """The connection closes in the middle of the response."""
    HANG = enum.auto()
    """Nothing more comes, until the client goes."""


DONE = Event("done", "[DONE]")


def encode(event: Event, wire: Wire) -> bytes:
    """One event with its empty line.

    Args:
        event: The event.
        wire: How to write it; what concerns the cutting is `cut`'s.
    """
    colon = ":" if Wire.NO_SPACE in wire else ": "
    if isinstance(event.data, str):
        data = [event.data]
    elif Wire.SEVERAL_DATA_LINES in wire:
        data = json.dumps(event.data, ensure_ascii=False, indent=1).split("\n")
    else:
        data = [json.dumps(event.data, ensure_ascii=False)]
    lines = [f"event{colon}{event.name}"] if event.name else []
    lines += [f"data{colon}{line}" for line in data]
    if Wire.OTHER_FIELDS in wire:
        lines[1:1] = [f"id{colon}7", f"retry{colon}10", "unknown", f"x{colon}data: {{}}"]
    if Wire.COMMENTS in wire:
        # Also a comment that looks like data.
        lines[1:1] = [": keep-alive", ":data: {}"]
        lines = [":", "", ": ping", "", *lines]
    end = "\r\n" if Wire.CRLF in wire else "\r" if Wire.CR in wire else "\n"
    return "".join(line + end for line in [*lines, ""]).encode()


def cut(events: Iterable[bytes], wire: Wire) -> Iterator[bytes]:
    """The chunks of a response. Joined, they are the events joined."""
    if Wire.BOM in wire:
        events = itertools.chain([b"\xef\xbb\xbf"], events)
    if Wire.SPLIT in wire:
        for event in events:
            for n in range(len(event)):
                yield event[n : n + 1]
    elif Wire.TORN in wire:
        for event in events:
            yield from _TEAR.split(event)
    elif Wire.UNEVEN in wire:
        whole, at = b"".join(events), 0
        for size in itertools.cycle(_UNEVEN):
            if at >= len(whole):
                return
            yield whole[at : at + size]
            at += size
    elif Wire.ONE_CHUNK in wire:
        yield b"".join(events)
    else:
        yield from events


async def gone(receive: Receive) -> None:
    """Wait until the client has closed the connection, or the server has."""
    while (await receive())["type"] != "http.disconnect":
        pass


class EventStream:
    """An ASGI response that sends events and ends as it is told."""

    def __init__(
        self,
        events: Sequence[Event],
        end: End,
        *,
        wire: Wire,
        pause: float,
        drop: Callable[[Scope], None] | None = None,
    ) -> None:
        if Wire.NO_DONE in wire:
            events = [e for e in events if e.data != "[DONE]"]
        self.events = events
        self.end = end
        self.wire = wire
        self.pause = pause
        self.drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        content_type = b"text/event-stream; charset=utf-8"
        headers = [(b"content-type", content_type), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        pause = max(self.pause, _TORN_PAUSE) if Wire.TORN in self.wire else self.pause
        encoded = [encode(event, self.wire) for event in self.events]
        for chunk in cut(encoded, self.wire):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            # A pause of nothing, too, lets the other requests have their turn.
            await asyncio.sleep(pause)
        if self.end is End.PROPER:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        if self.end is End.DROP and self.drop is not None:
            self.drop(scope)
        await gone(receive)
