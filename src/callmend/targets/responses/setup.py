"""The assistant of a run, where the file makes it: its parameters, and the calls that go."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.flows import Flow, Flows
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import field, is_inside, show_line, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.routes import Op
from callmend.targets.responses.parameters import Members, object_members, value_of


class Setup:
    """Finds the assistant of one flow; ``calls`` are those that go with it."""

    def __init__(self, program: Program, flows: Flows, flow: Flow) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self._flows = flows
        self._flow = flow
        self.calls: list[Call] = []

    def read(self, run: Members) -> Members:
        """The parameters of the assistant where this file makes it.

        Raises:
            RefusedError: the assistant is also used for something else.
        """
        given = value_of(run, b"assistant_id")
        if given is None:
            return {}
        call = self._maker(unwrapped(given), 0)
        if call is None:
            return {}
        if not self._flows.dominates(call.node, self._flow.start.node):
            raise RefusedError(Reason.ASSISTANT_KEPT, show_line(call.node))
        binding = self._flows.threads.bound[call.node.id]
        updates = self._updates(call)
        starts = [c.node for c in self._flows.calls if c.op.starts_a_run]
        mine = [*starts, *(u.node for u in updates)]
        for use in binding.references:
            if not any(is_inside(use, node) for node in mine):
                _, parent = self._tree.outer(use)
                _, around = self._tree.outer(parent) if parent is not None else (None, None)
                if around is None or around.type != "variable_declarator":
                    raise RefusedError(Reason.ASSISTANT_KEPT, show_line(use))
        self.calls = [call, *updates]
        found: Members = {}
        if call.op is Op.CREATE_ASSISTANT:
            place = call.arguments[0] if call.arguments else None
            found.update(object_members(self._program, place, Reason.RUN_PARAMETER))
        for update in updates:
            place = update.arguments[1] if len(update.arguments) > 1 else None
            found.update(object_members(self._program, place, Reason.RUN_PARAMETER))
        return found

    def _maker(self, node: Node, depth: int) -> Call | None:
        if node.type == "identifier" and depth < 4:
            binding = self._scopes.binding(node)
            value = None if binding is None else field(binding.declarator, "value")
            if binding is None or binding.writes or value is None:
                return None
            return self._maker(unwrapped(value), depth + 1)
        owner = field(node, "object")
        if node.type != "member_expression" or owner is None:
            return None
        binding = self._scopes.binding(unwrapped(owner))
        if binding is None or text_of(node, "property") != b"id":
            return None
        ops = (Op.CREATE_ASSISTANT, Op.RETRIEVE_ASSISTANT)
        for call in self._flows.calls:
            if call.op in ops and self._flows.threads.bound.get(call.node.id) is binding:
                return call
        return None

    def _updates(self, maker: Call) -> list[Call]:
        found = []
        for call in self._flows.calls:
            if call.op is not Op.UPDATE_ASSISTANT or not call.arguments:
                continue
            if self._maker(unwrapped(call.arguments[0]), 0) is not maker:
                continue
            statement = self._tree.statement_of(call.node)
            if statement.type != "expression_statement":
                raise RefusedError(Reason.ASSISTANT_KEPT, show_line(call.node))
            if not self._flows.dominates(call.node, self._flow.start.node):
                raise RefusedError(Reason.ASSISTANT_KEPT, show_line(call.node))
            found.append(call)
        return found
