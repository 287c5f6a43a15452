"""What the new call is given: the run's parameters and messages, moved to where the run starts."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.assistants.flows import Flow, Flows
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.effects import is_inert
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.style import Style
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    descendants,
    is_inside,
    member_value,
    show,
    show_line,
    span,
)
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.responses.literals import Literals
from callmend.targets.responses.messages import Message, Messages
from callmend.targets.responses.parameters import (
    Members,
    Parameters,
    captured,
    object_members,
    value_of,
)
from callmend.targets.responses.setup import Setup

#: What an expression may do beside giving a value.
_WORKS = frozenset(
    {
        "assignment_expression",
        "augmented_assignment_expression",
        "await_expression",
        "new_expression",
        "update_expression",
        "yield_expression",
    }
)


class Inputs:
    """Collects the values of one flow's call; ``moved`` are the expressions that live on in it."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        names: Names,
        flows: Flows,
        flow: Flow,
        style: Style,
        eol: bytes,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._source = program.source
        self._scopes = program.scopes
        self._settings = settings
        self._names = names
        self._flow = flow
        self._statement = self._tree.statement_of(flow.start.site)
        self._style = style
        self._literals = Literals(style, eol)
        self.moved: list[Node] = []
        #: What is worked out where it stood: (statement, name, expression).
        self._held: list[tuple[Node, bytes, Node]] = []
        self.notes: list[Note] = []
        self.setup = Setup(program, flows, flow)

    def values(self, conversation: Capture | None) -> dict[str, Capture | None]:
        """The template's values.

        Raises:
            RefusedError: a parameter or a message cannot be mapped.
        """
        flow = self._flow
        run = self._run_members()
        self._check_assistant(value_of(run, b"assistant_id"))
        thread: Members = {}
        if flow.start.op.makes_a_thread:
            member = run.get(b"thread")
            given = None if member is None else member_value(member)
            thread = object_members(self._program, given, Reason.RUN_PARAMETER)
        elif flow.create is not None:
            given = flow.create.arguments[0] if flow.create.arguments else None
            thread = object_members(self._program, given, Reason.RUN_PARAMETER)
        if not set(thread) <= {b"messages", b"tool_resources", b"metadata"}:
            raise RefusedError(Reason.RUN_PARAMETER, show_line(flow.start.node))
        if b"metadata" in thread and flow.one_shot:
            words = "the thread's `metadata` is left out: there is no thread"
            self.notes.append(Note(span(thread[b"metadata"]), words))
        parameters = Parameters(self._program, self._settings, self._literals, self._value)
        parameters.read(
            run, self.setup.read(run), value_of(thread, b"tool_resources"), flow.start.node
        )
        messages = Messages(self._program, self._literals, self._value)
        values = parameters.values
        values["INPUT"] = self._input(messages, run, thread)
        values["CONVERSATION"] = conversation
        self.notes += [*parameters.notes, *messages.notes]
        return values

    def _check_assistant(self, given: Node | None) -> None:
        """Refuse an assistant's id that is worked out by more than a call; say that a call goes."""
        inside = [] if given is None else descendants(given)
        if given is None or not any(n.type in _WORKS for n in inside):
            if given is not None and any(n.type == "call_expression" for n in inside):
                words = f"{show(given)}, which gave the assistant's id, is not called any more"
                self.notes.append(Note(span(given), words))
            return
        raise RefusedError(Reason.ASSISTANT_KEPT, show_line(given))

    def _run_members(self) -> Members:
        flow = self._flow
        place = 0 if flow.start.op.makes_a_thread else 1
        given = flow.start.arguments
        if len(given) <= place or len(given) > place + 2:
            raise RefusedError(Reason.RUN_PARAMETER, show_line(flow.start.node))
        if len(given) == place + 2:
            options = object_members(self._program, given[place + 1], Reason.RUN_PARAMETER)
            if not set(options) <= {b"pollIntervalMs"}:
                raise RefusedError(Reason.RUN_PARAMETER, show_line(given[place + 1]))
        return object_members(self._program, given[place], Reason.RUN_PARAMETER)

    def _input(self, messages: Messages, run: Members, thread: Members) -> Capture:
        found: list[Message] = []
        given = value_of(thread, b"messages")
        if given is not None and self._flow.first:
            found += messages.of_list(given)
        for call in self._flow.adds:
            if len(call.arguments) != 2:
                raise RefusedError(Reason.MESSAGE_SHAPE, show_line(call.node))
            found.append(messages.one(call.arguments[1]))
        more = value_of(run, b"additional_messages")
        if more is not None:
            found += messages.of_list(more)
        if not found:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        return messages.input(found)

    def _value(self, node: Node) -> Capture:
        """An expression as it can stand in the new call, or a name that holds its value."""
        flow = self._flow
        if is_inside(node, flow.start.site):
            self.moved.append(node)
            return captured(self._program, node)
        for name in self._scopes.names_in(node):
            if not self._names.visible(name, flow.start.site):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, show_line(name))
        statement = self._tree.statement_of(node)
        if self._may_move(node, statement):
            self.moved.append(node)
            return captured(self._program, node)
        if not any(is_inside(node, call.site) for call in flow.adds):
            raise RefusedError(Reason.MESSAGE_SHAPE, show_line(node))
        held = self._names.declare([b"message"], statement, [])[b"message"]
        self._held.append((statement, held, node))
        self.moved.append(node)
        return Capture(held)

    def _may_move(self, node: Node, statement: Node) -> bool:
        """Whether an expression gives the same where the run starts."""
        if self._adjoins(statement):
            return True
        return what_changes(self._tree, self._scopes, node, node, self._statement) is None

    def _adjoins(self, statement: Node) -> bool:
        """Whether only what goes stands between a statement and the run's."""
        going = {s.id for s in self.removed()}
        current = statement.next_named_sibling
        while current is not None and current != self._statement:
            if current.type != "comment" and current.id not in going and not is_inert(current):
                return False
            current = current.next_named_sibling
        return current is not None

    def removed(self) -> list[Node]:
        """The statements that go."""
        flow = self._flow
        found = [s for call in flow.adds for s in call.statements(self._program)]
        if flow.one_shot and flow.create is not None:
            found += flow.create.statements(self._program)
        found += flow.removed
        found += [self._tree.statement_of(call.node) for call in self.setup.calls]
        return found

    def held_statements(self) -> dict[int, list[bytes]]:
        """What is worked out in the place of a statement, by the statement's id."""
        found: dict[int, list[bytes]] = {}
        end = b";" if self._style.semicolons else b""
        for statement, name, node in self._held:
            indent = self._source.indent_at(statement.start_byte)
            value = captured(self._program, node).at(indent)
            found.setdefault(statement.id, []).append(b"const " + name + b" = " + value + end)
        return found

    def idle_names(self) -> list[Binding]:
        """The variables that may have nobody left who reads them."""
        found = list(self._flow.idle)
        run = self._run_members()
        given = value_of(run, b"assistant_id")
        if given is not None:
            bindings = [self._scopes.binding(name) for name in self._scopes.names_in(given)]
            found += [b for b in bindings if b is not None]
        return list(dict.fromkeys(found))
