"""What a file makes of a response that is a stream: pipes it on, or reads events out of it.

The code behind the request is run on made-up chunks (`interpreter`). First on events that are not
fixed, to learn what it asks of an event; then on each kind of event that follows from that, to
prove that the text arrives, each piece once and in its order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.interpreter import Ended, Oracle, every_way, is_generator
from callmend.languages.ecmascript.js_calls import Interpreter
from callmend.languages.ecmascript.js_values import (
    Bytes,
    Part,
    Sink,
    StuckError,
    Thing,
    raw_in,
    stream,
    texts_in,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.streams_callers import callers_of, is_entry, is_set_by_others
from callmend.languages.ecmascript.streams_events import (
    EVENTS,
    LINES,
    NO_TEXT,
    TEXT,
    Frame,
    Reader,
    Where,
    candidates,
    chunks_of,
    is_piece,
    last_events,
)
from callmend.languages.ecmascript.tree import is_inside, text
from callmend.records import record

_PAYLOAD = '{"callmend":1}'
_PIECES = ("Al pha", ' be"ta,\n', "ga")
_WHOLE = "".join(_PIECES)
_ERROR = '{"error":{"message":"refused"}}'
_BAD = 502
#: Calls that send their argument to the client, or write it behind what was written before.
_PIPES = frozenset(
    {"NextResponse", "Response", "body", "enqueue", "pipe", "pipeTo", "send", "write"}
)
_APPENDS = re.compile(
    r"(?i)(?:^|\.)(?:yield|enqueue|write|push|append\w*|add\w*|on_?(?:delta|token|chunk|piece)\w*)$"
)
_FAILURE = re.compile(r"(?i)\berror\b|fail")
_MOST_NAMES = 12
_MOST_STEPS = 120_000


@record(frozen=True, slots=True)
class Streaming:
    """What a file does with a stream.

    ``reader`` are the events that it reads, None where it pipes the stream on only. ``piped`` are
    the places where it does. ``throws`` tells that it takes an error for a stream too. ``unsent``
    are the kinds of events that it also asks for, and that do not come.
    """

    reader: Reader | None
    piped: tuple[Node, ...]
    throws: bool
    unsent: tuple[str, ...] = ()


class UnreadError(Exception):
    """A stream that is read in a way that is not certain; ``node`` is where, ``why`` what is.

    ``as_json`` tells that it is read as if it were no stream.
    """

    def __init__(self, node: Node, why: str = "", *, as_json: bool = False) -> None:
        super().__init__(why or node.type)
        self.node = node
        self.why = why
        self.as_json = as_json


def streaming_of(program: Program, call: Node) -> Streaming:
    """What becomes of a request's response, a stream.

    Raises:
        UnreadError: that is not certain.
    """
    return _Streams(program, call).streaming()


class _Run(Interpreter):
    """One way through the code; ``ended`` is how it ended, ``stuck`` where it gave up."""

    ended = Ended()
    stuck: Node | None = None
    response: Thing

    def seen(self, function: Node) -> Iterator[tuple[Any, Any]]:
        """What can be seen outside of a function, with its place: what went out, what it left."""
        for sink in self.sinks:
            yield sink.node.id, sink.given
        yield from self.members.items()
        for binding in self.assigned:
            if not is_inside(binding.name_node, function) or function.parent is None:
                yield id(binding), self.values[id(binding)]

    @property
    def left_early(self) -> bool:
        """Whether it left before the end of the stream."""
        body = self.response.state["body"].state
        return self.stuck is None and (self.ended.threw or not body.get("ended"))


class _Streams:
    def __init__(self, program: Program, call: Node) -> None:
        self._program = program
        self._call = call
        self._stuck: Node | None = None
        self._steps = 0
        #: Whether a generator gives out events as they are, so that its loop is what reads them.
        self._gives_events = False

    def streaming(self) -> Streaming:
        throws = self._takes_errors()
        for frame in self._frames():
            runs = self._runs([frame.before + _PAYLOAD + frame.after], payload=_PAYLOAD)
            for run in runs:
                if "json" in run.response.state:
                    raise UnreadError(run.response.state["json"], "reads no stream", as_json=True)
            if any(_PAYLOAD in (p.strip() for p in run.parsed) for run in runs):
                reader = self._proved(frame, runs)
                if reader is not None:
                    self._check_breaking_off(reader)
                    return Streaming(reader, self._piped(runs), throws, _unsent(runs, reader))
        return self._without_events(throws)

    def _frames(self) -> Iterator[Frame]:
        yield EVENTS
        if b"event:" in self._program.source.data:
            for name in self._compared():
                yield Frame(f"event: {name}\ndata: ", "\n\n")
        yield LINES

    def _compared(self) -> list[str]:
        """The texts that the file compares something with."""
        found: dict[str, None] = {}
        for node in self._program.tree.nodes:
            parent = self._program.tree.parent(node)
            if node.type == "string" and parent is not None:
                if parent.type in ("binary_expression", "switch_case"):
                    shown = text(node)[1:-1].decode("utf-8", "replace")
                    if re.fullmatch(r"[\w.-]+", shown):
                        found[shown] = None
        plain = [name for name in found if not NO_TEXT.search(name)]
        return plain[:_MOST_NAMES]

    # running

    def _runs(
        self,
        chunks: Iterable[str],
        *,
        payload: str | None = None,
        status: int = 200,
        breaks: bool = False,
    ) -> list[_Run]:
        """Each way through the code with these chunks."""
        given = [*chunks]

        def run(oracle: Oracle) -> _Run:
            body = stream([Bytes(chunk) for chunk in given], raw=True)
            body.state["breaks"] = breaks
            machine = _Run(self._program, oracle)
            machine.payload = payload
            state = {"ok": status == 200, "status": status, "body": body, "raw": True}
            machine.response = Thing("response", state)
            try:
                self._follow(machine, self._call, machine.response)
            except StuckError as stuck:
                machine.stuck = stuck.node
            except (RecursionError, TypeError, ValueError, AttributeError, IndexError):
                machine.stuck = self._call
            return machine

        try:
            found = [*every_way(run)]
        except RecursionError:
            raise UnreadError(self._call) from None
        for machine in found:
            self._stuck = self._stuck or machine.stuck
            self._steps += machine.steps
        if self._steps > _MOST_STEPS:
            raise UnreadError(self._call, "has too many ways through its code")
        return found

    def _follow(self, machine: _Run, call: Node, value: Any) -> None:
        """Run the call's function, and those that call it as long as they get the stream."""
        seen: set[int] = set()
        while True:
            function = self._program.tree.function_of(call)
            machine.ended = machine.run_from(call, value)
            value = machine.ended.returned
            given_out = self._is_read_further(machine, function)
            if given_out:
                value = _given_out(machine)
            elif machine.ended.threw:
                return
            goes_on = given_out or raw_in(value)
            callers = callers_of(self._program, function) if goes_on else []
            if not callers:
                if goes_on and not is_entry(self._program, function):
                    raise StuckError(call)
                machine.sink("return", function, (value,))
                return
            if len(callers) > 1 or callers[0].id in seen:
                raise StuckError(callers[-1])
            call = callers[0]
            seen.add(call.id)

    def _is_read_further(self, machine: _Run, function: Node) -> bool:
        """Whether a loop of this file goes through the events that a generator gives out."""
        if not is_generator(function) or (machine.ended.threw and not machine.broken):
            return False
        given = [each for sink in machine.sinks if sink.name == "yield" for each in sink.given]
        self._gives_events |= any(isinstance(each, Part) and not each.path for each in given)
        return self._gives_events and len(callers_of(self._program, function)) == 1

    def _takes_errors(self) -> bool:
        """Whether an error's response is read or piped on as if it were the stream."""
        for run in self._runs([_ERROR], status=_BAD):
            if run.stuck is not None:
                raise UnreadError(run.stuck)
            body: Thing = run.response.state["body"]
            streamed = body.state.get("read") and not run.response.state.get("whole")
            piped = any(raw_in(sink.given) for sink in run.sinks)
            read = run.response.state.get("whole") and not run.response.state.get("asked")
            if not (streamed or piped or read) or run.ended.threw:
                continue
            told = [n for sink in run.sinks if not _is_log(sink) for n in _numbers_in(sink.given)]
            told += [value for value in run.members.values() if value == _BAD]
            whole = any(_is_response(sink.given) for sink in run.sinks)
            if _BAD not in told and not whole:
                return True
        return False

    # events

    def _proved(self, frame: Frame, runs: list[_Run]) -> Reader | None:
        """The events that the code certainly understands, the most fitting first."""
        lasts = last_events(runs)
        for whole in (False, True):
            understood = []
            for event, path in candidates(runs):
                for reader in self._readers(frame, event, path, [] if whole else lasts):
                    given = replace(reader, whole=whole)
                    if places := self._understood(given):
                        understood.append((given, places))
                        break
            if understood:
                return self._chosen(understood, runs)
        return None

    def _chosen(self, understood: list[tuple[Reader, set[Any]]], runs: list[_Run]) -> Reader:
        """The first of the events that are understood, if all of them say the same.

        Raises:
            UnreadError: several texts are read, and nothing tells which one is the answer.
        """
        deltas = [(reader, at) for reader, at in understood if is_piece(reader.event, reader.path)]
        for some in (understood, deltas):
            if some and all(some[0][1] & places for _, places in some):
                return some[0][0]
        parses = next((run.parses for run in runs if run.parses is not None), self._call)
        raise UnreadError(parses, "gives several texts, and which is the answer is not certain")

    def _readers(
        self,
        frame: Frame,
        event: dict[str, Any],
        path: Where,
        lasts: list[tuple[dict[str, Any], Where]],
    ) -> Iterator[Reader]:
        waits = b"[DONE]" in self._program.source.data and frame.before != ""
        others = [(last, at) for last, at in lasts if last != event]
        for done in (True, False) if waits else (False,):
            for last, at in others[:2]:
                yield Reader(frame, event, path, last=last, last_path=at, done=done)
                yield Reader(frame, event, path, last=last, done=done)
            yield Reader(frame, event, path, done=done)

    def _understood(self, reader: Reader) -> set[Any]:
        """The places where the text shows up on each way through the code.

        A way that leaves before the end and shows nothing does not count. No places: the text does
        not arrive, not once, or not in its order.
        """
        chunks = chunks_of(reader, _PIECES)
        runs = self._runs(chunks)
        if any(run.response.state["body"].state.get("node") for run in runs):
            # Node's streams give chunks that wait as one.
            runs += self._runs(["".join(chunks)])
        function = self._program.tree.function_of(self._call)
        places: set[Any] = set()
        for run in runs:
            found = _places(run, reader, function)
            if not found and not (run.left_early and not _is_shown(run, function)):
                return set()
            places |= found
        return places

    def _check_breaking_off(self, reader: Reader) -> None:
        """Refuse a reader that takes what it got so far for the answer.

        Raises:
            UnreadError: it does.
        """
        if reader.whole:
            return
        first = chunks_of(reader, _PIECES)[:1]
        for run in self._runs(first, breaks=True):
            if run.stuck is not None:
                raise UnreadError(run.stuck)
            told = any(map(_tells_of_a_failure, run.sinks))
            for sink in run.sinks:
                given = tuple(each for each in sink.given if not _breaks(each, told=told))
                if (
                    sink.late
                    and not _is_log(sink)
                    and any(_PIECES[0] in each for each in texts_in(given))
                ):
                    raise UnreadError(sink.node, "shows what came before the stream broke off")

    # streams without events

    def _piped(self, runs: list[_Run]) -> tuple[Node, ...]:
        found = {s.node.id: s.node for run in runs for s in run.sinks if _is_piped(s)}
        return tuple(found.values())

    def _without_events(self, throws: bool) -> Streaming:
        """A stream that is piped on, or whose bytes are the text."""
        runs = self._runs([EVENTS.before + _PAYLOAD + EVENTS.after])
        stuck = next((run.stuck for run in runs if run.stuck is not None), None)
        if stuck is not None:
            raise UnreadError(stuck)
        parses = next((run.parses for run in runs if run.parses is not None), None)
        if parses is not None:
            if self._stuck is not None:
                raise UnreadError(self._stuck)
            told = "gives events of which no field is certainly the text"
            shared = is_set_by_others(self._program, self._call)
            raise UnreadError(parses, told + (", and those of another request" if shared else ""))
        sinks = [sink for run in runs for sink in run.sinks if not _is_log(sink)]
        others = [s for s in sinks if _carries(s) and not _is_piped(s)]
        piped = self._piped(runs)
        if piped and not others:
            return Streaming(None, piped, throws)
        reader = Reader(TEXT, {}, ())
        if not piped and others and self._understood(reader):
            self._check_breaking_off(reader)
            return Streaming(reader, (), throws)
        if others:
            raise UnreadError(
                others[0].node, "gets the stream, and what it makes of it is not seen"
            )
        raise UnreadError(self._stuck or self._call)


