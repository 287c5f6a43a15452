"""Variables that only a flow which goes has read, and a check that nothing misses one of it."""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit, apply
from callmend.languages.python.program import Program
from callmend.languages.python.raw_flow import RawFlow
from callmend.languages.python.raw_values import Group, definitions_in
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.source import BOM

_CLOCKS = frozenset({"time.time", "time.monotonic", "time.perf_counter", "datetime.now",
                     "datetime.datetime.now", "json.dumps", "len", "str", "int"})  # fmt: skip


class Unused:
    """Looks at the variables of one flow's function.

    ``replaced`` are nodes that something else stands for, ``dropped`` statements that go as well,
    ``names`` the variables of the new answer and of its text, ``moved`` expressions that are read
    in the new request, whose ``words`` are all those of its body.
    """

    def __init__(
        self,
        program: Program,
        flow: RawFlow,
        replaced: Sequence[cst.CSTNode],
        dropped: Sequence[cst.CSTNode],
        names: tuple[str, str],
        moved: Sequence[cst.CSTNode],
        words: frozenset[str],
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._flow = flow
        self._replaced = list(replaced)
        self._dropped = list(dropped)
        self._run, self._text = names
        self._moved = moved
        self._words = words
        self._idle: list[cst.CSTNode] = []

    def _is_read(self, use: cst.CSTNode) -> bool:
        """Whether a use is still there."""
        if any(self._tree.is_inside(use, node) for node in self._moved):
            return True
        if self._flow.is_removed(use):
            return False
        gone = [*self._replaced, *self._dropped, *self._idle]
        return not any(self._tree.is_inside(use, other) for other in gone)

    def idle(self) -> list[cst.CSTNode]:
        """The statements that only give a value to variables which nothing reads any more."""
        function = self._flow.function
        lines = [
            node for node in self._tree.own(function)
            if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1
            and isinstance(node.body[0], (cst.Assign, cst.AnnAssign, cst.AugAssign))
        ]  # fmt: skip
        while True:
            found = [line for line in lines if self._is_idle(line)]
            if not found:
                return self._idle
            self._idle += found
            lines = [line for line in lines if line not in self._idle]

    def constants(self, definitions: Sequence[Definition]) -> list[cst.CSTNode]:
        """The statements of constants that nothing in the file reads any more."""
        found: list[cst.CSTNode] = []
        for definition in definitions:
            mine, maybe = self._program.flow.uses(definition)
            line = self._tree.statement_of(definition.node)
            if not any(self._is_read(use) for use in (*mine, *maybe)) and line not in found:
                if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
                    found.append(line)
        return [line for line in found if not any(line is other for other in self._idle)]

    def _is_idle(self, line: cst.SimpleStatementLine) -> bool:
        if not self._is_read(line):
            return False
        small = line.body[0]
        if isinstance(small, cst.Assign):
            targets = [target.target for target in small.targets]
            value: cst.BaseExpression | None = small.value
        elif isinstance(small, cst.AnnAssign):
            targets, value = [small.target], small.value
        else:
            return False
        if value is None or not all(isinstance(target, cst.Name) for target in targets):
            return False
        if not self._is_harmless(value):
            return False
        held = definitions_in(line, self._program)
        return all(self._only_of_the_flow(definition) for definition in held)

    def _only_of_the_flow(self, definition: Definition) -> bool:
        """Whether a variable was read, and all that read it went."""
        if definition.name in self._words:
            return False
        uses = self._uses(definition)
        if isinstance(self._flow.function, cst.Module) and not isinstance(
            definition.value, (cst.Integer, cst.Float, cst.Call, cst.Dict, cst.FormattedString)
        ):
            return False
        scope = self._program.scopes.scope_of(definition.name, definition.node)
        if scope is not self._flow.function and not isinstance(scope, cst.Module):
            return False
        if self._program.scopes.written_elsewhere(definition.name, self._flow.function):
            return False
        return bool(uses) and not any(self._is_read(use) for use in uses)

    def _uses(self, definition: Definition) -> list[cst.Name]:
        found = []
        for use in self._program.scopes.uses(definition.name):
            scope = self._program.scopes.scope_of(definition.name, use)
            if scope is not self._flow.function:
                continue
            reaching = self._flow.values.reaching(definition.name, use)
            if any(other.node is definition.node for other in reaching):
                found.append(use)
        return found

    def _is_harmless(self, value: cst.BaseExpression) -> bool:
        for inner in self._tree.below(value):
            if isinstance(inner, (cst.Await, cst.NamedExpr, cst.Yield)):
                return False
            if isinstance(inner, cst.Call):
                known = self._program.scopes.imported(inner.func) or dotted(inner.func)
                encoded = isinstance(inner.func, cst.Attribute) and inner.func.attr.value in (
                    "encode", "format", "get", "strip", "timestamp",
                )  # fmt: skip
                if known not in _CLOCKS and not encoded:
                    return False
        return True

    def _is_the_run(self, use: cst.Name) -> bool:
        """Whether a use reads the run's variable, which stays."""
        held = self._flow.values.denoted(use)
        return use.value == self._run and held is not None and held.is_json(Group.RUN)

    def check(self) -> None:
        """Refuse where something is still read that is gone.

        Raises:
            RefusedError: naming it.
        """
        removed: list[cst.CSTNode] = [*self._flow.gone, *self._dropped, *self._idle]
        removed += [loop.node for loop in self._flow.loops]
        for line in removed:
            for definition in definitions_in(line, self._program):
                if not self._flow.is_removed(definition.node) and not any(
                    self._tree.is_inside(definition.node, other)
                    for other in (*self._dropped, *self._idle)
                ):
                    continue  # it stays: in a branch of a loop
                if definition.name == self._text:
                    continue  # it is given its value where the messages were listed
                for use in self._uses(definition):
                    if self._is_read(use) and not self._is_the_run(use):
                        raise RefusedError(Reason.OTHER_READ, self._tree.show_line(use))


def check_names(program: Program, edits: Sequence[Edit]) -> None:
    """Refuse edits after which a name is read that nothing binds.

    Raises:
        RefusedError: naming it, or that the file is too new for the Python that runs this.
    """
    before, after = program.text.text, apply(program.source.data, edits)
    new = after.removeprefix(BOM).decode(program.text.encoding)
    try:
        missing = _unbound(new) - _unbound(before)
    except SyntaxError as error:
        detail = f"{error.msg} in line {error.lineno}, for the Python that callmend runs on"
        raise RefusedError(Reason.SYNTAX_ERROR, detail) from None
    if missing:
        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{min(missing)[1]}`")


def _unbound(source: str) -> set[tuple[str, str]]:
    """The names, with their functions, that no scope of a file binds."""
    module = symtable.symtable(source, "source", "exec")
    bound = {s.get_name() for s in module.get_symbols() if s.is_assigned() or s.is_imported()}
    bound |= {s.get_name() for s in module.get_symbols() if s.is_namespace()}
    bound |= set(dir(builtins))
    found: set[tuple[str, str]] = set()
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {
            (table.get_name(), symbol.get_name())
            for symbol in table.get_symbols()
            if symbol.is_referenced() and symbol.is_global() and symbol.get_name() not in bound
        }
    return found
