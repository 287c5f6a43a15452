"""Runs what reads an answer of a Python file, from the request on, and tells what comes out.

The code behind the request is run on the answer as it will be (`interpreter`), and then the code
behind the calls of its function, as far as the answer goes.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import libcst as cst

from callmend.languages.python.clients import Client, Library
from callmend.languages.python.program import Program
from callmend.languages.python.py_calls import Interpreter
from callmend.languages.python.py_values import (
    Closure,
    Sink,
    StuckError,
    Thing,
    ThrownError,
)
from callmend.languages.ways import Oracle, every_way

#: What the answer says, in no way to be found in a file.
TEXT = "Al pha be ta"
ID = "resp_1"
#: What an error says, and the statuses that it may have.
ERROR = "Re fu sed"
BAD = (401, 404, 429, 500, 502)
_MOST_STEPS = 30_000
_MOST_CALLERS = 12
_DEFS = ast.FunctionDef | ast.AsyncFunctionDef
_LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "print", "warning"})
Path = tuple[str | int, ...]


class PieceDict(dict[str, Any]):
    """A dict of the answer, and the keys and places that lead to it."""

    path: Path = ()


class PieceList(list[Any]):
    """A list of the answer, and the keys and places that lead to it."""

    path: Path = ()


def _tagged(value: Any, path: Path = ()) -> Any:
    made: Any
    if isinstance(value, dict):
        made = PieceDict({key: _tagged(each, (*path, key)) for key, each in value.items()})
    elif isinstance(value, list):
        made = PieceList([_tagged(each, (*path, n)) for n, each in enumerate(value)])
    else:
        return value
    made.path = path
    return made


def answer_of(code: str) -> dict[str, Any]:
    """The value of the dict literal that is written for the answer, its names made up."""
    value = _value(ast.parse(code, mode="eval").body)
    return value if isinstance(value, dict) else {}


def members_of(code: str) -> dict[str, Any]:
    """The members of an answer beside its text, its id and its state; None stands for the text."""
    answer = answer_of(code)
    return {
        key: _blank(value)
        for key, value in answer.items()
        if key not in ("output_text", "status", "usage") and value != ID
    }


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blank(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_blank(each) for each in value]
    return None if value == TEXT else value


def set_in(members: dict[str, Any], path: Path, value: Any) -> dict[str, Any] | None:
    """Members with a value at the end of a path, None where it leads through no dict."""
    made = deepcopy(members)
    inner: Any = made
    for key in path[:-1]:
        try:
            inner = inner[key]
        except (LookupError, TypeError):
            return None
    if not isinstance(inner, dict):
        return None
    inner[path[-1]] = value
    return made


def _value(node: ast.AST) -> Any:
    if isinstance(node, ast.Dict):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, map(_value, node.values), strict=True))
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return TEXT
    if "usage" in ast.unparse(node):
        return {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    return ID


def _leaf(value: Any, path: Path = ()) -> Path | None:
    """What leads to the text, `output_text` left out."""
    if value == TEXT:
        return path
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict | list):
        pairs += value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        if path or key != "output_text":
            found = _leaf(each, (*path, key))
            if found is not None:
                return found
    return None


class ReaderRun(Interpreter):
    """One way through the code.

    ``stuck`` is where it gave up, ``followed`` are the functions that were run from a call on.
    ``is_used`` tells that a condition asks for the text, or that it was put where nothing reads it.
    ``missed`` are the keys that were asked for and are not there, by what leads to them, and
    ``compared`` what something that is not there was compared with. ``states`` are the words that
    the state was compared with.
    """

    stuck: ast.AST | None = None
    is_used = False

    def __init__(
        self,
        module: ast.Module,
        parents: dict[int, ast.AST],
        oracle: Oracle,
        gives: Mapping[int, Client],
        answer: tuple[int, dict[str, Any]],
    ) -> None:
        super().__init__(module, parents, oracle)
        self._gives = gives
        self._status, self._answer = answer
        self._leaf = _leaf(self._answer)
        self.followed: list[ast.AST] = []
        self.missed: list[Path] = []
        self.compared: list[Any] = []
        self.states: list[str] = []

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for, or is put where nothing reads it."""
        self.is_used = self.is_used or (isinstance(value, str) and TEXT in value)

    def misses(self, owner: Any, key: Any) -> None:
        """A key is asked for that is not there."""
        path = getattr(owner, "path", None)
        if isinstance(owner, str) and TEXT in owner:
            path = self._leaf
        if path is not None and isinstance(key, str | int):
            # Whichever element is asked for: there is one.
            self.missed.append((*path, 0 if isinstance(key, int) else key))

    def compares(self, left: Any, right: Any) -> None:
        """Two values are compared."""
        if left is None or right is None:
            self.compared.append(right if left is None else left)
        if self._answer.get("status") in (left, right):
            other = right if left == self._answer.get("status") else left
            words = other if isinstance(other, list | tuple | set | frozenset) else (other,)
            self.states += [word for word in words if isinstance(word, str)]

    def from_json(self, value: Any) -> Any:
        """What JSON gives: the answer knows its pieces."""
        return _tagged(value) if isinstance(value, dict) and value.get("id") == ID else value

    def expression(self, node: ast.AST) -> Any:
        """The value of an expression; each request gives an answer of its own."""
        client = self._gives.get(id(node))
        return super().expression(node) if client is None else self._response(client)

    def _response(self, client: Client) -> Thing:
        """A response with the answer's JSON, or an error's; a promise of it where it is awaited."""
        awaits, status = client.library is Library.AIOHTTP, self._status
        if client.library is Library.URLLIB and status >= 400:
            raise ThrownError("HTTPError")  # as `urlopen` does
        state = {"status": status, "ok": status < 400, "written": json.dumps(self._answer)}
        response = Thing("response", state | {"streams": awaits, "awaits": awaits})
        return Thing("promise", {"of": response}) if client.awaited else response


