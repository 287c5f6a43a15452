"""A loop over the lines of a dead call's stream, and the events under which it shows their text."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.bodies import Bodies
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.tracing import BESIDE, MARK, RaisedError, Trace, Tracer
from callmend.languages.python.tree import unawaited
from callmend.reasons import Reason
from callmend.records import record

_STATUS = frozenset({"status_code", "status", "ok", "is_success", "is_error", "code"})
_INERT = frozenset(
    {"raise_for_status", "reason", "reason_phrase", "headers", "url", "elapsed", "close",
     "history", "request", "encoding", "release", "aclose"}
)  # fmt: skip
_RAW = frozenset({"text", "content", "read", "aread", "json"})
#: What gives the lines, by the library; of urllib it is the response itself.
_LINES = {
    Library.REQUESTS: "iter_lines",
    Library.HTTPX: "iter_lines",
    Library.AIOHTTP: "content",
    Library.URLLIB: "",
}
#: What gives a stream's bytes in another way than line by line.
_BYTES = frozenset(
    {"iter_content", "iter_bytes", "aiter_bytes", "iter_text", "aiter_text", "iter_raw",
     "aiter_raw", "iter_lines", "aiter_lines", "iter_any", "iter_chunked", "raw"}
)  # fmt: skip
#: Keys that hold no text.
_NO_TEXT = re.compile(
    r"type|event|object|status|id|error|index|role|finish_reason|done|code|name|usage|model"
    r"|created|.*_id|.*_at|.*_tokens"
)
#: Words of events whose text is no answer, and of those that end one.
_BAD = re.compile(
    r"error|fail|cancel|expire|incomplete|refus|reason|think|thought|tool|log|progress|start"
    r"|created|queued|ping",
    re.IGNORECASE,
)
_FINAL = re.compile(r"complet|done|finish|end\b|ended|success|succe|final|stop", re.IGNORECASE)
#: How many events are tried for one loop.
_TRIES = 64

Path = tuple[str, ...]
Event = dict[str, object]


@record(frozen=True, slots=True)
class LineLoop:
    """What reads the lines.

    ``lines`` is the expression that gives them. ``text_lines`` tells strings from bytes, ``ends``
    that each has its line end, ``named`` that they start with `data:`.
    """

    loop: cst.For
    lines: cst.BaseExpression
    text_lines: bool
    ends: bool
    named: bool


@record(frozen=True, slots=True)
class Shown:
    """The events that a loop understands, MARK in the place of the text.

    ``in_pieces`` tells that the text may come in pieces, ``final`` is the event that ends the
    answer, None where no such event is asked for. ``blank`` and ``done`` tell that the loop takes
    empty lines and `[DONE]`. ``shown`` is the text's place, for the report.
    """

    event: Event
    in_pieces: bool
    final: Event | None
    blank: bool
    done: bool
    shown: str


@record(frozen=True, slots=True)
class Found:
    """An event whose text a loop shows: its place, the words beside it, what becomes of it."""

    path: Path
    words: dict[Path, str]
    event: Event
    trace: Trace

    @property
    def final(self) -> bool:
        """Whether the event is one that ends the answer, by its words."""
        return any(_FINAL.search(word) for word in self.words.values())


class LoopReader:
    """Finds the loop over the lines of one request's response."""

    def __init__(self, program: Program, client: Client, sender: cst.Call) -> None:
        self._program = program
        self._tree = program.tree
        self._client = client
        self._sender = sender
        self._bodies = Bodies(program, client, sender)

    def loop(self) -> LineLoop | None:
        """The one loop, or None where the lines are not read one by one.

        Raises:
            RefusedError: there are several, or other code reads the stream as well.
        """
        uses = self._uses()
        loops = [(use, loop) for use in uses for loop in self._loop_of(use)]
        if not loops:
            self._check_bytes(uses)
            return None
        if len(loops) > 1:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(loops[1][1].iter))
        own, loop = loops[0]
        for use in uses:
            if use is not own:
                self._check(use)
        if not isinstance(loop.target, cst.Name) or loop.orelse is not None:
            raise RefusedError(Reason.STREAMING, self._tree.show_line(loop.target))
        library = self._client.library
        return LineLoop(
            loop,
            loop.iter,
            text_lines=library is Library.HTTPX or self._is_decoded(loop.iter),
            ends=library in (Library.AIOHTTP, Library.URLLIB),
            named=self._is_named(loop),
        )

    def _check_bytes(self, uses: Sequence[cst.Name]) -> None:
        """Refuse a stream that is asked for and read in another way."""
        keywords = {arg.keyword.value for arg in self._sender.args if arg.keyword is not None}
        if "stream" not in keywords and self._client.method != "stream":
            return
        for use in uses:
            node = self._tree.parent(use)
            while isinstance(node, cst.Attribute):
                if node.attr.value in _BYTES:
                    shown = self._tree.show_line(node)
                    raise RefusedError(Reason.STREAMING, f"{shown} is no loop over lines")
                node = self._tree.parent(node)

    def _uses(self) -> list[cst.Name]:
        binding = self._tree.parent(self._sender)
        if isinstance(binding, cst.Await):
            binding = self._tree.parent(binding)
        if isinstance(binding, cst.WithItem) and binding.asname is None:
            return []
        if not isinstance(binding, (cst.WithItem, cst.Assign, cst.AnnAssign)):
            return []
        try:
            definition = self._bodies.definition_at(binding)
            if len(self._program.flow.every(definition.name, self._sender)) == 1:
                # Also what a generator inside of the function reads.
                mine, maybe = self._program.flow.uses(definition)
                return sorted([*mine, *maybe], key=self._tree.order)
            return self._bodies.sure_uses(definition)
        except RefusedError:
            return []

    def _loop_of(self, use: cst.Name) -> Iterator[cst.For]:
        """The loop whose lines a use of the response gives."""
        node: cst.CSTNode = use
        parent = self._tree.parent(use)
        method = _LINES[self._client.library]
        if method:
            wanted = f"a{method}" if self._client.awaited and method == "iter_lines" else method
            if not isinstance(parent, cst.Attribute) or parent.attr.value != wanted:
                return
            node, parent = parent, self._tree.parent(parent)
            if isinstance(parent, cst.Call) and parent.func is node:
                node, parent = parent, self._tree.parent(parent)
        if isinstance(parent, cst.For) and parent.iter is node:
            if (parent.asynchronous is not None) is self._client.awaited:
                yield parent

    def _is_decoded(self, lines: cst.BaseExpression) -> bool:
        """Whether `iter_lines` is told to give strings.

        Raises:
            RefusedError: it is told what is not known.
        """
        for arg in lines.args if isinstance(lines, cst.Call) else ():
            name = "" if arg.keyword is None else arg.keyword.value
            if name == "decode_unicode" and self._tree.source(arg.value) in ("True", "False"):
                return self._tree.source(arg.value) == "True"
            if name != "chunk_size":
                raise RefusedError(Reason.STREAMING, self._tree.show_line(arg))
        return False

    def _is_named(self, loop: cst.For) -> bool:
        strings = (n for n in self._tree.below(loop.body) if isinstance(n, cst.SimpleString))
        return any(
            node.evaluated_value.strip() in ("data:", b"data:", "data", b"data") for node in strings
        )

    def _check(self, use: cst.Name) -> None:
        """Refuse another use of the response that may read its bytes."""
        parent = self._tree.parent(use)
        if isinstance(parent, cst.Attribute) and parent.value is use:
            name = parent.attr.value
            if name in _STATUS:
                self._bodies.check_status(parent)
                return
            if name in _INERT:
                return
            if name in _RAW and self._bodies.is_of_an_error(parent, use.value):
                return
        elif isinstance(parent, (cst.If, cst.UnaryOperation)) or is_logged(self._program, use):
            return
        raise RefusedError(Reason.STREAMING, f"{self._tree.show_line(parent or use)} reads it too")