def _given_out(machine: _Run) -> Thing:
    """What a generator gave out, as a stream that ends or breaks off as its own."""
    given = [sink for sink in machine.sinks if sink.name == "yield"]
    machine.sinks = [sink for sink in machine.sinks if sink.name != "yield"]
    made = stream([each for sink in given for each in sink.given])
    made.state["breaks"], machine.broken = machine.broken, False
    return made


def _places(run: _Run, reader: Reader, function: Node) -> set[Any]:
    """Where a run shows the text, whole or each of its pieces once and in its order."""
    if run.stuck is not None or run.ended.threw:
        return set()
    seen = [*run.seen(function)]
    texts = [(place, each) for place, value in seen for each in texts_in(value)]
    if any(_count(each, _PIECES[0]) > 1 for _, each in texts):
        return set()
    whole = {place for place, each in texts if _count(each, _WHOLE) == 1}
    whole |= {place for place, value in seen if _lists(value)}
    return whole | {g[0].node.id for g in _groups(run.sinks) if _streams(g, reader)}


def _is_shown(run: _Run, function: Node) -> bool:
    """Whether a run shows any piece of the text."""
    every = [each for _, value in run.seen(function) for each in texts_in(value)]
    return any(_count(each, piece) for each in every for piece in _PIECES)


