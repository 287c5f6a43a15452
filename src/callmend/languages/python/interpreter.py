"""Runs a part of a Python file on made-up values, to see what it makes of them: its statements.

It knows what readers of answers are written with, and gives up at everything else. What nothing is
known of is `Unknown`; a condition that depends on it is decided by an `Oracle`, so that each way
through the code can be run. The file's own code is never executed: its tree is walked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from callmend.languages.python.py_values import (
    Closure,
    Made,
    Scope,
    Sink,
    StuckError,
    ThrownError,
    Unknown,
)
from callmend.languages.ways import BreakError, ContinueError, Oracle, ReturnError

_MOST_STEPS = 6000
Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
#: The classes of errors that code on plain values raises, with those that they belong to.
_BASES = {
    "AttributeError": ("AttributeError", "Exception"),
    "IndexError": ("IndexError", "LookupError", "Exception"),
    "JSONDecodeError": ("JSONDecodeError", "ValueError", "Exception"),
    "KeyError": ("KeyError", "LookupError", "Exception"),
    "TypeError": ("TypeError", "Exception"),
    "ValueError": ("ValueError", "Exception"),
}


@dataclass(slots=True)
class Ended:
    """How a run ended: with what it gave back, or what it raised."""

    returned: Any = None
    thrown: ThrownError | None = None


class Statements:
    """Runs statements; what an expression is, `Interpreter` knows.

    ``parents`` are the nodes around each node of the file, by their ids.
    """

    def __init__(self, module: ast.Module, parents: dict[int, ast.AST], oracle: Oracle) -> None:
        self.module = module
        self.parents = parents
        self.oracle = oracle
        self.globals = Scope(node=module)
        self.scope = self.globals
        #: What stands in members of what is not known: `self.reply`.
        self.members: dict[str, Any] = {}
        self.sinks: list[Sink] = []
        self.steps = 0
        #: What raised or returned last.
        self.leaves: ast.AST | None = None
        self._start: ast.AST | None = None
        self._entry: ast.AST | None = None
        self._given: dict[int, Any] = {}
        self._yields: list[list[Any]] = []

    def run_from(self, call: ast.AST, value: Any) -> Ended:
        """Run what comes behind a call in its function; the call itself gives a value.

        Raises:
            StuckError: something in it is not known.
        """
        function = self.function_of(call)
        self._start = self._entry = call
        self._given[id(call)] = value
        self.scope = self.globals
        if function is not self.module:
            self.scope = Scope(parent=self.globals, node=function)
        if self.generates(function):
            self._yields.append([])
        ended = self._ended(function)
        if self.generates(function):
            ended.returned = self._yields.pop()
        return ended

    def run_again(self, function: ast.AST) -> Ended:
        """Run another function of the file from its start, on what was kept until then.

        Raises:
            StuckError: something in it is not known.
        """
        self.scope = Scope(parent=self.globals, node=function)
        return self._ended(function)

    def _ended(self, function: ast.AST) -> Ended:
        try:
            if isinstance(function, ast.Lambda):
                self._entry = None
                return Ended(self.expression(function.body))
            self.block(function.body)  # type: ignore[attr-defined]  # a function's or the file's
        except ReturnError as returned:
            return Ended(returned.value)
        except ThrownError as thrown:
            return Ended(thrown=thrown)
        return Ended()

    def function_of(self, node: ast.AST) -> ast.AST:
        """The function whose code a node is, or the module."""
        around = self.parents.get(id(node))
        while around is not None and not isinstance(around, Def):
            around = self.parents.get(id(around))
        return around or self.module

    def is_inside(self, node: ast.AST, outer: ast.AST | None) -> bool:
        """Whether a node is another one or stands inside of it."""
        current: ast.AST | None = node
        while current is not None and current is not outer:
            current = self.parents.get(id(current))
        return current is not None

    def expression(self, node: ast.AST) -> Any:
        """The value of an expression."""
        raise NotImplementedError

    def truth(self, value: Any, node: ast.AST) -> bool:
        """Whether a value counts as true."""
        raise NotImplementedError

    def assign(self, target: ast.AST, value: Any) -> None:
        """Put a value into a name, a member, an element or a list of those."""
        raise NotImplementedError

    def elements(self, value: Any, node: ast.AST) -> Iterable[Any]:
        """What a loop over a value goes through."""
        raise NotImplementedError

    def entered(self, value: Any) -> Any:
        """What `with` gives for a value."""
        raise NotImplementedError

    # statements

    def _step(self, node: ast.AST) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise StuckError(node)

    def _enters(self, nodes: Sequence[ast.AST] | ast.AST) -> bool:
        """Whether the call with which the run starts is still to come, and is in these nodes."""
        if self._entry is None:
            return False
        several = nodes if isinstance(nodes, Sequence) else (nodes,)
        return any(self.is_inside(self._entry, node) for node in several)

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """The statements of a block, from the one with the entry on."""
        for statement in statements:
            if self._entry is None or self._enters(statement):
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Run one statement."""
        self._step(node)
        run = getattr(self, "_" + type(node).__name__.lower(), None)
        if run is None:
            raise StuckError(node)
        run(node)

    def _leave_entry(self) -> None:
        """From here on all is run, as the innermost statement around the call is."""
        self._entry = None

    def _pass(self, _node: ast.AST) -> None:
        return

    _import = _importfrom = _global = _nonlocal = _delete = _pass

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.values[node.name] = Closure(node, self.scope)

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef) -> None:
        self.scope.values[node.name] = Made(node, self.scope)

    def _expr(self, node: ast.Expr) -> None:
        self._leave_entry()
        self.expression(node.value)

    def _assign(self, node: ast.Assign) -> None:
        self._leave_entry()
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target, value)
            if isinstance(target, ast.Name) and not self._is_read(target):
                self.asked_for(value)

    def _is_read(self, name: ast.Name) -> bool:
        return any(
            isinstance(node, ast.Name) and node.id == name.id and isinstance(node.ctx, ast.Load)
            for node in ast.walk(self.function_of(name))
        )

    def _annassign(self, node: ast.AnnAssign) -> None:
        self._leave_entry()
        if node.value is not None:
            self.assign(node.target, self.expression(node.value))

    def _augassign(self, node: ast.AugAssign) -> None:
        self._leave_entry()
        whole = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
        self.assign(node.target, self.expression(whole))

    def _return(self, node: ast.Return) -> None:
        self._leave_entry()
        value = None if node.value is None else self.expression(node.value)
        self.leaves = node
        raise ReturnError(value)

    def _raise(self, node: ast.Raise) -> None:
        self._leave_entry()
        raised = node.exc
        given: tuple[Any, ...] = ()
        if isinstance(raised, ast.Call):
            given = tuple(self.expression(each) for each in raised.args)
            given += tuple(self.expression(each.value) for each in raised.keywords)
            raised = raised.func
        self.leaves = node
        raise ThrownError("" if raised is None else ast.unparse(raised).rpartition(".")[2], given)

    def _assert(self, node: ast.Assert) -> None:
        self._leave_entry()
        value = self.expression(node.test)
        compared = node.test if isinstance(node.test, ast.Compare) else None
        sides = [] if compared is None else [compared.left, *compared.comparators]
        for asked in (value, *map(self.expression, sides)):
            self.asked_for(asked)
        if not self.truth(value, node.test):
            self.leaves = node
            raise ThrownError("AssertionError")

    def _break(self, _node: ast.Break) -> None:
        raise BreakError

    def _continue(self, _node: ast.Continue) -> None:
        raise ContinueError

    def _if(self, node: ast.If) -> None:
        if self._enters(node.body):
            self.block(node.body)
        elif self._enters(node.orelse):
            self.block(node.orelse)
        else:
            self._leave_entry()
            value = self.expression(node.test)
            self.asked_for(value)
            self.block(node.body if self.truth(value, node.test) else node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        if not self._enters(node.body):
            self._leave_entry()
            for item in node.items:
                value = self.entered(self.expression(item.context_expr))
                if item.optional_vars is not None:
                    self.assign(item.optional_vars, value)
        self.block(node.body)

    _asyncwith = _with

    def _try(self, node: ast.Try) -> None:
        try:
            handlers = [handler for handler in node.handlers if self._enters(handler)]
            if handlers:
                self.block(handlers[0].body)
            elif self._enters(node.orelse):
                self.block(node.orelse)
            elif not self._enters(node.finalbody):
                self._tried(node)
        except (ThrownError, BreakError, ContinueError, ReturnError):
            self.block(node.finalbody)
            raise
        self.block(node.finalbody)

    def _tried(self, node: ast.Try) -> None:
        try:
            self.block(node.body)
        except ThrownError as thrown:
            self._leave_entry()
            handler = next((h for h in node.handlers if self._catches(h, thrown)), None)
            if handler is None:
                raise
            if handler.name is not None:
                self.scope.values[handler.name] = thrown
            self.block(handler.body)
        else:
            self.block(node.orelse)

    def _catches(self, handler: ast.ExceptHandler, thrown: ThrownError) -> bool:
        if handler.type is None:
            return True
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = {ast.unparse(kind).rpartition(".")[2] for kind in kinds}
        if names & {thrown.kind, "Exception", "BaseException"}:
            return True
        if thrown.kind not in _BASES:
            # A class of the file or of a package: which ones it belongs to is not seen.
            return self.oracle.decide(("catches", id(handler), thrown.kind))
        return not names.isdisjoint(_BASES[thrown.kind])

    def _round(self, body: Iterable[ast.stmt]) -> bool:
        """One round of a loop, and whether another follows."""
        try:
            self.block(body)
        except ContinueError:
            return True
        except BreakError:
            return False
        return True

    def _while(self, node: ast.While) -> None:
        if self._enters(node.body):
            self._round(node.body)  # what is tried again succeeds the first time
            return
        self._leave_entry()
        while self.truth(self.expression(node.test), node.test):
            self._step(node)
            if not self._round(node.body):
                return
        self.block(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        if self._enters(node.body):
            self._round(node.body)
            return
        self._leave_entry()
        for element in self.elements(self.expression(node.iter), node.iter):
            self._step(node)
            self.assign(node.target, element)
            if not self._round(node.body):
                return
        self.block(node.orelse)

    _asyncfor = _for

    # functions

    def call(self, closure: Closure, given: list[Any], named: dict[str, Any]) -> Any:
        """What a function of the file gives for its arguments; a generator's list is made whole."""
        node = closure.node
        self._step(node)
        before, self.scope = self.scope, Scope(parent=closure.scope, node=node)
        generates = self.generates(node)
        if generates:
            self._yields.append([])
        result: Any = None
        try:
            self._bind(closure, given, named)
            if isinstance(node, ast.Lambda):
                result = self.expression(node.body)
            else:
                self.block(node.body)
        except ReturnError as returned:
            result = returned.value
        finally:
            self.scope = before
            yielded = self._yields.pop() if generates else []
        return yielded if generates else result

    def generates(self, function: ast.AST) -> bool:
        """Whether a function is a generator."""
        return isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            isinstance(node, ast.Yield | ast.YieldFrom) and self.function_of(node) is function
            for node in ast.walk(function)
        )

    def _bind(self, closure: Closure, given: list[Any], named: dict[str, Any]) -> None:
        arguments, values = closure.node.args, self.scope.values
        positional = [*arguments.posonlyargs, *arguments.args]
        if closure.owner is not None:
            given = [closure.owner, *given]
        for argument, value in zip(positional, given, strict=False):
            values[argument.arg] = value
        if arguments.vararg is not None:
            values[arguments.vararg.arg] = tuple(given[len(positional) :])
        if arguments.kwarg is not None:
            values[arguments.kwarg.arg] = {}
        known = {argument.arg for argument in (*positional, *arguments.kwonlyargs)}
        for name, value in named.items():
            if name in known:
                values[name] = value
            elif arguments.kwarg is not None:
                values[arguments.kwarg.arg][name] = value
            else:
                self.leaves = closure.node
                raise ThrownError("TypeError")
        defaults = [
            *zip(reversed(positional), reversed(arguments.defaults), strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for argument, default in defaults:
            if argument.arg not in values and default is not None:
                values[argument.arg] = self.expression(default)
        for argument in (*positional, *arguments.kwonlyargs):
            values.setdefault(argument.arg, Unknown(argument.arg))

    def give_out(self, value: Any) -> None:
        """`yield`: to the loop over the generator that is run."""
        if self._yields:
            self._yields[-1].append(value)

    def asked_for(self, value: Any) -> None:
        """A value is all that a condition asks for, or is put where nothing reads it."""

    def sink(self, name: str, node: ast.AST, given: tuple[Any, ...]) -> None:
        """Note what goes out."""
        self.sinks.append(Sink(name, node, given))
