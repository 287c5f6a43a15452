"""Whether a Python file shows the text of an answer of a certain shape: what reads it is run.

The code behind the request is run on the answer as it will be (`interpreter`), and then the code
behind the calls of its function, as far as the text goes. Where every way through it has been
followed to its end and none shows the text, the shape is certainly not the one that is read.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Library
from callmend.languages.python.program import Program
from callmend.languages.python.py_calls import Interpreter
from callmend.languages.python.py_values import Closure, Sink, StuckError, Thing, texts_in
from callmend.languages.python.shapes import Shape
from callmend.languages.ways import Oracle, every_way
from callmend.reasons import Reason

#: What the answer says, in no way to be found in a file.
_TEXT = "Al pha be ta"
_ID = "resp_1"
_MOST_STEPS = 30_000
_MOST_CALLERS = 12
_DEFS = ast.FunctionDef | ast.AsyncFunctionDef
_LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "print", "warning"})


class UnshownError(RefusedError):
    """The shape that the file seems to read is not the one that it shows."""


class Shown(Enum):
    """What running the file on an answer says of its shape.

    ``YES``: the text comes out on one way at least. ``NO``: it comes out on none, and all of them
    were followed to their ends. ``UNCERTAIN``: it came out on none of those that could be followed.
    """

    YES = "yes"
    UNCERTAIN = "uncertain"
    NO = "no"


def check_shown(program: Program, calls: Mapping[cst.CSTNode, Library], shape: Shape) -> None:
    """Refuse a shape of which the file certainly does not show the text; see `shown`.

    Raises:
        UnshownError: no way through the code shows it.
    """
    if shape.whole:
        return
    showing = _Showing(program, calls, shape)
    if showing.verdict() is Shown.NO:
        where = showing.where()
        detail = f"{where} gets no text of an answer that has it in `{shape.shown}`"
        raise UnshownError(Reason.ANSWER_NOT_UNDERSTOOD, detail)


def shown(program: Program, calls: Mapping[cst.CSTNode, Library], shape: Shape) -> Shown:
    """Whether what is behind one of some calls shows the text of an answer of this shape.

    ``calls`` are those that give it, each with the library whose response it gives.
    """
    return _Showing(program, calls, shape).verdict()


def _answer(code: str) -> Any:
    """The value of the dict literal that is written for the answer, its names made up."""
    return _value(ast.parse(code, mode="eval").body)


def _value(node: ast.AST) -> Any:
    if isinstance(node, ast.Dict):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, map(_value, node.values), strict=True))
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _TEXT
    if '"usage"' in ast.unparse(node) or "'usage'" in ast.unparse(node):
        return {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return _ID


class _Run(Interpreter):
    """One way through the code; ``stuck`` is where it gave up, ``followed`` its functions."""

    stuck: ast.AST | None = None

    def __init__(
        self,
        module: ast.Module,
        parents: dict[int, ast.AST],
        oracle: Oracle,
        gives: Mapping[int, Library],
        written: str,
    ) -> None:
        super().__init__(module, parents, oracle)
        self._gives = gives
        self._written = written
        self.followed: list[ast.AST] = []
        self.is_used = False

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for, or is put where nothing reads it."""
        self.is_used = self.is_used or (isinstance(value, str) and _TEXT in value)

    def expression(self, node: ast.AST) -> Any:
        """The value of an expression; each request gives an answer of its own."""
        library = self._gives.get(id(node))
        return super().expression(node) if library is None else self.response(library)

    def response(self, library: Library) -> Thing:
        """A response with the answer's JSON."""
        awaits = library is Library.AIOHTTP
        state = {"status": 200, "ok": True, "written": self._written, "awaits": awaits}
        return Thing("response", state | {"streams": awaits})


