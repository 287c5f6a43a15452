"""Assistants API flows of a file that are written as Responses API calls, or left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit, Span
from callmend.findings import Bucket, Finding
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.client import Owner
from callmend.languages.ecmascript.assistants.flows import OWNERS, Flows
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.style import detect
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    members,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.rewriting.assistants import RUNS, why
from callmend.rewriting.planned import left
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.assistants import Writer, Written
from callmend.targets.responses.conversations import Creating, conversation_name

#: What makes, finds or fills a thread.
_OF_THREADS = frozenset({Op.CREATE_THREAD, Op.RETRIEVE_THREAD, Op.ADD_MESSAGE})
_THREADS = frozenset({"thread-messages", "threads"})
_OF_ASSISTANT = frozenset({Op.CREATE_ASSISTANT, Op.UPDATE_ASSISTANT})


@dataclass
class _State:
    taken: dict[int, Call] = made(default_factory=dict)
    edits: list[Edit] = made(default_factory=list)
    written: list[tuple[Call, Written]] = made(default_factory=list)
    refused: list[tuple[Call, RefusedError]] = made(default_factory=list)


class File:
    """Plans the flows of one file, then what stands beside them.

    ``plans`` takes what those that need functions at the end of the file come to.
    """

    def __init__(
        self,
        program: Program,
        settings: Settings,
        names: Names,
        calls: list[Call],
        others: list[Request],
        obstacle: Reason | None,
        plans: dict[Span, Plan],
    ) -> None:
        self._program = program
        self._settings = settings
        self._names = names
        self._calls = calls
        self._others = others
        self._obstacle = obstacle
        self._plans = plans
        self._flows = Flows(program, calls)
        self._state = _State()

    def findings(self) -> list[Finding]:
        """The findings of all calls that are read, with their edits."""
        for call in self._calls:
            if call.op.starts_a_run:
                self._flow(call)
        self._one_thread()
        self._halves()
        found = [self._migrated(call, written) for call, written in self._state.written]
        found += [self._left(call, refused) for call, refused in self._state.refused]
        anchors = {id(call) for call, _ in [*self._state.written, *self._state.refused]}
        # What stands beside a run that is left is part of what is left, and said once.
        function_of = self._program.tree.function_of
        left = {function_of(call.node).id for call, _ in self._state.refused}
        runs = [r for r in self._others if r.endpoint.id in RUNS]
        left |= {function_of(request.call).id for request in runs}
        rest = [
            call
            for call in self._calls
            if call.site.id not in self._state.taken
            and id(call) not in anchors
            and function_of(call.node).id not in left
        ]
        return found + [self._lone(call) for call in rest]

    def _flow(self, start: Call) -> None:
        state = self._state
        try:
            written = self._write(start)
        except RefusedError as refused:
            state.refused.append((start, refused))
            return
        state.edits += written.edits
        state.written.append((start, written))
        for call in [*written.calls, start]:
            state.taken[call.site.id] = call

    def _write(self, start: Call) -> Written:
        self._check(start.node)
        flow = self._flows.build(start)
        written = Writer(self._program, self._settings, self._names, self._flows, flow).write()
        self._check_assistants(start, written)
        # What two flows share (an assistant) goes with the first.
        written.edits = [edit for edit in written.edits if edit not in self._state.edits]
        self._merge_renames(written)
        if any(_clash(edit, self._state.edits) for edit in written.edits):
            raise RefusedError(Reason.OTHER_CALL, show_line(start.node))
        return written

    def _check_assistants(self, start: Call, written: Written) -> None:
        """Refuse where the same function makes or changes an assistant, and the run is not its."""
        around = self._program.tree.function_of(start.node)
        taken = {call.node.id for call in written.calls}
        for call in self._calls:
            if call.op in _OF_ASSISTANT and call.node.id not in taken:
                if self._program.tree.function_of(call.node) == around:
                    raise RefusedError(Reason.ASSISTANT_KEPT, show_line(call.node))

    def _merge_renames(self, new: Written) -> None:
        """Drop the renaming of a thread's variable in code that another flow replaces."""
        for _, old in self._state.written:
            for mine, other in ((old, new), (new, old)):
                gone = {
                    edit
                    for edit in mine.edits
                    if edit in mine.renames
                    and any(o != edit and o.span.contains(edit.span) for o in other.edits)
                }
                mine.edits = [edit for edit in mine.edits if edit not in gone]
        self._state.edits = [edit for _, old in self._state.written for edit in old.edits]

    def _one_thread(self) -> None:
        """Leave every run on a thread of which one in the same function is left."""
        state = self._state
        function_of = self._program.tree.function_of
        threads = self._flows.threads
        for call, refused in list(state.refused):
            for start, written in list(state.written):
                same = threads.key(start) == threads.key(call)
                if same and function_of(start.node) == function_of(call.node):
                    state.written.remove((start, written))
                    state.refused.append((start, refused))
                    for taken in written.calls:
                        state.taken.pop(taken.site.id, None)
        state.edits = [edit for _, written in state.written for edit in written.edits]

    def _halves(self) -> None:
        """Leave the runs that a call which stays would meet.

        Such a call makes or fills threads where the run is on a conversation now, whose id would go
        by the same name; or it stands in a function that the run's own function calls.
        """
        state = self._state
        staying = [
            call
            for call in self._calls
            if call.site.id not in state.taken and not self._conversation(call)
        ]
        of_threads = [
            call.node
            for call in staying
            if call.op in _OF_THREADS or (call.op is Op.OTHER and call.endpoint.id in _THREADS)
        ]
        # Requests that are no part of a flow, also those of rules that are not asked for.
        known = {call.site.id for call in self._calls}
        requests = [r for r in self._program.requests if r.endpoint.id in _THREADS]
        of_threads += [r.call for r in requests if r.call.id not in known]
        for start, written in list(state.written):
            around = self._program.tree.function_of(start.node)
            met = of_threads if written.conversation else []
            met = [*met, *(call.node for call in staying if self._is_called(call, around))]
            if not met:
                continue
            state.written.remove((start, written))
            state.refused.append((start, RefusedError(Reason.OTHER_CALL, show_line(met[0]))))
            for taken in written.calls:
                state.taken.pop(taken.site.id, None)
        state.edits = [edit for _, written in state.written for edit in written.edits]

    def _is_called(self, call: Call, around: Node) -> bool:
        """Whether a call stands in a function of the file that another function calls."""
        holder = self._program.tree.function_of(call.node)
        if holder == around:
            return False
        declared = self._program.tree.parent(holder)
        name = field(holder, "name") or field(declared, "name")
        if name is None:
            return False
        binding = self._program.scopes.binding(name)
        if binding is not None:
            return any(is_inside(use, around) for use in binding.references)
        called = (n for n in descendants(around) if n.type == "call_expression")
        functions = (field(n, "function") for n in called)
        return any(f is not None and text_of(f, "property") == text(name) for f in functions)

    def _unread(self, start: Node) -> None:
        """Refuse where the same function asks the old API for something that is not read."""
        around = self._program.tree.function_of(start)
        for call in self._calls:
            if call.op is Op.OTHER and call.raw is not None and is_inside(call.node, around):
                raise RefusedError(Reason.OTHER_CALL, show_line(call.node))
        for request in self._others:
            if is_inside(request.call, around):
                raise RefusedError(why(self._program, request), show_line(request.call))

    def _check(self, node: Node) -> None:
        self._unread(node)
        if self._obstacle is not None:
            raise RefusedError(self._obstacle)
        around = self._program.tree.function_of(node)
        for error in self._program.tree.errors():
            whole = around == self._program.tree.root
            if is_inside(node, error) or (is_inside(error, around) and not whole):
                raise RefusedError(Reason.SYNTAX_ERROR, f"in line {error.start_point[0] + 1}")

    def _migrated(self, call: Call, written: Written) -> Finding:
        if written.appended:
            edits = tuple(sorted(written.edits))
            self._plans[span(call.site)] = Plan(edits, written.message, (), written.appended)
        return Finding(
            rule=call.endpoint.rule,
            endpoint=call.endpoint.id,
            span=span(call.site),
            bucket=Bucket.MIGRATED,
            message=f"{call.endpoint.summary}; {written.message}",
            notes=tuple(written.notes),
            edits=tuple(sorted(written.edits)),
        )

    def _left(self, call: Call, refused: RefusedError) -> Finding:
        return left(call.endpoint, span(call.site), refused.reason, refused.detail)

    # calls outside of the flows

    def _lone(self, call: Call) -> Finding:
        """A call that no flow took up: made a conversation, or left."""
        edits = self._conversation(call)
        if edits:
            self._state.edits += edits
            written = Written(edits, message="becomes a conversation")
            return self._migrated(call, written)
        if call.client.owner is not Owner.OPENAI:
            reason = RefusedError(OWNERS[call.client.owner], call.client.shown)
        else:
            reason = RefusedError(self._obstacle or Reason.PART_OF_A_FLOW, f"`{call.method}`")
        return self._left(call, reason)

    def _conversation(self, call: Call) -> list[Edit]:
        """A thread made for runs that are on conversations now, all of them in this file."""
        conversations = [w for _, w in self._state.written if w.conversation]
        if not conversations or self._state.refused or call.client.owner is not Owner.OPENAI:
            return []
        if call.op is not Op.CREATE_THREAD:
            return []
        given = unwrapped(call.arguments[0]) if call.arguments else None
        inside = members(given) if given is not None and given.type == "object" else {}
        if inside is None or (given is not None and given.type != "object"):
            return []
        style = detect(self._program.tree, self._program.source, call.site)
        try:
            creating = Creating(self._program, style, self._calls)
            edits = creating.edits(call, inside, messages=True)
        except RefusedError:
            return []
        edits = [edit for edit in edits if edit not in self._state.edits]
        binding = self._flows.threads.bound.get(call.node.id)
        if binding is not None and not call.is_wrapped:
            edits += conversation_name(self._program, binding).edits
        return [] if any(_clash(edit, self._state.edits) for edit in edits) else edits


def _clash(edit: Edit, others: Iterable[Edit]) -> bool:
    """Whether two edits claim the same bytes."""
    return any(
        (edit.start < other.end and other.start < edit.end)
        or (edit.start == other.start and edit.start == edit.end == other.end)
        for other in others
    )
