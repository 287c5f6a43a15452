"""Random programs around a dead call: valid JavaScript that runs, with its own statements.

A program defines `main(env)`, which answers what the service answers. Its own statements call
`mark(...)` with names that are in sight, so that running it before and after the rewrite shows
whether any of them moved, went, or sees another value. What is drawn is drawn through `Chooser`,
so that the same programs come from hypothesis (which shrinks them) and from a seeded generator.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from tests.snippets import URL

T = TypeVar("T")

#: Names that the inserted code declares itself, and others.
NAMES = (
    "threadMessages",
    "runId",
    "threadId",
    "status",
    "pollAttempts",
    "maxAttempts",
    "statusResponse",
    "statusData",
    "messagesResponse",
    "messagesData",
    "latestMessage",
    "assistantMessage",
    "response",
    "res",
    "data",
    "answer",
    "reply",
    "runId2",
    "$x",
    "_",
    "größe",
)


class Chooser(Protocol):
    """What decides how a program looks."""

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        ...

    def number(self, most: int) -> int:
        """A number from 0 to the most."""
        ...


class Drawn:
    """Decisions by hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self._draw(st.sampled_from(options))

    def number(self, most: int) -> int:
        """A number from 0 to the most."""
        return self._draw(st.integers(0, most))


class Seeded:
    """Decisions by a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self._random.choice(options)

    def number(self, most: int) -> int:
        """A number from 0 to the most."""
        return self._random.randint(0, most)


@dataclass(frozen=True)
class Program:
    """A program's text, and every comment of its own in it."""

    text: str
    comments: tuple[str, ...]


@dataclass
class _Writer:
    """Lines with their depth, and what is in sight where the next one stands."""

    chooser: Chooser
    lines: list[tuple[int, str]] = field(default_factory=list)
    depth: int = 0
    visible: list[str] = field(default_factory=list)
    taken: list[set[str]] = field(default_factory=lambda: [set()])
    comments: list[str] = field(default_factory=list)
    count: int = 0

    def line(self, text: str) -> None:
        self.lines.append((self.depth, text))

    def open(self, text: str) -> None:
        self.line(text)
        self.depth += 1
        self.taken.append(set())
        self.visible.append("{")

    def close(self, text: str = "}") -> None:
        self.depth -= 1
        self.taken.pop()
        while self.visible.pop() != "{":
            pass
        self.line(text)

    def next(self) -> int:
        self.count += 1
        return self.count

    def comment(self) -> str:
        text = f"note {self.next():03}"
        shown = self.chooser.choice([f"// {text}", f"/* {text} */"])
        self.comments.append(shown)
        return shown

    def free_name(self) -> str | None:
        """A name that can be declared here without shadowing what the program needs."""
        used = set().union(*self.taken)
        names = [name for name in NAMES if name not in used]
        return self.chooser.choice(names) if names else None

    def declare(self, name: str) -> None:
        self.taken[-1].add(name)
        self.visible.append(name)

    def mark(self) -> str:
        seen = [name for name in self.visible if name != "{"]
        shown = f", {self.chooser.choice(seen)}" if seen and self.chooser.number(1) else ""
        return f"mark({self.next()}{shown});"

    def own(self, most: int = 2) -> None:
        """Some statements and comments of the program's own."""
        for _ in range(self.chooser.number(most)):
            self._statement(self.chooser.number(9))

    def _statement(self, kind: int) -> None:
        if kind <= 1:
            self.line(self.comment())
        elif kind <= 3:
            tail = f" {self.comment()}" if self.chooser.number(2) == 0 else ""
            self.line(self.mark() + tail)
        elif kind <= 5:
            name = self.free_name()
            if name is not None:
                word = self.chooser.choice(["const", "let"])
                self.line(f"{word} {name} = 'own {self.next()}';")
                self.declare(name)
        elif kind == 6:
            self.open(self.chooser.choice(["if (text) {", "{", "try {"]))
            self.own(2)
            trying = self.lines[self._opened()][1] == "try {"
            self.close("} catch { mark('caught'); }" if trying else "}")
        elif kind == 7:
            name = self.chooser.choice(NAMES)
            self.line(f"[1, 2].forEach(({name}) => mark({self.next()}, {name}));")
        elif kind == 8:
            name = self.chooser.choice(NAMES)
            self.line(f"for (const {name} of ['a']) {{ mark({self.next()}, {name}); }}")
        else:
            self.line("")

    def _opened(self) -> int:
        """The line that opened the innermost block."""
        return max(n for n, (depth, _) in enumerate(self.lines) if depth == self.depth - 1)


def program(chooser: Chooser) -> Program:
    """A random program."""
    out = _Writer(chooser)
    # Names that the frame needs are never declared again by the program's own statements.
    out.taken[0] |= {"env", "mark", "text", "messages", "config", "workflow"}
    out.own(2)
    out.open("async function main(env) {")
    out.line("const { mark, text, messages, config, workflow } = env;")
    for name in ("text", "workflow"):
        out.declare(name)
    out.own(3)
    _body(out, chooser)
    out.close()
    out.own(1)
    return Program(_laid_out(out.lines, chooser), tuple(out.comments))