class _Showing:
    def __init__(
        self, program: Program, calls: Mapping[cst.CSTNode, Library], shape: Shape
    ) -> None:
        self._program = program
        self._written = json.dumps(_answer(shape.code("live")))
        self._steps = 0
        self._leaves: ast.AST | None = None
        self._parents: dict[int, ast.AST] = {}
        self._module = ast.Module([], [])
        self._calls: dict[int, tuple[ast.AST, Library]] = {}
        try:
            self._module = ast.parse(program.text.text)
        except (SyntaxError, ValueError, RecursionError):
            return  # newer than the Python that runs this
        for node in ast.walk(self._module):
            for inner in ast.iter_child_nodes(node):
                self._parents[id(inner)] = node
        places = {program.tree.chars(call): library for call, library in calls.items()}
        for node in ast.walk(self._module):
            if isinstance(node, ast.Call) and (library := places.get(self._chars(node))):
                self._calls[id(node)] = (node, library)
        if len(self._calls) < len(calls):
            self._calls.clear()

    def _chars(self, node: ast.expr) -> tuple[int, int]:
        """The range of characters of a node, as LibCST counts."""
        text = self._program.text
        ends = []
        for line, column in (
            (node.lineno, node.col_offset),
            (node.end_lineno, node.end_col_offset),
        ):
            start, end = text.line_range(line or 1)
            before = text.text[start:end].encode()[: column or 0]
            ends.append(start + len(before.decode()))
        return ends[0], ends[1]

    def where(self) -> str:
        """What ended the first way, and its line."""
        node = self._leaves or next(iter(self._calls.values()))[0]
        shown_code = " ".join(ast.unparse(node).split())
        shown_code = shown_code if len(shown_code) <= 60 else shown_code[:57] + "..."
        return f"`{shown_code}` in line {getattr(node, 'lineno', 1)}"

    def verdict(self) -> Shown:
        """What running all calls says; one that shows the text is enough."""
        if not self._calls:
            return Shown.UNCERTAIN
        found = {self._ways(call, library) for call, library in self._calls.values()}
        return next(each for each in Shown if each in found)

    def _ways(self, call: ast.AST, library: Library) -> Shown:
        stuck = False
        try:
            for run in every_way(lambda oracle: self._run(call, library, oracle)):
                if self._shows(run):
                    return Shown.YES
                stuck = stuck or run.is_used or run.stuck is not None
                stuck = stuck or any(map(_is_alone, run.parsed))
                self._steps += run.steps
                self._leaves = self._leaves or run.leaves
                if self._steps > _MOST_STEPS:
                    return Shown.UNCERTAIN
        except RecursionError:
            return Shown.UNCERTAIN
        return Shown.UNCERTAIN if stuck else Shown.NO

    def _run(self, call: ast.AST, library: Library, oracle: Oracle) -> _Run:
        gives = {key: other for key, (_, other) in self._calls.items() if key != id(call)}
        machine = _Run(self._module, self._parents, oracle, gives, self._written)
        try:
            self._follow(machine, call, machine.response(library), {id(call)})
        except StuckError as stuck:
            machine.stuck = stuck.node
        except (RecursionError, TypeError, ValueError, AttributeError, LookupError):
            machine.stuck = call
        return machine

    def _follow(self, machine: _Run, call: ast.AST, value: Any, seen: Collection[int]) -> None:
        """Run what is behind a call, and behind those of its function as far as the text goes."""
        function = machine.function_of(call)
        machine.followed.append(function)
        ended = machine.run_from(call, value)
        if ended.thrown is not None:
            machine.sink("raise", call, ended.thrown.given)
            return
        if not _has_text(ended.returned):
            return
        callers = self._callers(function)
        if not 0 < len(callers) <= _MOST_CALLERS:
            machine.sink("return", machine.leaves or function, (ended.returned,))
            return
        for caller in callers:
            if id(caller) in seen:
                raise StuckError(caller)
            self._follow(machine, caller, ended.returned, {*seen, id(caller)})

    def _callers(self, function: ast.AST) -> list[ast.Call]:
        """The calls of a function; none where it is handed on, decorated or a public method."""
        name = getattr(function, "name", "")
        if not name or (isinstance(function, _DEFS) and function.decorator_list):
            return []
        holder = self._parents.get(id(function))
        is_method = isinstance(holder, ast.ClassDef)
        if not is_method and holder is not self._module:
            return []
        found, others = [], 0
        for node in ast.walk(self._module):
            spelt = node.attr if isinstance(node, ast.Attribute) and is_method else ""
            if isinstance(node, ast.Name) and not is_method:
                spelt = node.id
            if spelt != name:
                continue
            parent = self._parents.get(id(node))
            if isinstance(parent, ast.Call) and parent.func is node:
                found.append(parent)
            else:
                others += 1
        private = not is_method or name.startswith("_")
        return found if private and not others else []

    def _shows(self, run: _Run) -> bool:
        """Whether the text came out: to another file, a client, a field, a variable further out."""
        if any(_is_told(sink) for sink in run.sinks) or any(map(_has_text, run.members.values())):
            return True
        kept = {
            name: value
            for name, value in run.globals.values.items()
            if _has_text(value) and not isinstance(value, Closure)
        }
        if any(function is self._module for function in run.followed):
            kept = {name: value for name, value in kept.items() if self._is_read_inside(name)}
        return bool(kept)

    def _is_read_inside(self, name: str) -> bool:
        """Whether a function of the file reads a name."""
        return any(
            isinstance(inner, ast.Name) and inner.id == name
            for node in ast.walk(self._module)
            if isinstance(node, _DEFS | ast.Lambda)
            for inner in ast.walk(node)
        )


def _is_alone(source: str) -> bool:
    """Whether what is parsed is the text itself: a model that is asked for JSON gives such."""
    return _TEXT in source and _ID not in source


def _has_text(value: Any) -> bool:
    return any(_TEXT in each for each in texts_in(value)) or isinstance(value, Thing | Closure)


def _is_told(sink: Sink) -> bool:
    """Whether a call is given the text; what is only logged with the whole answer is not told."""
    texts = [each for each in texts_in(sink.given) if _TEXT in each]
    if sink.name.rpartition(".")[2] not in _LOGS:
        return bool(texts) or any(
            isinstance(each, Thing) or (isinstance(each, Closure) and sink.name == "return")
            for each in sink.given
        )
    whole = any(_ID in each for each in texts_in(sink.given))
    return bool(texts) and not whole
