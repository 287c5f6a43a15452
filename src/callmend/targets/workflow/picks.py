"""Where a file picks a client's made-up `workflows`: what is picked becomes the live namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit, apply
from callmend.languages.ecmascript import tracing
from callmend.languages.ecmascript.bodies import is_logged
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.members import MEMBERS, member_key
from callmend.languages.ecmascript.picked import Picked, alternatives
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.statements import joins_its_neighbours, removals
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    items,
    show_line,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.workflow.sdk_guards import is_condition


def root_of(call: Node) -> Node:
    """The name or the call that a method's path starts with: `wf` of `wf.runs.create()`."""
    return tracing.root_of(called(call), frozenset())


class Picks:
    """What is picked for some calls, which have to be all that use it."""

    def __init__(self, program: Program, picks: Sequence[Picked], calls: Iterable[Node]) -> None:
        self._program = program
        self._tree = program.tree
        self._picks = picks
        self._roots = {root_of(call).id for call in calls}

    @property
    def functions(self) -> list[Node]:
        """The functions that pick one."""
        return list({p.function.id: p.function for p in self._picks if p.function}.values())

    def edits(self, live: bytes, method: bytes, guards: Sequence[Edit]) -> list[Edit]:
        """The edits of all places, of what is asked of the names, and those ``guards`` that stay.

        Args:
            live: The path of the live namespace behind the client, `beta.threads`.
            method: The last name of the live method, `createAndRunPoll`.
            guards: The edits of the conditions that ask the client itself.

        Raises:
            RefusedError: something else uses what is picked.
        """
        found: list[Edit] = []
        names: dict[int, Node] = {p.name.id: p.name for p in self._picks if p.name is not None}
        for function in self.functions:
            for name in self._constants(function):
                names[name.id] = name
        inner = {name.id: name for pick in self._picks for name in pick.inner}
        for name in [*names.values(), *inner.values()]:
            found += self._asked(name, method, returns=name.id in inner)
        given = {node.id: node for pick in self._picks for node in pick.given}
        for node in given.values():
            found += self._written(node, live)
        for name in [*names.values(), *inner.values(), *self.functions]:
            self._check_type(name)
        kept = [g for g in guards if not any(e.span.contains(g.span) for e in found)]
        edits = sorted(set(found + kept))
        return self._without_twins(edits)

    def _constants(self, function: Node) -> Iterator[Node]:
        """The constants that hold what a function picks.

        Raises:
            RefusedError: something else calls it.
        """
        name = self._tree.name_of(function)
        binding = None if name is None else self._program.scopes.binding(name)
        if binding is None or is_declared_exported(binding):
            raise RefusedError(
                Reason.SDK_INVENTED, f"{show_line(function)} may be called elsewhere"
            )
        for use in binding.references:
            node, call = self._tree.outer(use)
            if use == name or is_logged(self._tree, use):
                continue
            if call is None or field(call, "function") != node:
                raise RefusedError(Reason.SDK_INVENTED, show_line(use))
            given = items(field(call, "arguments") or call)
            if [*map(text, given)] != [*map(text, self._picks[0].handed)]:
                raise RefusedError(Reason.SDK_INVENTED, show_line(use))
            if call.id in self._roots or is_condition(self._program, call):
                continue
            outer, declarator = self._tree.outer(call)
            held = field(declarator, "name")
            found = None if held is None else self._program.scopes.binding(held)
            if declarator is None or held is None or field(declarator, "value") != outer:
                raise RefusedError(Reason.SDK_INVENTED, show_line(use))
            if found is None or found.writes or is_declared_exported(found):
                raise RefusedError(Reason.SDK_INVENTED, show_line(use))
            yield held

    def _asked(self, name: Node, method: bytes, *, returns: bool) -> Iterator[Edit]:
        """The edits of conditions that ask whether what is picked has the made-up method.

        ``returns`` tells that the name's function returns it.

        Raises:
            RefusedError: it is used for something else.
        """
        binding = self._program.scopes.binding(name)
        for use in binding.references if binding is not None else ():
            if use == name or use.id in self._roots or is_logged(self._tree, use):
                continue
            node, keys = use, list[bytes | None]()
            outer, parent = self._tree.outer(node)
            while parent is not None and parent.type in MEMBERS:
                if field(parent, "object") != outer:
                    break
                node = parent
                keys.append(member_key(node))
                outer, parent = self._tree.outer(node)
            if returns and not keys and parent is not None and parent.type == "return_statement":
                continue
            if not is_condition(self._program, node) or len(keys) > 2:
                raise RefusedError(Reason.SDK_INVENTED, show_line(use))
            if keys:
                join = b"?." if b"?." in text(node) else b"."
                yield Edit(use.end_byte, node.end_byte, join + method)

    def _written(self, node: Node, live: bytes) -> Iterator[Edit]:
        """The edits after which an expression gives the live namespace, if anything."""
        inner = unwrapped(node)
        sides = alternatives(node)
        condition = field(inner, "condition")
        if self._is_place(node) and (condition is None or not has_effects(condition)):
            yield Edit(inner.start_byte, inner.end_byte, self._live(inner, live))
            return
        for side in sides or ():
            yield from self._written(side, live)

    def _is_place(self, node: Node) -> bool:
        """Whether an expression gives one of the places, whatever happens."""
        sides = alternatives(node)
        if sides is None:
            return any(unwrapped(node) == place for p in self._picks for place in p.places)
        return all(map(self._is_place, sides))

    def _live(self, node: Node, live: bytes) -> bytes:
        """The code of the live namespace, as careful as what it replaces."""
        client = self._picks[0].owner
        first, *rest = live.split(b".")
        join = b"?." if b"?." in text(node) else b"."
        return join.join([client + b"." + first, *rest])

    def _check_type(self, node: Node) -> None:
        """Refuse what is declared as something, which the live namespace may not be.

        Raises:
            RefusedError: it is.
        """
        holder = node if field(node, "return_type") is not None else node.parent
        kind = field(holder, "return_type") or field(holder, "type")
        if kind is not None and b"any" not in text(kind):
            raise RefusedError(Reason.SDK_INVENTED, show_line(node))

    def _without_twins(self, edits: list[Edit]) -> list[Edit]:
        """The edits, where a statement that is the same as one above it now goes instead."""
        source = self._program.source
        gone: list[Node] = []
        for function in self.functions:
            body = field(function, "body")
            known: set[bytes] = set()
            for statement in items(body) if body is not None else ():
                if statement.type != "if_statement" or field(statement, "alternative") is not None:
                    continue
                code = self._edited(statement, edits)
                if code in known and self._may_go(statement):
                    gone.append(statement)
                known.add(code)
        inside = [e for e in edits if any(_covers(statement, e) for statement in gone)]
        return [e for e in edits if e not in inside] + removals(source, gone)

    def _edited(self, statement: Node, edits: list[Edit]) -> bytes:
        start = statement.start_byte
        own = [Edit(e.start - start, e.end - start, e.text) for e in edits if _covers(statement, e)]
        return apply(text(statement), own)

    def _may_go(self, statement: Node) -> bool:
        """Whether nothing but a return stands in a statement, and no comment beside it."""
        branch = field(statement, "consequence")
        inner = items(branch) if branch is not None and branch.type == "statement_block" else []
        returns = inner[0] if len(inner) == 1 else branch
        beside = statement.next_named_sibling
        comment = beside is not None and beside.type == "comment"
        if comment and beside is not None and beside.start_point[0] == statement.end_point[0]:
            return False
        return (
            returns is not None
            and returns.type == "return_statement"
            and not any(node.type == "comment" for node in descendants(statement))
            and not joins_its_neighbours(statement)
        )


def _covers(statement: Node, edit: Edit) -> bool:
    return statement.start_byte <= edit.start and edit.end <= statement.end_byte
