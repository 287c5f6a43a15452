"""The events of a stream, as a file's reader understands them: which they may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from tree_sitter import Node

from callmend.languages.ecmascript.interpreter import Oracle, holds
from callmend.languages.ecmascript.js_values import Part
from callmend.records import record

#: The names and numbers that lead to a part of an event.
Where = tuple[str | int, ...]
#: Names under which an event holds its text.
_TEXTUAL = frozenset(
    {
        "answer", "chunk", "completion", "content", "data", "delta", "message", "output",
        "output_text", "outputText", "part", "reply", "response", "result", "text", "token",
        "value",
    }
)  # fmt: skip
_AT_THE_END = re.compile(r"(?i)complet|done|finish|end|stop|success")
NO_TEXT = re.compile(
    r"(?i)error|fail|refus|reason|think|tool|function|created|start|progress|status|step|meta|usage"
)
#: A piece of a message in a chunk of Chat Completions, with its `content`
#: (https://developers.openai.com/api/reference/resources/chat).
_DELTA = ("choices", 0, "delta")
_USUAL_TYPE = "response.output_text.delta"


class Ran(Protocol):
    """A run on an event that is not fixed: what was decided, which of its parts were used."""

    oracle: Oracle
    used: list[Part]
    stuck: Node | None


@record(frozen=True, slots=True)
class Frame:
    """How an event stands in the stream: what is before it, and behind it."""

    before: str
    after: str

    @property
    def content_type(self) -> str:
        """The media type of such a stream."""
        if self.before:
            return "text/event-stream"
        return "application/x-ndjson" if self.after else "text/plain; charset=utf-8"


EVENTS, LINES, TEXT = Frame("data: ", "\n\n"), Frame("", "\n"), Frame("", "")


@record(frozen=True, slots=True)
class Reader:
    """The events that a file reads.

    ``event`` is what holds a piece of the text at ``path``; no path means that the text stands in
    the stream as it is. ``whole`` tells that the text comes in one event, ``last`` is an event
    behind all others and ``last_path`` where that holds the whole text, ``done`` tells that
    `[DONE]` is waited for.
    """

    frame: Frame
    event: dict[str, Any]
    path: Where
    whole: bool = False
    last: dict[str, Any] | None = None
    last_path: Where = ()
    done: bool = False


def chunks_of(reader: Reader, pieces: Iterable[str]) -> list[str]:
    """The chunks of a stream as a reader understands it."""
    given = [*pieces]
    whole = "".join(given)

    def framed(event: dict[str, Any]) -> str:
        return reader.frame.before + json.dumps(event, ensure_ascii=False) + reader.frame.after

    if not reader.path:
        return given
    texts = [whole] if reader.whole else given
    chunks = [framed(_put(reader.event, reader.path, each)) for each in texts]
    if reader.last is not None:
        last = reader.last
        chunks.append(framed(_put(last, reader.last_path, whole) if reader.last_path else last))
    return [*chunks, "data: [DONE]\n\n"] if reader.done else chunks


def _put(event: Any, path: Where, value: Any) -> Any:
    """An event with a value at a path."""
    if not path:
        return value
    name, *rest = path
    if isinstance(name, int):
        found = [*event] if isinstance(event, list) else []
        found += [None] * (name + 1 - len(found))
        found[name] = _put(found[name], tuple(rest), value)
        return found
    owner = dict(event) if isinstance(event, dict) else {}
    owner[name] = _put(owner.get(name), tuple(rest), value)
    return owner


def _get(event: Any, path: Where) -> Any:
    for name in path:
        try:
            event = event[name]
        except (KeyError, IndexError, TypeError):
            return None
    return event


def candidates(runs: Iterable[Ran]) -> list[tuple[dict[str, Any], Where]]:
    """The events that a text may stand in, and where: pieces before whole answers."""
    found: list[tuple[dict[str, Any], Where]] = []
    for run in runs:
        if run.stuck is not None:
            continue
        for path in (where for part in run.used for where in _in_known(part.path)):
            if not path or not _is_textual(path):
                continue
            event = _event_of(run.oracle, path)
            if event is not None and (event, path) not in found:
                found.append((event, path))
    return sorted(found, key=lambda each: not is_piece(*each))


def _in_known(path: Where) -> Iterator[Where]:
    """A part that may be the text, behind the text in it where it is known: Chat Completions'."""
    if path[-3:] == _DELTA:
        yield (*path, "content")
    yield path


def _is_textual(path: Where) -> bool:
    names = [name for name in path if isinstance(name, str)]
    return bool(names) and names[-1] in _TEXTUAL and not any(map(NO_TEXT.search, names))


def is_piece(event: dict[str, Any], path: Where) -> bool:
    """Whether an event calls its text a delta."""
    return "delta" in (json.dumps(event) + str(path)).lower()


def _event_of(oracle: Oracle, path: Where) -> dict[str, Any] | None:
    """The event of which all holds that was decided; None where nothing can be it."""
    event: dict[str, Any] = {}
    asked: dict[Where, list[tuple[Any, bool]]] = {}
    for question, answer in oracle.taken:
        if question[0] != "node" and question[1]:
            asked.setdefault(question[1], []).append((question, answer))
    for where, questions in asked.items():
        if where == path[: len(where)]:
            continue
        if path == where[: len(path)]:
            return None  # what is asked for is inside of the text
        value = _value_of(questions)
        asked_for_more = any(q[0] == "true" and answer for q, answer in questions)
        if (isinstance(value, str) and NO_TEXT.search(value)) or (value is None and asked_for_more):
            return None
        if value is not None:
            event = _put(event, where, value)
    return event


def _value_of(questions: list[tuple[Any, bool]]) -> Any:
    """A value that is as it was decided, None where nothing has to be there."""
    literals = [q[2] for q, answer in questions if answer and len(q) > 2 and q[0] != "type"]
    wanted: list[Any] = [_USUAL_TYPE, *literals]
    if any(q[0] in ("startsWith", "endsWith", "includes") for q, _ in questions) or literals:
        fits = [v for v in wanted if all(holds(v, q) is answer for q, answer in questions)]
        return fits[0] if fits else (literals or [None])[0]
    return None


def last_events(
    runs: Iterable[Ran],
) -> list[tuple[dict[str, Any], Where]]:
    """The events that the code knows as the last, and where they hold the whole text."""
    found: list[tuple[dict[str, Any], Where]] = []
    for run in runs:
        for question, answer in run.oracle.taken:
            if question[0] != "is" or not answer or not isinstance(question[2], str):
                continue
            word = question[2]
            if not _AT_THE_END.search(word) or NO_TEXT.search(word) or "delta" in word:
                continue
            texts = [p.path for p in run.used if p.path and _is_textual(p.path)]
            event = _put({}, question[1], word)
            # Of `event.response` and `event.response.text` the longer one.
            first = texts[0] if texts else ()
            at = max((t for t in texts if t[: len(first)] == first), key=len, default=())
            if not any(known == event for known, _ in found):
                found.append((event, at))
    return found
