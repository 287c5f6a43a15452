"""What a file says where there is no answer, and whether anybody sees one: both are run on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tree_sitter import Node

from callmend.languages.ecmascript.js_values import Sink, texts_in
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.showing import (
    Run,
    Showing,
    errors_shown,
    function_of,
    has_text,
    is_log,
    is_told,
    shows,
)
from callmend.languages.ecmascript.streams_callers import callers_of
from callmend.languages.ecmascript.tree import field
from callmend.languages.verdicts import BAD, ERROR, TEXT, Errors


def only_logged(
    program: Program, call: Node, shape: Shape, what: What, again: Sequence[Node]
) -> bool:
    """Whether all that becomes of an answer's text is that a program of a server's logs it.

    Every way through the code was followed to its end. What a script writes to the console, which
    runs it by itself, is what it answers.
    """
    if b"console." not in program.source.data or _is_script(program, call):
        return False
    showing = Showing(program, call, shape, what, (), None)
    runs = [run for each in (call, *again) for run in showing.runs(each)]
    if not runs or any(
        run.stuck is not None or run.is_used or shows(run, logs=False) for run in runs
    ):
        return False
    logs = (sink for run in runs for sink in run.sinks if is_log(sink))
    return any(TEXT in each for sink in logs for each in texts_in(sink.given))


def _is_script(program: Program, call: Node) -> bool:
    """Whether code is run where the file is: by itself, by `main()`, by `(async () => ...)()`."""
    waiting, seen = [call], set()
    while waiting:
        function = function_of(program, waiting.pop())
        if function == program.tree.root:
            return True
        if function.id not in seen:
            seen.add(function.id)
            node, parent = program.tree.outer(function)
            called = parent is not None and field(parent, "function") == node
            waiting += [parent] if parent is not None and called else callers_of(program, function)
    return False


def own_saying(program: Program, call: Node, shape: Shape, what: What) -> str | None:
    """What the file certainly says itself where an error comes; None for nothing.

    That are words in the text's place, and an empty text where it tells what the error says.
    """
    if errors_shown(program, call, shape, whole=True, what=what) is not Errors.NEVER:
        return None
    parts = (program, call, shape, what, (), None)
    if _tells_errors(Showing(*parts), call):
        return ""
    return _own_words(Showing(*parts), call) or None


def _own_words(showing: Showing, call: Node) -> str:
    """What is said in the text's place, on every way, for every error, wherever the text is told.

    `data.reply || 'Say that again please?'`. What is only logged is not; empty for nothing.
    """
    words = ""
    told = {s.node.id: s for run in showing.runs(call) for s in run.sinks if _is_said(s)}
    showing.follows_words = True
    for showing.status in BAD if told else ():
        for run in showing.runs(call):
            said = [sink for sink in run.sinks if sink.node.id in told]
            given = [each for s in said for each in _in_place(told[s.node.id].given, s.given)]
            if not given or not all(given):
                return ""
            words = words or given[0]
    return words


def _tells_errors(showing: Showing, call: Node) -> bool:
    """Whether what an error says is told beside the text, on every way, for every error.

    `setState({ answer: text || 'No answer', error: data.error?.message })`.
    """
    for showing.status in BAD:
        runs = showing.runs(call)
        if not runs or not all(run.stuck is None and _tells_one(run) for run in runs):
            return False
    return True


def _tells_one(run: Run) -> bool:
    """Whether an error's message goes to the client, another file, or a state."""
    given = [sink.given for sink in run.sinks if _is_said(sink)]
    return any(
        ERROR in each for value in (*given, *run.members.values()) for each in texts_in(value)
    )


def _is_said(sink: Sink) -> bool:
    return not is_log(sink) and is_told(sink)


def _in_place(good: Any, bad: Any) -> Iterator[str]:
    """The words that stand where the text of an answer does in each of its places; empty for none.

    Of a text around the answer's own it is only what differs.
    """
    if isinstance(good, str) and TEXT in good:
        before, after = good.split(TEXT, 1)
        words = bad.removeprefix(before).removesuffix(after) if isinstance(bad, str) else ""
        yield "" if ERROR in words else words.strip()
    elif isinstance(good, dict):
        for name, value in good.items():
            yield from _in_place(value, bad.get(name) if isinstance(bad, dict) else None)
    elif isinstance(good, list | tuple):
        same = isinstance(bad, list | tuple) and len(bad) == len(good)
        for number, value in enumerate(good):
            yield from _in_place(value, bad[number] if same else None)
    elif has_text(good):
        yield ""