def _body(out: _Writer, chooser: Chooser) -> None:
    names: list[str] = []
    for _ in range(3):
        name = out.free_name()
        assert name is not None
        out.taken[-1].add(name)
        names.append(name)
    response, data, answer = names
    guard = chooser.choice(
        ["", "workflow", "config.workflow", "workflow && text", "config.mode === 'workflow'"]
    )
    branch = bool(guard) and bool(chooser.number(2))
    declares = not guard and bool(chooser.number(1))
    if guard:
        out.line(f"let {response};")
    if not declares:
        start = chooser.choice(["''", "''", "'old'"])
        out.line(f"let {answer} = {start};")
        out.visible.append(answer)
    out.own(2)
    if guard:
        out.open(f"if ({guard}) {{")
    out.own(2)
    _request(out, chooser, f"{response} =" if guard else f"const {response} =")
    out.own(2)
    if branch:
        out.close("} else {")
        out.open("")
        out.lines.pop()
        out.line(f"{response} = await fetch('/api/chat', {{ method: 'POST' }});")
        out.close()
    elif guard:
        out.close()
    out.own(2)
    if chooser.number(2) == 0:
        out.line(f"if (!{response}.ok) throw new Error(await {response}.text());")
    out.line(f"const {data} = await {response}.json();")
    out.own(2)
    if guard:
        out.open(f"if ({guard}) {{")
    out.own(1)
    _reading(out, chooser, data, answer, declares=declares)
    out.own(2)
    if branch:
        out.close("} else {")
        out.open("")
        out.lines.pop()
        out.line(f"{answer} = {data}.choices[0].message.content;")
        out.close()
    elif guard:
        out.close()
    out.own(3)
    out.line(f"return {answer};")


def _reading(out: _Writer, chooser: Chooser, data: str, answer: str, *, declares: bool) -> None:
    reads = chooser.choice(
        [
            f"{data}.output?.message || {data}.output || ''",
            f"{data}.output?.message || ''",
            f"{data}?.output?.message ?? ''",
        ]
    )
    out.line(f"const {answer} = {reads};" if declares else f"{answer} = {reads};")
    if declares:
        out.visible.append(answer)
    if chooser.number(2) == 0:
        out.open(f"if (!{answer}) {{")
        out.line("throw new Error('nothing');")
        out.close()


def _request(out: _Writer, chooser: Chooser, takes: str) -> None:
    message = chooser.choice(["text", "`Say: ${text}`", "text + '!'"])
    history = ""
    if chooser.number(1):
        history = "messages.map(m => ({ role: m.role, content: m.content }))"
    if chooser.number(1):
        out.line(f"const contextual = {message};")
        message = "contextual"
        out.own(1)
    if history and chooser.number(1):
        out.open("const earlier = messages.map(m => ({")
        out.line("role: m.role,")
        out.line("content: m.content")
        out.close("}));")
        history = "earlier"
        out.own(1)
    out.open(f"{takes} await fetch('{URL}', {{")
    out.line("method: 'POST',")
    out.open("headers: {")
    tail = f" {out.comment()}" if chooser.number(4) == 0 else ""
    out.line("'Content-Type': 'application/json'," + tail)
    out.line("'Authorization': `Bearer ${config.key}`")
    out.close("},")
    out.open("body: JSON.stringify({")
    out.line("workflow_id: config.id,")
    given = f"message: {message}" + (f", conversation_history: {history}" if history else "")
    if chooser.number(1):
        out.line(f"input: {{ {given} }}")
    else:
        out.open("input: {")
        for part in given.replace(", conversation", ",\nconversation").split("\n"):
            out.line(part)
        out.close("}")
    out.close("})")
    out.close("});")


def _laid_out(lines: list[tuple[int, str]], chooser: Chooser) -> str:
    unit = chooser.choice(["  ", "    ", "\t"])
    eol = chooser.choice(["\n", "\n", "\r\n"])
    semicolons = bool(chooser.number(3))
    text = eol.join(unit * depth + line if line else "" for depth, line in lines)
    if not semicolons:
        text = _without_semicolons(text, eol)
    if chooser.number(3) == 0:
        text = text.replace('"', "'").replace("'", '"')
    start = "\ufeff" if chooser.number(9) == 0 else ""
    return start + text + chooser.choice([eol, eol, ""])


def _without_semicolons(text: str, eol: str) -> str:
    lines = text.split(eol)
    result = []
    for line in lines:
        bare = line.removesuffix(";")
        opening = bare.lstrip(" \t")
        if opening.startswith(("[", "(", "`")):
            bare = bare[: len(bare) - len(opening)] + ";" + opening
        result.append(bare)
    return eol.join(result)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Random programs, drawn by hypothesis."""
    return program(Drawn(draw))
