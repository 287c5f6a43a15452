"""What is read of a run: the variables that hold it, its status, its error, its ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Span
from callmend.languages.ecmascript.assistants.answers import is_logged, is_tested
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    items,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason

#: Properties of a run that a response has too, under the same or another name.
_PROPERTIES = {
    b"status": b"status",
    b"id": b"id",
    b"last_error": b"error",
    b"incomplete_details": b"incomplete_details",
    b"usage": b"usage",
    b"model": b"model",
    b"created_at": b"created_at",
    b"metadata": b"metadata",
}
_USAGE = {
    b"prompt_tokens": b"input_tokens",
    b"completion_tokens": b"output_tokens",
    b"total_tokens": b"total_tokens",
}
#: Statuses of a run that no response ever has.
NEVER = frozenset({b"expired", b"cancelling", b"requires_action"})
_NOTHING = frozenset({b"null", b"undefined", b"''", b'""'})


@dataclass
class RunReadings:
    """What has to change where a run is read.

    ``names`` are the uses of variables that hold the run, ``statuses`` those of variables that hold
    its status, ``properties`` property names with their new ones, ``never`` comparisons with a
    status that no response has, ``lists`` the `[...].includes(run.status)`, ``threads`` readings of
    the thread's id.
    """

    names: list[Node] = made(default_factory=list)
    statuses: list[Node] = made(default_factory=list)
    properties: list[tuple[Node, bytes]] = made(default_factory=list)
    never: list[Node] = made(default_factory=list)
    lists: list[Node] = made(default_factory=list)
    threads: list[Node] = made(default_factory=list)
    removed: list[Node] = made(default_factory=list)
    #: Every expression that is a status, by node id, whether it is replaced or not.
    status_ids: set[int] = made(default_factory=set)
    required_actions: list[Node] = made(default_factory=list)


class Runs:
    """The variables of one flow that hold its run, or the run's id or status."""

    def __init__(
        self, program: Program, values: Iterable[Node], wrapped: Iterable[Binding] = ()
    ) -> None:
        """``values`` are the awaited calls that give the run.

        ``wrapped`` are the variables that hold the run in their `.data`.
        """
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._values = {value.id for value in values}
        self._wrapped = {id(binding) for binding in wrapped}
        self.runs: list[Binding] = []
        self.status_names: list[Binding] = []
        self.id_names: list[Binding] = []

    def collect(self, bound: Iterable[Binding]) -> None:
        """Take the variables that the calls are bound to, and find those of ids and statuses.

        Raises:
            RefusedError: such a variable also holds something else.
        """
        self.runs = list(dict.fromkeys(bound))
        for binding in self.runs:
            for write in binding.writes:
                assignment = self._tree.parent(write)
                right = field(assignment, "right")
                if right is None or unwrapped(right).id not in self._values:
                    raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(assignment or write))
            value = field(binding.declarator, "value")
            if value is not None and unwrapped(value).id not in self._values:
                if text(value) not in _NOTHING and not self.is_run(value):
                    raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(binding.declarator))
        for binding in self.runs:
            for use in self._uses(binding):
                self._alias_of(use)

    def is_run(self, node: Node) -> bool:
        """Whether an expression is one of the run's variables."""
        node = unwrapped(node)
        wrapped = node.type == "member_expression" and text_of(node, "property") == b"data"
        if wrapped:
            node = unwrapped(field(node, "object") or node)
        if node.type != "identifier":
            return False
        binding = self._scopes.binding(node)
        return binding in self.runs and (id(binding) in self._wrapped) == wrapped

    def _uses(self, binding: Binding) -> list[Node]:
        """The expressions that are the run, by one of its variables; assignments left out."""
        uses = [use for use in binding.references if not self._scopes.is_write(use)]
        if id(binding) not in self._wrapped:
            return uses
        return [member for use in uses if (member := self._tree.outer(use)[1]) is not None]

    def is_run_id(self, node: Node) -> bool:
        """Whether an expression is the run's id."""
        node = unwrapped(node)
        if node.type == "identifier":
            return self._scopes.binding(node) in self.id_names
        owner = field(node, "object")
        if node.type != "member_expression" or owner is None:
            return False
        return text_of(node, "property") == b"id" and self.is_run(owner)

    def is_status(self, node: Node) -> bool:
        """Whether an expression is the run's status."""
        node = unwrapped(node)
        if node.type == "identifier":
            return self._scopes.binding(node) in self.status_names
        owner = field(node, "object")
        if node.type != "member_expression" or owner is None:
            return False
        return text_of(node, "property") == b"status" and self.is_run(owner)

    def _alias_of(self, use: Node) -> None:
        """`const runId = run.id`, `let status = run.status`, `status = run.status`."""
        node, parent = self._tree.outer(use)
        if parent is None or parent.type != "member_expression" or field(parent, "object") != node:
            return
        name = text_of(parent, "property")
        if name not in (b"id", b"status"):
            return
        node, around = self._tree.outer(parent)
        target = None
        if around is not None and around.type == "variable_declarator":
            target = field(around, "name") if field(around, "value") == node else None
        elif around is not None and around.type == "assignment_expression":
            target = field(around, "left") if field(around, "right") == node else None
        if target is None or target.type != "identifier":
            return
        binding = self._scopes.binding(target)
        if binding is None:
            return
        if name == b"id":
            if not binding.writes and binding not in self.id_names:
                self.id_names.append(binding)
        elif binding not in self.status_names and self._holds_only_statuses(binding):
            self.status_names.append(binding)

    def _holds_only_statuses(self, binding: Binding) -> bool:
        if binding.declarator.type != "variable_declarator":
            return False
        values = [field(binding.declarator, "value")]
        for write in binding.writes:
            assignment = self._tree.parent(write)
            if assignment is None or assignment.type != "assignment_expression":
                return False
            values.append(field(assignment, "right"))
        known = [value for value in values if value is not None]
        return all(
            self.is_status(value)
            or text(value) in _NOTHING
            or text(value)[1:-1] in (b"queued", b"in_progress")
            for value in known
        )

    # readings

    def read(self, gone: list[Span]) -> RunReadings:
        """All readings of the run outside of what goes anyway.

        Raises:
            RefusedError: something is read that a response does not have.
        """
        found = RunReadings()

        def stays(node: Node) -> bool:
            return not any(where.contains(span(node)) for where in gone)

        for binding in self.runs:
            for use in self._uses(binding):
                if stays(use):
                    self._read_run(use, found)
        for binding in self.status_names:
            for use in binding.references:
                if stays(use) and not self._scopes.is_write(use):
                    found.statuses.append(use)
                    self._read_status(use, found)
        return found

    def _read_run(self, use: Node, found: RunReadings) -> None:
        node, parent = self._tree.outer(use)
        if parent is None:
            raise RefusedError(Reason.OTHER_READ, show_line(use))
        if parent.type != "member_expression" or field(parent, "object") != node:
            self._read_whole(use, node, parent)
            found.names.append(use)
            return
        name, property_node = text_of(parent, "property"), field(parent, "property")
        if name == b"thread_id":
            found.threads.append(parent)
            return
        if name == b"required_action":
            found.required_actions.append(parent)
            return
        new = _PROPERTIES.get(name)
        if new is None or property_node is None:
            raise RefusedError(Reason.OTHER_READ, show_line(parent))
        found.names.append(use)
        if new != name:
            found.properties.append((property_node, new))
        if name == b"usage":
            self._read_usage(parent, found)
        elif name == b"status":
            self._read_status(parent, found)

    def _read_whole(self, use: Node, node: Node, parent: Node) -> None:
        around = self._tree.parent(parent)
        if is_logged(around, parent) or is_tested(self._program, use):
            return
        if parent.type == "variable_declarator" and self.is_run(field(parent, "name") or node):
            return
        if parent.type in ("pair", "shorthand_property_identifier", "object"):
            # `console.log('run', { run })`
            for outer in self._tree.ancestors(parent):
                if outer.type == "arguments" and is_logged(self._tree.parent(outer), outer):
                    return
                if outer.type not in ("object", "pair"):
                    break
        raise RefusedError(Reason.ANSWER_HANDED_ON, show_line(use))

    def _read_usage(self, member: Node, found: RunReadings) -> None:
        node, parent = self._tree.outer(member)
        if parent is None or parent.type != "member_expression" or field(parent, "object") != node:
            if parent is not None and is_logged(self._tree.parent(parent), parent):
                return
            if is_tested(self._program, member):
                return
            raise RefusedError(Reason.OTHER_READ, show_line(member))
        name, property_node = text_of(parent, "property"), field(parent, "property")
        if name not in _USAGE or property_node is None:
            raise RefusedError(Reason.OTHER_READ, show_line(parent))
        if _USAGE[name] != name:
            found.properties.append((property_node, _USAGE[name]))

    def _read_status(self, node: Node, found: RunReadings) -> None:
        found.status_ids.add(node.id)
        outer, parent = self._tree.outer(node)
        if parent is None:
            return
        if parent.type == "binary_expression":
            other = field(parent, "right")
            if other == outer:
                other = field(parent, "left")
            word = None if other is None else text(unwrapped(other))[1:-1]
            if word in NEVER:
                found.never.append(parent)
        elif parent.type == "arguments":
            call = self._tree.parent(parent)
            function = field(call, "function")
            if call is not None and function is not None and len(items(parent)) == 1:
                if text_of(function, "property") == b"includes":
                    found.lists.append(call)
        elif parent.type == "switch_statement":
            body = field(parent, "body")
            words = [] if body is None else [text_of(case, "value")[1:-1] for case in items(body)]
            if any(word in NEVER for word in words):
                raise RefusedError(Reason.STATUS_SWITCH, show_line(node))


def mentions(node: Node, ids: set[int]) -> bool:
    """Whether any of these nodes stands in a subtree."""
    return any(inner.id in ids for inner in descendants(node))