def _unsent(runs: list[_Run], reader: Reader) -> tuple[str, ...]:
    """The kinds of events that the code asks for beside those that it gets."""
    sent = json.dumps([reader.event, reader.last])
    asked = [q for run in runs for q, _ in run.oracle.taken if q[0] == "is"]
    kinds = [q[2] for q in asked if isinstance(q[2], str) and q[1] and q[1] != reader.path]
    return tuple(dict.fromkeys(kind for kind in kinds if json.dumps(kind) not in sent))


def _is_log(sink: Sink) -> bool:
    """Whether it is only shown on the console."""
    return sink.name.startswith("console.")


def _lists(value: Any) -> bool:
    """Whether a list holds the pieces one after the other."""
    if isinstance(value, list) and [v for v in value if isinstance(v, str)] == [*_PIECES]:
        return True
    if isinstance(value, dict):
        return any(map(_lists, value.values()))
    return isinstance(value, list | tuple) and any(map(_lists, value))


def _groups(sinks: list[Sink]) -> Iterator[list[Sink]]:
    for node in {sink.node.id: sink for sink in sinks}:
        yield [sink for sink in sinks if sink.node.id == node]


def _streams(sinks: list[Sink], reader: Reader) -> bool:
    """Whether what one call is given over and over are the pieces."""
    wanted = [_WHOLE] if reader.whole or not reader.path else [*_PIECES]
    given = ["\n".join(texts_in(sink.given)) for sink in sinks]
    telling = [each for each in given if any(_count(each, piece) for piece in _PIECES)]
    if [[_count(each, piece) for piece in wanted] for each in telling] != [
        [int(piece == other) for piece in wanted] for other in wanted
    ]:
        return False
    appends = _APPENDS.search(sinks[0].name) or is_piece(reader.event, reader.path)
    return reader.whole or (bool(appends) and bool(reader.path))


