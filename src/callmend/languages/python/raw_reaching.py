"""Which definitions of a variable may hold at a place of a function, more rather than fewer."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import Statement


class Reaching:
    """Looks upwards from a place, statement by statement."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._tree = program.tree

    def reaching(self, name: str, at: cst.CSTNode) -> list[Definition]:
        """The definitions of a name that may hold at a node, more rather than fewer."""
        scope = self._program.scopes.scope_of(name, at)
        if scope is None:
            return []
        every = self._program.scopes.bound(scope)[name]
        comp = next((d for d in every if isinstance(d.node, cst.CompFor)), None)
        if comp is not None:
            return every
        if scope is not self._tree.function_of(at):
            return every
        return self._upwards(at, every)

    def _upwards(self, at: cst.CSTNode, every: Sequence[Definition]) -> list[Definition]:
        found: list[Definition] = []
        statement = self._tree.statement_of(at)
        if isinstance(statement, cst.While) and self._tree.is_inside(at, statement.test):
            found += [d for d in every if self._tree.is_inside(d.node, statement.body)]
        if isinstance(statement, cst.SimpleStatementLine):
            # `a = f(); b = a`: what stands before on the same line.
            small = next(i for i, s in enumerate(statement.body) if self._tree.is_inside(at, s))
            before = [d for d in every if any(d.node is other for other in statement.body[:small])]
            if before:
                return before[-1:]
        if isinstance(statement, cst.With):
            for item in statement.items:
                if self._tree.is_inside(at, item):
                    break
                found = [d for d in every if d.node is item] or found
        while True:
            if self._above(statement, every, found):
                return found
            holder = self._tree.holder_of(statement)
            if isinstance(holder, (cst.Module, cst.FunctionDef, cst.Lambda)):
                return found + [d for d in every if isinstance(d.node, cst.Param)]
            if isinstance(holder, cst.With):
                mine = [d for d in every if any(d.node is item for item in holder.items)]
                if mine:
                    return [*found, *mine]
            elif isinstance(holder, (cst.For, cst.While)):
                found += [d for d in every if self._tree.is_inside(d.node, holder)]
                if any(d.node is holder for d in every):
                    return found  # each turn begins with what the loop takes
            while not isinstance(holder, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                around = self._tree.parent(holder) or self._tree.module
                if isinstance(holder, (cst.ExceptHandler, cst.Finally)) or (
                    isinstance(holder, cst.Else)
                    and isinstance(around, (cst.Try, cst.For, cst.While))
                ):
                    found += [d for d in every if self._tree.is_inside(d.node, around)]
                holder = around
            statement = self._outermost_if(holder)

    def _outermost_if(self, statement: Statement) -> Statement:
        parent = self._tree.parent(statement)
        while isinstance(statement, cst.If) and isinstance(parent, cst.If):
            statement, parent = parent, self._tree.parent(parent)
        return statement

    def _above(
        self, statement: Statement, every: Sequence[Definition], found: list[Definition]
    ) -> bool:
        """Add what statements above define; whether one of them certainly does."""
        block = list(self._tree.block_of(statement))
        index = next(i for i, other in enumerate(block) if other is statement)
        for sibling in reversed(block[:index]):
            inside = [d for d in every if self._tree.is_inside(d.node, sibling)]
            if not inside:
                continue
            if isinstance(sibling, cst.SimpleStatementLine):
                found.append(inside[-1])
                return True
            found += [d for d in inside if not self._leaves(d, sibling)]
            if self._is_certain(sibling, inside):
                return True
        return False

    def _leaves(self, definition: Definition, outer: cst.CSTNode) -> bool:
        """Whether the code behind a statement is never reached from a definition in it."""
        for parent in self._tree.ancestors(definition.node):
            if parent is outer:
                if isinstance(outer, cst.If) and self._tree.is_inside(definition.node, outer.body):
                    return self._program.flow.leaves(outer.body)
                return False
            if isinstance(parent, cst.If) and self._tree.is_inside(definition.node, parent.body):
                last = parent.body.body[-1] if parent.body.body else None
                small = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else None
                if isinstance(small, (cst.Return, cst.Raise)):
                    return True
        return False

    def _is_certain(self, sibling: cst.CSTNode, inside: Sequence[Definition]) -> bool:
        """Whether a compound statement that is passed certainly defines a name."""
        if isinstance(sibling, cst.With):
            return any(
                self._tree.parent(self._tree.statement_of(d.node)) is sibling.body
                or self._tree.parent(d.node) is sibling
                for d in inside
            )
        if isinstance(sibling, cst.If):
            around: cst.If | cst.Else | None = sibling
            while isinstance(around, cst.If):
                body, around = around.body, around.orelse
                if not self._program.flow.leaves(body) and not any(
                    self._tree.parent(self._tree.statement_of(d.node)) is body for d in inside
                ):
                    return False
            if around is None:
                return False
            return self._program.flow.leaves(around.body) or any(
                self._tree.parent(self._tree.statement_of(d.node)) is around.body for d in inside
            )
        if isinstance(sibling, cst.Try):
            live = [h for h in sibling.handlers if not self._program.flow.leaves(h.body)]
            return not live and any(
                self._tree.parent(self._tree.statement_of(d.node)) is sibling.body for d in inside
            )
        return isinstance(sibling, (cst.FunctionDef, cst.ClassDef))