class EventReader:
    """Works out which events a loop over lines shows the text of."""

    def __init__(self, program: Program, loop: LineLoop) -> None:
        self._program = program
        self._tree = program.tree
        self._loop = loop
        self._tracer = Tracer(program, loop.loop)
        self._why: RefusedError | None = None
        #: What is read of the JSON, in the order of the file, and the words it is compared with.
        self._paths: list[Path] = []
        self._words: dict[Path, list[str]] = {}
        self._scan()

    def shown(self) -> Shown:
        """The events.

        Raises:
            RefusedError: no event is certain to be one.
        """
        loop = self._tree.show_line(self._loop.loop.iter)
        found = list(self._found())
        if not found:
            if self._why is None:
                # Who hands all on reads nothing of it.
                self._traced({"text": MARK})
            raise self._why or RefusedError(
                Reason.STREAMING, f"{loop}: under no event its text is shown for certain"
            )
        texts = [one for one in found if not one.final] or found
        text = _longest(texts)
        for other in texts:
            if other.words != text.words and other.path != text.path:
                first, second = ".".join(text.path), ".".join(other.path)
                why = f"{loop}: `{first}` or `{second}` may be the text"
                raise RefusedError(Reason.STREAMING, why)
        return Shown(
            event=text.event,
            in_pieces=text.trace.adds and not text.final,
            final=None if text.final else self._final(found),
            blank=self._takes(""),
            done=self._loop.named and self._takes("data: [DONE]"),
            shown=".".join(text.path),
        )

    # the lines that are tried

    def _line(self, event: Event | None, text: str = "") -> str | bytes:
        if event is not None:
            text = ("data: " if self._loop.named else "") + json.dumps({**event, "beside": BESIDE})
        text += "\n" if self._loop.ends else ""
        return text if self._loop.text_lines else text.encode()

    def _traced(self, event: Event) -> Trace | None:
        """What becomes of an event, None where that is not certain."""
        try:
            blank = [self._line(None)] if self._loop.named and self._takes("") else []
            return self._tracer.run([self._line(event), *blank])
        except RaisedError:
            return None
        except RefusedError as refused:
            self._why = refused
            return None

    def _takes(self, text: str) -> bool:
        """Whether the loop takes a line without raising."""
        try:
            return not self._tracer.run([self._line(None, text)]).sinks
        except (RaisedError, RefusedError):
            return False

    def _found(self) -> Iterator[Found]:
        """The events whose text is shown, with as few words as it takes for each place of it."""
        places = [p for p in self._paths if not any(map(_NO_TEXT.fullmatch, p)) and p]
        for path in dict.fromkeys(places):
            for words in self._choices(path):
                event = _event(path, words)
                trace = None if event is None else self._traced(event)
                if event is not None and trace is not None and trace.sinks:
                    yield Found(path, words, event, trace)
                    if not words:
                        break

    def _choices(self, path: Path) -> Iterator[dict[Path, str]]:
        """Words for the fields that are compared, the fewest first."""
        fields = {
            place: [w for w in words if not _BAD.search(w)]
            for place, words in self._words.items()
            if place != path
        }
        made = [
            {place: word for place, word in zip(fields, chosen, strict=True) if word is not None}
            for chosen in itertools.islice(
                itertools.product(*([None, *words] for words in fields.values())), _TRIES
            )
        ]
        yield from sorted(made, key=len)

    def _final(self, found: Sequence[Found]) -> Event | None:
        """The event that ends the answer, where the loop asks for one.

        Raises:
            RefusedError: it asks for one, and for what no answer has.
        """
        known = next((one for one in found if one.final), None)
        if known is not None:
            # What is added to the text that was there before would be there twice.
            return None if any(added for added, _ in known.trace.sinks) else known.event
        for place, words in self._words.items():
            for word in words:
                if not _FINAL.search(word) or _BAD.search(word):
                    continue
                event = _event((), {place: word})
                if event is None or self._traced(event) is None:
                    loop = self._tree.show_line(self._loop.loop.iter)
                    raise self._why or RefusedError(
                        Reason.STREAMING, f"{loop}: what an event `{word}` holds is not known"
                    )
                return event
        return None

    # what is read

    def _scan(self) -> None:
        names: dict[str, Path] = {}
        for node in self._tree.below(self._loop.loop.body):
            if isinstance(node, cst.Assign) and len(node.targets) == 1:
                target = node.targets[0].target
                path = self._path(node.value, names)
                if path is not None and isinstance(target, cst.Name):
                    names[target.value] = path
            elif isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
                path = self._path(node.value, names)
                if path is not None:
                    names[node.target.value] = path
            elif isinstance(node, cst.For) and isinstance(node.target, cst.Name):
                path = self._path(node.iter, names)
                if path is not None:
                    names[node.target.value] = (*path, "0")
            elif isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
                self._compared(node, names)
            if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                if node.func.attr.value in ("startswith", "endswith") and node.args:
                    self._words_of(node.func.value, node.args[0].value, names)
            if isinstance(node, (cst.Subscript, cst.Call)):
                path = self._path(node, names)
                if path:
                    self._paths.append(path)

    def _compared(self, node: cst.Comparison, names: dict[str, Path]) -> None:
        target = node.comparisons[0]
        self._words_of(node.left, target.comparator, names)
        self._words_of(target.comparator, node.left, names)

    def _words_of(
        self, side: cst.BaseExpression, other: cst.BaseExpression, names: dict[str, Path]
    ) -> None:
        path = self._path(side, names)
        if not path:
            return
        literals = [other]
        if isinstance(other, (cst.Tuple, cst.List, cst.Set)):
            literals = [element.value for element in other.elements]
        for literal in literals:
            text = self._program.resolver.text(literal)
            if text is not None:
                words = self._words.setdefault(path, [])
                words += [] if text in words else [text]

    def _path(self, node: cst.BaseExpression, names: dict[str, Path]) -> Path | None:
        """The keys of a chain that starts at the parsed JSON, None for anything else."""
        node = unawaited(node)
        if isinstance(node, cst.Name):
            return names.get(node.value)
        if isinstance(node, cst.BooleanOperation):
            # `event.get("delta") or {}`
            return self._path(node.left, names)
        if isinstance(node, cst.Call):
            if self._program.scopes.imported(node.func) in ("json.loads", "orjson.loads"):
                return ()
            if isinstance(node.func, cst.Attribute) and node.func.attr.value == "get":
                owner = self._path(node.func.value, names)
                key = self._program.resolver.text(node.args[0].value) if node.args else None
                return None if owner is None or key is None else (*owner, key)
            return None
        if isinstance(node, cst.Subscript) and len(node.slice) == 1:
            index = node.slice[0].slice
            owner = self._path(node.value, names)
            if owner is None or not isinstance(index, cst.Index):
                return None
            if isinstance(index.value, cst.Integer):
                return (*owner, "0") if index.value.value == "0" else None
            key = self._program.resolver.text(index.value)
            return None if key is None else (*owner, key)
        return None


def _longest(found: Sequence[Found]) -> Found:
    """The first; of `event["output"]` and what is read of it the longer."""
    first = found[0]
    for other in found:
        if len(other.path) > len(first.path) and other.path[: len(first.path)] == first.path:
            first = other
    return first


def _event(path: Path, words: dict[Path, str]) -> Event | None:
    """An event with the text at a path and words at others; None where they do not go together."""
    event: Event = {}
    for place, value in [*words.items(), *([(path, MARK)] if path else [])]:
        if not _put(event, place, value):
            return None
    return event


def _put(event: Event, place: Path, value: str) -> bool:
    current: object = event
    for number, key in enumerate(place):
        last = number == len(place) - 1
        inner: object = value if last else ([] if place[number + 1] == "0" else {})
        if isinstance(current, list):
            if not current:
                current.append(inner)
            elif last:
                return False
            current = current[0]
        elif isinstance(current, dict):
            if last and key in current:
                return False
            current = current.setdefault(key, inner)
        else:
            return False
    return True
