"""Which definition of a name reaches a place: a walk backwards over the statements above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

import libcst as cst

from callmend.languages.python.scopes import Definition, Scopes, targets_in
from callmend.languages.python.tree import Statement, Tree, dotted
from callmend.records import record

_ENDING_CALLS = frozenset(
    {"sys.exit", "exit", "quit", "os._exit", "abort", "flask.abort", "pytest.fail", "pytest.skip"}
)


class Unclear(Enum):
    """Why no single definition is known."""

    AMBIGUOUS = "ambiguous"
    NOT_LOCAL = "not-local"


@record(frozen=True, slots=True)
class Guard:
    """A condition under which a node's code runs: its text and whether it holds there."""

    condition: str
    holds: bool


class Flow:
    """Reaching definitions in one file."""

    def __init__(self, tree: Tree, scopes: Scopes) -> None:
        self.tree = tree
        self.scopes = scopes
        #: The names that are bound below a node, as far as it was asked for.
        self._names: dict[cst.CSTNode, frozenset[str]] = {}
        #: Whether functions never come back to where they are called.
        self._endless: dict[cst.CSTNode, bool] = {}

    def definition(self, name: str, at: cst.CSTNode) -> Definition | Unclear:
        """The one definition of a name that holds at a node."""
        scope = self.scopes.scope_of(name, at)
        if scope is None:
            return Unclear.NOT_LOCAL
        every = self.scopes.bound(scope)[name]
        if isinstance(scope, cst.ClassDef) or scope is not self._own_scope(at):
            if len(every) == 1 and not self.scopes.written_elsewhere(name, scope):
                return every[0]
            return Unclear.AMBIGUOUS
        if self.scopes.written_elsewhere(name, scope) and not isinstance(scope, cst.Module):
            return Unclear.AMBIGUOUS
        return self._backwards(name, at)

    def every(self, name: str, at: cst.CSTNode) -> list[Definition]:
        """All definitions of a name in the scope that holds it at a node."""
        scope = self.scopes.scope_of(name, at)
        return [] if scope is None else self.scopes.bound(scope)[name]

    def _own_scope(self, at: cst.CSTNode) -> cst.CSTNode:
        return self.tree.function_of(at)

    def uses(self, definition: Definition) -> tuple[list[cst.Name], list[cst.Name]]:
        """The reads of a name that this definition certainly serves, and those that it may serve.

        Reads in nested functions are among the latter.
        """
        mine: list[cst.Name] = []
        maybe: list[cst.Name] = []
        for use in self.scopes.uses(definition.name):
            scope = self.scopes.scope_of(definition.name, use)
            if scope is None or definition not in self.scopes.bound(scope)[definition.name]:
                continue
            found = self.definition(definition.name, use)
            if found == definition and scope is self._own_scope(use):
                mine.append(use)
            elif found == definition or found is Unclear.AMBIGUOUS:
                maybe.append(use)
        return mine, maybe

    def class_named(
        self, node: cst.BaseExpression, at: cst.CSTNode | None = None
    ) -> cst.ClassDef | None:
        """The class of this file that a name means, where it stands or at another node."""
        known = self.every(node.value, at or node) if isinstance(node, cst.Name) else []
        only = known[0].node if len(known) == 1 else None
        return only if isinstance(only, cst.ClassDef) else None

    # guards

    def guards(self, node: cst.CSTNode, within: cst.CSTNode | None = None) -> list[Guard]:
        """The conditions of the `if`s around a node in its function, the nearest first.

        ``within`` bounds the search: only `if`s inside of that node count.
        """
        found: list[Guard] = []
        child = node
        for parent in self.tree.ancestors(node):
            if parent is within or type(parent) in (cst.FunctionDef, cst.Lambda):
                break
            if type(parent) is cst.If and child is not parent.test:
                test, holds = parent.test, child is parent.body
                while isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
                    test, holds = test.expression, not holds
                found.append(Guard(" ".join(self.tree.source(test).split()), holds))
            child = parent
        return found

    def leaves(self, block: cst.BaseSuite | None) -> bool:
        """Whether the code behind a block is never reached through it."""
        if block is None or not block.body:
            return False
        last = block.body[-1]
        if isinstance(last, cst.SimpleStatementLine):
            last = last.body[-1]
        if isinstance(last, (cst.Return, cst.Raise, cst.Continue, cst.Break)):
            return True
        if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
            function = last.value.func
            named = dotted(function) in _ENDING_CALLS
            named = named or self.scopes.imported(function) in _ENDING_CALLS
            return named or self._never_returns(function)
        if isinstance(last, cst.If):
            ends = list(branches(last))
            return None not in ends and all(self.leaves(end) for end in ends)
        if isinstance(last, cst.With):
            return self.leaves(last.body)
        if isinstance(last, cst.Try):
            first = last.body if last.orelse is None else last.orelse.body
            return all(self.leaves(b) for b in [first, *(h.body for h in last.handlers)])
        return False

    def _never_returns(self, function: cst.BaseExpression) -> bool:
        """Whether a name is that of a function of the file that always ends the program, or raises.

        `def die(text): print(text); sys.exit(1)`
        """
        if not isinstance(function, cst.Name):
            return False
        found = self.every(function.value, function)
        made = found[0].node if len(found) == 1 else None
        if not isinstance(made, cst.FunctionDef) or made.asynchronous or made.decorators:
            return False
        if made not in self._endless:
            self._endless[made] = False  # one that calls itself
            own = self.tree.own(made)
            back = any(isinstance(node, (cst.Return, cst.Yield)) for node in own)
            self._endless[made] = not back and self.leaves(made.body)
        return self._endless[made]

    # the walk

    def _backwards(self, name: str, at: cst.CSTNode) -> Definition | Unclear:
        here = self._in_header(name, at)
        if here is not None:
            return here
        statement = self.tree.statement_of(at)
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and self.tree.is_inside(
            at, statement.body
        ):
            return self._param(name, statement)  # a one-line function
        guards = self.guards(at)
        while True:
            above = self._above(name, statement, guards)
            if above is not None:
                return above
            holder = self.tree.holder_of(statement)
            if isinstance(holder, cst.Module):
                return (
                    Unclear.AMBIGUOUS
                    if self.scopes.bound(holder).get(name)
                    else (Unclear.NOT_LOCAL)
                )
            entered = self._entering(name, holder, statement)
            if entered is not None:
                return entered
            while not isinstance(holder, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                holder = self.tree.parent(holder) or self.tree.module
            statement = self.outermost_if(holder)

    def outermost_if(self, statement: Statement) -> Statement:
        """The first `if` of an `elif` chain: what stands above it stands above each branch."""
        parent = self.tree.parent(statement)
        while isinstance(statement, cst.If) and isinstance(parent, cst.If):
            statement, parent = parent, self.tree.parent(parent)
        return statement

    def _in_header(self, name: str, at: cst.CSTNode) -> Definition | Unclear | None:
        """A definition in the same statement, before the node: an earlier item of a `with`."""
        statement = self.tree.statement_of(at)
        if isinstance(statement, cst.With):
            for item in statement.items:
                if self.tree.is_inside(at, item):
                    break
                for definition in targets_in(item):
                    if definition.name == name:
                        return definition
        if isinstance(statement, cst.SimpleStatementLine):
            # `a = 1; b = a`: what stands before on the same line.
            index = next(i for i, s in enumerate(statement.body) if self.tree.is_inside(at, s))
            for small in reversed(statement.body[:index]):
                found = self._simple(name, small)
                if found is not None:
                    return found
        for node in self.tree.own(statement) if self.tree.has_walrus else ():
            if isinstance(node, cst.NamedExpr) and not isinstance(statement, cst.FunctionDef):
                if isinstance(node.target, cst.Name) and node.target.value == name:
                    if self.tree.statement_of(node) is statement:
                        return Unclear.AMBIGUOUS
        return None

    def _above(
        self, name: str, statement: Statement, guards: Sequence[Guard]
    ) -> Definition | Unclear | None:
        block = list(self.tree.block_of(statement))
        index = next(i for i, other in enumerate(block) if other is statement)
        for sibling in reversed(block[:index]):
            found = self._last(name, sibling, guards)
            if found is not None:
                return found
        return None

    def _in_block(
        self, name: str, block: cst.BaseSuite, guards: Sequence[Guard]
    ) -> Definition | Unclear | None:
        for statement in reversed(block.body):
            found = self._last(name, statement, guards)
            if found is not None:
                return found
        return None

    def _entering(
        self, name: str, holder: cst.CSTNode, statement: Statement
    ) -> Definition | Unclear | None:
        """What a compound statement or clause binds for its block."""
        if isinstance(holder, (cst.FunctionDef, cst.Lambda)):
            return self._param(name, holder)
        if isinstance(holder, cst.With):
            for item in reversed(holder.items):
                for definition in targets_in(item):
                    if definition.name == name:
                        return definition
            return None
        if isinstance(holder, (cst.For, cst.While)):
            if isinstance(holder, cst.For):
                for definition in targets_in(holder):
                    if definition.name == name:
                        return definition
            # The round before may have defined it.
            return Unclear.AMBIGUOUS if self._defines(name, holder.body) else None
        if isinstance(holder, (cst.ExceptHandler, cst.ExceptStarHandler, cst.Finally)):
            for definition in targets_in(holder):
                return definition if definition.name == name else None
            around = self.tree.parent(holder)
            body = getattr(around, "body", None)
            if isinstance(body, cst.BaseSuite) and self._defines(name, body):
                return Unclear.AMBIGUOUS
            return None
        if isinstance(holder, cst.Else):
            around = self.tree.parent(holder)
            if isinstance(around, cst.Try):
                return self._in_block(name, around.body, ())
            if isinstance(around, (cst.For, cst.While)) and self._defines(name, around.body):
                return Unclear.AMBIGUOUS
            return None
        if isinstance(holder, cst.MatchCase):
            return Unclear.AMBIGUOUS if self._defines(name, holder.pattern) else None
        del statement
        return None

    def _param(self, name: str, holder: cst.CSTNode) -> Definition | Unclear:
        for definition in self.scopes.bound(holder).get(name, []):
            if isinstance(definition.node, cst.Param):
                return definition
        return Unclear.AMBIGUOUS

    def _last(
        self, name: str, node: cst.CSTNode, guards: Sequence[Guard]
    ) -> Definition | Unclear | None:
        """The definition with which a statement leaves a name, None where it does not touch it."""
        if isinstance(node, cst.SimpleStatementLine):
            for small in reversed(node.body):
                found = self._simple(name, small)
                if found is not None:
                    return found
            return None
        if not self._defines(name, node):
            return None
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return next(targets_in(node))
        if isinstance(node, cst.With):
            inner = self._in_block(name, node.body, guards)
            return inner if inner is not None else self._entering(name, node, node)
        if isinstance(node, cst.If):
            return self._branching(name, node, guards)
        if isinstance(node, cst.Try):
            return self._trying(name, node, guards)
        return Unclear.AMBIGUOUS

    def _simple(self, name: str, small: cst.BaseSmallStatement) -> Definition | Unclear | None:
        for definition in targets_in(small):
            if definition.name == name:
                return Unclear.AMBIGUOUS if isinstance(small, cst.Del) else definition
        for node in self.tree.own(small) if self.tree.has_walrus else ():
            if isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
                if node.target.value == name:
                    return Unclear.AMBIGUOUS
        return None

    def _branching(
        self, name: str, node: cst.If, guards: Sequence[Guard]
    ) -> Definition | Unclear | None:
        test, positive = node.test, True
        while isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            test, positive = test.expression, not positive
        shown = " ".join(self.tree.source(test).split())
        known = next((g.holds == positive for g in guards if g.condition == shown), None)
        if known is True:
            return self._in_block(name, node.body, guards)
        if known is False:
            if isinstance(node.orelse, cst.If):
                return self._branching(name, node.orelse, guards)
            return None if node.orelse is None else self._in_block(name, node.orelse.body, guards)
        live = [branch for branch in branches(node) if not self.leaves(branch)]
        found = [None if b is None else self._in_block(name, b, guards) for b in live]
        if all(definition is None for definition in found):
            return None
        first = found[0]
        if first is not None and all(definition == first for definition in found):
            return first
        return Unclear.AMBIGUOUS

    def _trying(
        self, name: str, node: cst.Try, guards: Sequence[Guard]
    ) -> Definition | Unclear | None:
        if node.finalbody is not None and self._defines(name, node.finalbody):
            return Unclear.AMBIGUOUS
        live = [handler for handler in node.handlers if not self.leaves(handler.body)]
        if live:
            return Unclear.AMBIGUOUS
        if node.orelse is not None:
            found = self._in_block(name, node.orelse.body, guards)
            if found is not None:
                return found
        return self._in_block(name, node.body, guards)

    def _defines(self, name: str, node: cst.CSTNode) -> bool:
        names = self._names.get(node)
        if names is None:
            inner = self.tree.own(node)
            names = frozenset(found.name for each in inner for found in targets_in(each))
            self._names[node] = names
        return name in names


def branches(node: cst.If) -> Iterator[cst.BaseSuite | None]:
    """The blocks of an `if`, its `elif`s and its `else`; None where no `else` is."""
    current: cst.If | cst.Else | None = node
    while isinstance(current, cst.If):
        yield current.body
        current = current.orelse
    yield None if current is None else current.body