@dataclass(slots=True)
class Told:
    """What comes out on the ways through the code.

    ``plain``: the text, as it is. ``pieces``: what leads to dicts and lists of the answer that do.
    ``whole``: the answer, for what reads it elsewhere. ``is_stuck``: not every way was followed to
    its end, or what it makes of the text is not certain.
    """

    plain: bool = False
    pieces: set[Path] = field(default_factory=set)
    whole: bool = False
    is_stuck: bool = False
    missed: list[Path] = field(default_factory=list)
    compared: list[Any] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    leaves: ast.AST | None = None

    @property
    def any(self) -> bool:
        """Whether anything of the answer comes out."""
        return self.plain or self.whole or bool(self.pieces)

    def see(self, value: Any, depth: int = 0) -> None:
        """Note what of the answer is in a value that comes out."""
        if depth > 8:  # no reader nests deeper
            return
        path = getattr(value, "path", None)
        if path is not None or isinstance(value, Thing | Closure):
            self.whole = self.whole or not path
            self.pieces |= {path} if path else set()
        elif isinstance(value, str | bytes):
            self._read(value if isinstance(value, str) else value.decode("utf-8", "replace"))
        elif isinstance(value, dict) and value.get("id") == ID:
            self.whole = True
        elif isinstance(value, dict | list | tuple | set | frozenset):
            for each in value.values() if isinstance(value, dict) else value:
                self.see(each, depth + 1)

    def _read(self, value: str) -> None:
        if TEXT not in value:
            return
        self.whole = self.whole or ID in value
        # A part of the answer as JSON, or as Python writes it.
        written = any(quote + TEXT + quote in value for quote in "'\"")
        self.plain = self.plain or (ID not in value and not written)
        self.pieces |= {("",)} if written and ID not in value else set()


