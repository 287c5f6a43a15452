"""Runs what reads an answer of a Python file, from the request on, and tells what comes out.

The code behind the request is run on the answer as it will be (`interpreter`), and then the code
behind the calls of its function, as far as the answer goes.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import libcst as cst

from callmend.languages.python.clients import Client, Library
from callmend.languages.python.program import Program
from callmend.languages.python.py_match import Interpreter
from callmend.languages.python.py_values import Closure, StuckError, Thing, ThrownError
from callmend.languages.python.reader_pieces import (
    Path,
    PieceDict,
    Told,
    has_answer,
    is_error,
    is_log,
    leaf_of,
    tagged,
)
from callmend.languages.verdicts import BAD, ID, TEXT, error, is_alone, values_in
from callmend.languages.ways import Oracle, every_way

_MOST_STEPS = 30_000
_MOST_CALLERS = 12
_DEFS = ast.FunctionDef | ast.AsyncFunctionDef


#: The kinds and the role by which a real answer tells its parts.
_KINDS = frozenset({"assistant", "message", "output_text"})


class ReaderRun(Interpreter):
    """One way through the code.

    ``stuck`` is where it gave up, ``followed`` are the functions that were run from a call on.
    ``raises`` tells that it ended with an error that the file does not catch.
    ``is_used`` tells that a condition asks for the text, or that it was put where nothing reads it.
    ``missed`` are the keys that were asked for and are not there, by what leads to them, and
    ``compared`` what something that is not there was compared with. ``states`` are the words that
    the state was compared with.
    """

    stuck: ast.AST | None = None
    is_used = False
    raises = False

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
        self._leaf = leaf_of(self._answer)
        self.followed: list[ast.AST] = []
        #: The fields and variables that hold the answer and are read by another function.
        self.read_again: set[str] = set()
        #: How often a request was sent that is met while code runs.
        self.asked = 0
        self.missed: list[Path] = []
        self.compared: list[Any] = []
        self.states: list[str] = []
        #: What the file compares a kind or a role of the answer with.
        self.kinds: list[str] = []

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for, or is put where nothing reads it."""
        # A check may ask in small letters: `assert "yes" in answer.lower()`.
        is_text = isinstance(value, str) and TEXT.casefold() in value.casefold()
        self.is_used = self.is_used or is_text

    def misses(self, owner: Any, key: Any) -> None:
        """A key is asked for that is not there."""
        path = getattr(owner, "path", None)
        if isinstance(owner, str) and TEXT in owner:
            path = self._leaf
        if path is not None and isinstance(key, str | int):
            # Whichever element is asked for: there is one.
            self.missed.append((*path, 0 if isinstance(key, int) else key))

    def _of_dict(self, node: ast.Dict) -> dict[Any, Any]:
        found = PieceDict()
        pieces: list[PieceDict] = []
        for key, value in zip(node.keys, node.values, strict=True):
            given = self.expression(value)
            if key is not None:
                found[self.expression(key)] = given
            elif isinstance(given, dict):
                found.update(given)
                pieces += [given] if isinstance(given, PieceDict) else []
        if not pieces:
            return dict(found)
        found.path = pieces[0].path
        blank = (key for key, value in found.items() if value in ("", None, []))
        found.empty = frozenset(key for key in blank if key not in pieces[0])
        return found

    def wants(self, value: Any) -> None:
        """A part is asked for whether it is a text, and it is none."""
        path = getattr(value, "path", None)
        if path:
            self.missed.append(path)

    def compares(self, left: Any, right: Any) -> None:
        """Two values are compared."""
        if left is None or right is None:
            self.compared.append(right if left is None else left)
        for mine, other in ((left, right), (right, left)):
            if isinstance(mine, str) and mine in _KINDS and isinstance(other, str):
                self.kinds += [other] if other not in _KINDS else []
        if self._answer.get("status") in (left, right):
            other = right if left == self._answer.get("status") else left
            words = other if isinstance(other, list | tuple | set | frozenset) else (other,)
            self.states += [word for word in words if isinstance(word, str)]

    def from_json(self, value: Any) -> Any:
        """What JSON gives: the answer knows its pieces."""
        return tagged(value) if isinstance(value, dict) and value.get("id") == ID else value

    def expression(self, node: ast.AST) -> Any:
        """The value of an expression; each request gives an answer of its own."""
        client = self._gives.get(id(node))
        if client is None:
            return super().expression(node)
        self.asked += 1
        return self._response(client)

    def _response(self, client: Client) -> Thing:
        """A response with the answer's JSON, or an error's; a promise of it where it is awaited."""
        awaits, status = client.library is Library.AIOHTTP, self._status
        if client.library is Library.URLLIB and status >= 400:
            raise ThrownError("HTTPError")  # as `urlopen` does
        state = {"status": status, "ok": status < 400, "written": json.dumps(self._answer)}
        response = Thing("response", state | {"streams": awaits, "awaits": awaits})
        return Thing("promise", {"of": response}) if client.awaited else response


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
        for call, client in calls.items():
            node = program.syntax_calls.get(program.tree.chars(call))
            if node is not None:
                self._calls[id(node)] = (node, client)
        if len(self._calls) < len(calls):
            self._calls.clear()

    def __bool__(self) -> bool:
        return bool(self._calls)

    def where(self, told: Told) -> str:
        """What ended the first way, and its line."""
        node = told.leaves or next(iter(self._calls.values()))[0]
        code = " ".join(ast.unparse(node).split())
        code = code if len(code) <= 60 else code[:57] + "..."
        return f"`{code}` in line {getattr(node, 'lineno', 1)}"

    @property
    def leaf(self) -> str:
        """The key under which the answer has its text, or the list of it."""
        path = leaf_of(self._answer) or ("output_text",)
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
        found = Told(is_stuck=not self._calls, is_only_asked=bool(self._calls))
        for run in self.ways(200):
            self._see(run, found)
        return found

    def _see(self, run: ReaderRun, found: Told) -> None:
        before, found.plain = found.plain, False
        for sink in run.sinks:
            seen = Told()
            seen.see(sink.given)
            # What is logged whole is shown to nobody.
            if not is_log(sink) or not (seen.whole or seen.pieces):
                found.comes_out(sink.given)
        for value in () if run.raises else self._kept(run):
            found.comes_out(value)
        found.alone = found.alone and found.plain
        found.plain = found.plain or before
        stuck = run.stuck is not None or any(map(is_alone, run.parsed))
        found.is_only_asked = found.is_only_asked and not stuck
        found.is_stuck = found.is_stuck or run.is_used or stuck
        found.raises = found.raises or run.raises
        found.missed += run.missed
        found.compared += run.compared
        found.states += run.states
        found.kinds += run.kinds
        found.leaves = found.leaves or run.leaves

    def _kept(self, run: ReaderRun) -> Iterator[Any]:
        """What fields and the file's own variables hold at the end, and nothing read here."""
        for shown, value in run.members.items():
            if shown not in run.read_again:
                yield value
        inside = any(function is self._module for function in run.followed)
        for name, value in run.globals.values.items():
            if isinstance(value, Closure) or name in run.read_again:
                continue
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
            answer = error()
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
            machine.raises = True
            machine.sink("raise", call, ended.thrown.given)
            return
        self._read_again(machine, function)
        told = Told()
        told.see(ended.returned)
        if not told.any and not any(map(is_error, values_in(ended.returned))):
            return
        if self._follow_around(machine, function, seen):
            return
        callers = self._callers(function)
        if not 0 < len(callers) <= _MOST_CALLERS:
            machine.sink("return", machine.leaves or function, (ended.returned,))
            return
        for caller in callers:
            if id(caller) in seen:
                raise StuckError(caller)
            self._follow(machine, caller, ended.returned, {*seen, id(caller)})

    def _follow_around(self, machine: ReaderRun, function: ast.AST, seen: Collection[int]) -> bool:
        """Run the function around a nested one, that calls it or hands it on; whether it did."""
        around = self._parents.get(id(function))
        if not isinstance(function, _DEFS | ast.Lambda) or not isinstance(around, _DEFS):
            return False
        if function.decorator_list if isinstance(function, _DEFS) else id(around) in seen:
            return False
        asked = machine.asked
        ended = machine.run_again(around)
        if machine.asked == asked:
            return False  # what it is handed to is not seen
        machine.followed.append(around)
        if ended.thrown is not None:
            machine.raises = True
            machine.sink("raise", around, ended.thrown.given)
        else:
            machine.sink("return", machine.leaves or around, (ended.returned,))
        return True

    def _is_object(self, node: ast.AST, made: str) -> bool:
        """Whether an expression is an object of a class of the file: `self`, `Bot()`, its name."""
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id == made
        if not isinstance(node, ast.Name):
            return False
        if node.id == "self":
            around = self._parents.get(id(node))
            while around is not None and not isinstance(around, ast.ClassDef):
                around = self._parents.get(id(around))
            return around is not None and around.name == made
        return any(
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and each.targets[0].id == node.id
            and isinstance(each.value, ast.Call)
            and self._is_object(each.value, made)
            for each in ast.walk(self._module)
        )

    def _read_again(self, machine: ReaderRun, function: ast.AST) -> None:
        """Run what reads again what was kept in a field or in a variable of the file."""
        kept = {name for name, value in machine.members.items() if has_answer(value)}
        if function is not self._module:
            values = machine.globals.values.items()
            kept |= {name for name, value in values if has_answer(value)}
        for other in self._readers(kept - machine.read_again, machine):
            if any(other is each for each in machine.followed):
                continue
            machine.followed.append(other)
            ended = machine.run_again(other)
            machine.sink("return", machine.leaves or other, (ended.returned,))

    def _readers(self, kept: set[str], machine: ReaderRun) -> list[ast.AST]:
        """The functions that read a kept value, and do not only write it."""
        found: dict[int, ast.AST] = {}
        for node in ast.walk(self._module):
            if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            spelt = node.attr if isinstance(node, ast.Attribute) else node.id
            shown = next((name for name in kept if name.rpartition(".")[2] == spelt), None)
            around = machine.function_of(node)
            parent = self._parents.get(id(node))
            writes = isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load)
            if shown is not None and isinstance(around, _DEFS) and not writes:
                if not any(around is each for each in machine.followed):
                    found[id(around)] = around
                    machine.read_again.add(shown)
        return [*found.values()]

    def _callers(self, function: ast.AST) -> list[ast.Call]:
        """The calls of a function or method; none where it is handed on or decorated."""
        name = getattr(function, "name", "")
        if not name or (isinstance(function, _DEFS) and function.decorator_list):
            return []
        holder = self._parents.get(id(function))
        made = holder.name if isinstance(holder, ast.ClassDef) else ""
        if not made and holder is not self._module:
            return []
        found: list[ast.Call] = []
        for node in ast.walk(self._module):
            is_own = isinstance(node, ast.Name) and node.id == name and not made
            if made and isinstance(node, ast.Attribute) and node.attr == name:
                is_own = self._is_object(node.value, made)
            parent = self._parents.get(id(node))
            if is_own and isinstance(parent, ast.Call) and parent.func is node:
                found.append(parent)
            elif is_own and not made:
                return []  # it is handed on
        return found