def _count(shown: str, piece: str) -> int:
    """How often a piece stands in a text, as it is or as JSON has it."""
    escaped = json.dumps(piece, ensure_ascii=False)[1:-1]
    return max(shown.count(piece), shown.count(escaped))


def _carries(sink: Sink) -> bool:
    """Whether a call is given the stream, or something of its bytes."""
    return raw_in(sink.given) or any(_PAYLOAD in each for each in texts_in(sink.given))


def _is_piped(sink: Sink) -> bool:
    """Whether a call sends the stream, or a chunk of it as it is, to the client."""
    name = sink.name.rpartition(".")[2].rpartition(" ")[2]
    if name == "return":
        return raw_in(sink.given)
    return name in _PIPES and _carries(sink)


def _is_response(given: tuple[Any, ...]) -> bool:
    """Whether it is the response itself, with its status."""
    return any(isinstance(each, Thing) and each.kind == "response" for each in given)


def _breaks(value: Any, *, told: bool) -> bool:
    """Whether it is a stream that breaks off as the response's does, or whose reader is told."""
    if not isinstance(value, Thing):
        return False
    return bool(value.state.get("breaks")) or (told and value.kind == "stream")


def _tells_of_a_failure(sink: Sink) -> bool:
    """Whether a stream's reader gets an event of an error when the response broke off."""
    is_written = sink.name.rpartition(".")[2] in ("enqueue", "write")
    return sink.late and is_written and any(_FAILURE.search(each) for each in texts_in(sink.given))


def _numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _numbers_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _numbers_in(each)