class Runs:
    """The ways through the code behind some calls that give an answer.

    ``calls`` are those with the client that sends each, ``answer`` is what its JSON says.
    """

    def __init__(
        self, program: Program, calls: Mapping[cst.CSTNode, Client], answer: dict[str, Any]
    ) -> None:
        self._program = program
        self._answer = answer
        self._steps = 0
        self._parents = program.syntax_parents
        self._calls: dict[int, tuple[ast.AST, Client]] = {}
        self._module = program.syntax or ast.Module([], [])
        places = {program.tree.chars(call): client for call, client in calls.items()}
        for node in ast.walk(self._module):
            if isinstance(node, ast.Call) and (client := places.get(self._chars(node))):
                self._calls[id(node)] = (node, client)
        if len(self._calls) < len(calls):
            self._calls.clear()

    def __bool__(self) -> bool:
        return bool(self._calls)

    def _chars(self, node: ast.expr) -> tuple[int, int]:
        """The range of characters of a node, as LibCST counts."""
        text, ends = self._program.text, []
        places = ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for line, column in places:
            start, end = text.line_range(line or 1)
            before = text.text[start:end].encode()[: column or 0]
            ends.append(start + len(before.decode()))
        return ends[0], ends[1]

    def where(self, told: Told) -> str:
        """What ended the first way, and its line."""
        node = told.leaves or next(iter(self._calls.values()))[0]
        code = " ".join(ast.unparse(node).split())
        code = code if len(code) <= 60 else code[:57] + "..."
        return f"`{code}` in line {getattr(node, 'lineno', 1)}"

    @property
    def leaf(self) -> str:
        """The key under which the answer has its text, or the list of it."""
        path = _leaf(self._answer) or ("output_text",)
        return next(key for key in reversed(path) if isinstance(key, str))

    def words(self, key: str | int) -> list[str]:
        """What the file compares something with that it asks for by a key."""
        found: list[str] = []
        for node in ast.walk(self._module):
            inside = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
            if isinstance(node, ast.Compare) and key in inside:
                found += [word for word in inside if isinstance(word, str) and word != key]
        return found

    def told(self) -> Told:
        """What comes out of an answer."""
        found = Told(is_stuck=not self._calls)
        for run in self.ways(200):
            self._see(run, found)
        return found

    def _see(self, run: ReaderRun, found: Told) -> None:
        for sink in run.sinks:
            seen = Told()
            seen.see(sink.given)
            # What is logged whole is shown to nobody.
            if not is_log(sink) or not (seen.whole or seen.pieces):
                found.see(sink.given)
        for value in (*run.members.values(), *self._kept(run)):
            if not isinstance(value, Closure):
                found.see(value)
        alone = any(TEXT in source and ID not in source for source in run.parsed)
        found.is_stuck = found.is_stuck or run.is_used or run.stuck is not None or alone
        found.missed += run.missed
        found.compared += run.compared
        found.states += run.states
        found.leaves = found.leaves or run.leaves

    def _kept(self, run: ReaderRun) -> Iterator[Any]:
        """What the file's own variables hold at the end."""
        inside = any(function is self._module for function in run.followed)
        for name, value in run.globals.values.items():
            if not inside or self._is_read_inside(name):
                yield value

    def _is_read_inside(self, name: str) -> bool:
        """Whether a function of the file reads a name."""
        return any(
            isinstance(inner, ast.Name) and inner.id == name
            for node in ast.walk(self._module)
            if isinstance(node, _DEFS | ast.Lambda)
            for inner in ast.walk(node)
        )

    def ways(self, status: int) -> Iterator[ReaderRun]:
        """Each way through the code, of a response with a status; the last may be stuck."""
        answer = self._answer
        if status in BAD:
            answer = {"error": {"message": ERROR, "type": "api_error"}}
        gives = {key: client for key, (_, client) in self._calls.items()}
        for call, _ in self._calls.values():
            make = partial(self._run, call, gives, (status, answer))
            with suppress(RecursionError):
                for run in every_way(make):
                    self._steps += run.steps
                    if self._steps > _MOST_STEPS:
                        run.stuck = run.stuck or call
                    yield run
                    if self._steps > _MOST_STEPS:
                        return
                continue
            stuck = make(Oracle([]))
            stuck.stuck = call  # it has too many ways
            yield stuck

    def _run(
        self,
        call: ast.AST,
        gives: Mapping[int, Client],
        answer: tuple[int, dict[str, Any]],
        oracle: Oracle,
    ) -> ReaderRun:
        machine = ReaderRun(self._module, self._parents, oracle, gives, answer)
        try:
            self._follow(machine, call, None, {id(call)})
        except StuckError as stuck:
            machine.stuck = stuck.node
        except (RecursionError, TypeError, ValueError, AttributeError, LookupError):
            machine.stuck = call
        return machine

    def _follow(self, machine: ReaderRun, call: ast.AST, value: Any, seen: Collection[int]) -> None:
        """Run what is behind a call, and behind those of its function as far as it goes."""
        function = machine.function_of(call)
        machine.followed.append(function)
        ended = machine.run_from(call, value)
        if ended.thrown is not None:
            machine.sink("raise", call, ended.thrown.given)
            return
        told = Told()
        told.see(ended.returned)
        if not told.any and not any(map(is_error, values_in(ended.returned))):
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
        if (not is_method and holder is not self._module) or (is_method and name[0] != "_"):
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
        return [] if others else found


def is_log(sink: Sink) -> bool:
    """Whether it is only logged."""
    return sink.name.rpartition(".")[2] in _LOGS


def is_error(value: Any) -> bool:
    """Whether a value is an error's whole JSON, as text or as a dict."""
    if isinstance(value, str):
        return ERROR in value and ('"error"' in value or "'error'" in value)
    return isinstance(value, dict) and [*value] == ["error"] and isinstance(value["error"], dict)


def values_in(value: Any) -> Iterator[Any]:
    """A value and all that is in it."""
    yield value
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(inside, dict | list | tuple | set | type({}.values())):
        for each in inside:
            yield from values_in(each)
