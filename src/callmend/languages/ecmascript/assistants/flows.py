"""Flows: a run with the calls that belong to it in one function, each understood or refused."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Span
from callmend.languages.ecmascript.assistants.answers import Answers, Form
from callmend.languages.ecmascript.assistants.calls import Call
from callmend.languages.ecmascript.assistants.client import Owner
from callmend.languages.ecmascript.assistants.completion import Completion
from callmend.languages.ecmascript.assistants.loops import Loop, Loops, waiting
from callmend.languages.ecmascript.assistants.runs import RunReadings, Runs
from callmend.languages.ecmascript.assistants.streams import Stream, Streams, is_streamed
from callmend.languages.ecmascript.assistants.threads import Key, Threads
from callmend.languages.ecmascript.assistants.tools import ToolLoop, Tools, is_question
from callmend.languages.ecmascript.guards import guards_of
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding
from callmend.languages.ecmascript.statements import single_declaration
from callmend.languages.ecmascript.tree import LOOPS, field, is_inside, show_line, span
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.routes import Op

OWNERS = {
    Owner.AZURE: Reason.AZURE_CLIENT,
    Owner.OTHER_HOST: Reason.CLIENT_OTHER_HOST,
    Owner.HOST_UNKNOWN: Reason.CLIENT_HOST_UNKNOWN,
    Owner.UNKNOWN: Reason.CLIENT_UNKNOWN,
}


@dataclass
class Flow:
    """One run and all that belongs to it.

    ``thread`` is the expression of the thread's id, None where the run makes its own thread.
    ``create`` makes the thread in the same function, before the run. ``one_shot`` is whether the
    thread serves this run alone. ``binding`` is the run's variable. ``checked`` is whether the
    person's own code reads the answer only of a completed run.
    """

    start: Call
    function: Node
    thread: Node | None
    create: Call | None
    one_shot: bool
    #: Whether no other run on the thread came before: the thread's first messages are for it.
    first: bool
    binding: Binding | None
    runs: Runs
    answers: Answers
    readings: RunReadings
    adds: list[Call] = made(default_factory=list)
    polls: list[Call] = made(default_factory=list)
    lists: list[Call] = made(default_factory=list)
    submits: list[Call] = made(default_factory=list)
    tools: ToolLoop | None = None
    deletes: list[Call] = made(default_factory=list)
    loops: list[Loop] = made(default_factory=list)
    #: Loops over the messages that stop at the first of the answer's.
    firsts: list[Loop] = made(default_factory=list)
    #: Whole statements that go.
    removed: list[Node] = made(default_factory=list)
    #: Variables whose declarations go when nothing reads them any more.
    idle: list[Binding] = made(default_factory=list)
    checked: bool = False
    stream: Stream | None = None

    @property
    def calls(self) -> list[Call]:
        """Every call that the flow takes up."""
        found = [self.start, *self.adds, *self.polls, *self.submits, *self.lists, *self.deletes]
        return [*found, self.create] if self.create is not None and self.one_shot else found

    @property
    def foreign(self) -> bool:
        """Whether the thread's id comes from outside of the function."""
        return self.thread is not None and self.create is None


class Flows:
    """Builds the flows of one file."""

    def __init__(self, program: Program, calls: list[Call]) -> None:
        self._program = program
        self._tree = program.tree
        self._scopes = program.scopes
        self.calls = calls
        self.threads = Threads(program, calls)

    def build(self, start: Call) -> Flow:
        """The flow of a call that starts a run.

        Raises:
            RefusedError: something of it is not certain.
        """
        if start.client.owner is not Owner.OPENAI:
            raise RefusedError(OWNERS[start.client.owner], start.client.shown)
        streamed = self._is_streamed(start)
        if start.op is Op.UNREAD_RUN:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, show_line(start.node))
        function = self._tree.function_of(start.node)
        key = self.threads.key(start)
        if key is None:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, show_line(start.node))
        if not streamed:
            self._check_awaited(start)
        mine = self._mine(start, key, function)
        polls = [c for c in mine if c.op in (Op.RETRIEVE_RUN, Op.POLL)]
        submits = [c for c in mine if c.op is Op.SUBMIT_AND_POLL]
        for call in mine:
            if call.op is Op.SUBMIT:
                raise RefusedError(Reason.TOOL_LOOP, show_line(call.node))
        runs = self._runs(start, polls, submits)
        create = self.threads.create_of(key)
        if create is not None and not self.dominates(create.node, start.node):
            create = None
        one_shot = start.op.makes_a_thread or self._is_one_shot(start, create, key, mine)
        one_run = one_shot
        answers = Answers(self._program, runs.is_run_id, one_run=one_run)
        flow = Flow(
            first=not self._earlier(start, key),
            start=start,
            function=function,
            thread=self.threads.argument(start),
            create=create,
            one_shot=one_shot,
            binding=self.threads.bound.get(start.node.id),
            runs=runs,
            answers=answers,
            readings=RunReadings(),
            polls=polls,
            submits=submits,
        )
        if streamed:
            self._stream(flow, mine, key)
            return flow
        self._sort(flow, mine)
        if not flow.lists:
            raise RefusedError(Reason.ANSWER_NOT_READ)
        self._read(flow, key)
        return flow

    def _earlier(self, start: Call, key: Key) -> bool:
        """Whether another run on the thread may have had the thread's first messages already."""
        for call in self.calls:
            if call.op.starts_a_run and call.node != start.node and self.threads.key(call) == key:
                if call.node.start_byte < start.node.start_byte:
                    return True
        create = self.threads.create_of(key)
        return create is not None and self._loop_of(create.node) != self._loop_of(start.node)

    def messages_taken(self, create: Call) -> bool:
        """Whether a thread's first messages go into the input of its first run."""
        key = self.threads.key(create)
        return key is not None and any(
            call.op.starts_a_run
            and self.threads.key(call) == key
            and self.dominates(create.node, call.node)
            and not self._earlier(call, key)
            for call in self.calls
        )

    def _is_streamed(self, start: Call) -> bool:
        place = 0 if start.op.makes_a_thread else 1
        given = start.arguments[place] if len(start.arguments) > place else None
        return start.op in (Op.STREAM, Op.THREAD_AND_STREAM) or is_streamed(given)

    def _stream(self, flow: Flow, mine: list[Call], key: Key) -> None:
        """A streamed run: nothing is polled or listed, one loop reads the events."""
        self._sort(flow, mine)
        others = [*flow.lists, *flow.polls]
        if others:
            raise RefusedError(Reason.ASSISTANTS_STREAM, show_line(others[0].node))
        flow.stream = Streams(self._program).read(flow.start.node, self._stream_name(flow.start))
        flow.answers = flow.stream.answers
        flow.removed += flow.answers.removed
        flow.removed += [self._tree.statement_of(c.node) for c in flow.deletes]
        if flow.one_shot:
            flow.idle += self.threads.aliases(key)

    def _stream_name(self, start: Call) -> Binding | None:
        """The variable of a stream, which need not be awaited."""
        _, parent = self._tree.outer(start.node)
        if parent is not None and parent.type == "await_expression":
            _, parent = self._tree.outer(parent)
        if parent is None or parent.type != "variable_declarator":
            return None
        name = field(parent, "name")
        return None if name is None else self._scopes.binding(name)

    def _check_awaited(self, start: Call) -> None:
        settled = start.settled(self._program)
        if settled is None:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(start.node))
        _, around = self._tree.outer(settled)
        plain = around is not None and around.type == "expression_statement"
        if start.raw is not None and start.raw.axios:
            # What axios gives has to have a name, or its answer cannot be asked for.
            plain = False
        if not plain and start.node.id not in self.threads.bound:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(start.node))

    def _mine(self, start: Call, key: Key, function: Node) -> list[Call]:
        """The calls on the same thread in the function, up to the next run on it."""
        here = [
            call
            for call in self.calls
            if call.node != start.node
            and self.threads.key(call) == key
            and self._tree.function_of(call.node) == function
        ]
        starts = sorted(c.node.start_byte for c in here if c.op.starts_a_run)
        before = max((s for s in starts if s < start.node.start_byte), default=-1)
        behind = min((s for s in starts if s > start.node.start_byte), default=None)
        found = []
        for call in here:
            at = call.node.start_byte
            if call.op in (Op.CREATE_THREAD, Op.RETRIEVE_THREAD) or call.op.starts_a_run:
                continue
            if call.op is Op.ADD_MESSAGE:
                if before < at < start.node.start_byte:
                    found.append(call)
                elif at > start.node.start_byte and behind is None:
                    raise RefusedError(Reason.MESSAGE_LATER, show_line(call.node))
            elif at < start.node.start_byte:
                if before < 0:
                    raise RefusedError(Reason.OTHER_CALL, show_line(call.node))
            elif behind is None or at < behind:
                found.append(call)
        for call in found:
            if call.client.owner is not Owner.OPENAI:
                raise RefusedError(OWNERS[call.client.owner], call.client.shown)
            alike = (call.raw is None) == (start.raw is None)
            if not call.client.is_one_with(start.client) or not alike:
                # Another client may be another account.
                raise RefusedError(Reason.OTHER_CALL, show_line(call.node))
        return found

    def _runs(self, start: Call, polls: list[Call], submits: list[Call]) -> Runs:
        given = [start, *polls, *submits]
        awaited = [value for c in given if (value := c.settled(self._program)) is not None]
        bindings = (self.threads.bound.get(call.node.id) for call in given)
        wrapped = [b for b in bindings if b is not None and id(b) in self.threads.wrapped]
        runs = Runs(self._program, awaited, wrapped)
        bound = []
        for call in given:
            binding = self.threads.bound.get(call.node.id)
            if binding is not None:
                bound.append(binding)
        runs.collect(bound)
        for call in polls:
            argument = self.threads.run_argument(call)
            if argument is None or not runs.is_run_id(argument):
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(call.node))
        return runs

    # where the thread ends

    def _is_one_shot(self, start: Call, create: Call | None, key: Key, mine: list[Call]) -> bool:
        """Whether nothing but this flow reads the thread's id."""
        if create is None or self._loop_of(start.node) != self._loop_of(create.node):
            return False
        others = [
            c
            for c in self.calls
            if c.node not in (start.node, create.node)
            and self.threads.key(c) == key
            and c not in mine
        ]
        if others:
            return False
        dead = [span(call.site) for call in [start, *mine]]
        names = [self.threads.bound[create.node.id], *self.threads.aliases(key)]
        for binding in names:
            for use in binding.references:
                if any(where.contains(span(use)) for where in dead):
                    continue
                if not self._is_alias_value(self._answer(binding, use), names):
                    return False
        return not self._reads_thread_id(start, dead)

    def _answer(self, binding: Binding | None, use: Node) -> Node:
        """The answer that a use of a variable reads: itself, or the `.data` of it."""
        if binding is None or id(binding) not in self.threads.wrapped:
            return use
        return self._tree.outer(use)[1] or use

    def _reads_thread_id(self, start: Call, dead: list[Span]) -> bool:
        """Whether `run.thread_id` is read outside of the flow's calls."""
        binding = self.threads.bound.get(start.node.id)
        for use in [] if binding is None else binding.references:
            parent = self._tree.outer(self._answer(binding, use))[1]
            if parent is not None and text_of(parent, "property") == b"thread_id":
                if not any(where.contains(span(use)) for where in dead):
                    return True
        return False

    def _is_alias_value(self, use: Node, names: list[Binding]) -> bool:
        _, parent = self._tree.outer(use)
        if parent is None or parent.type != "member_expression":
            return False
        _, around = self._tree.outer(parent)
        if around is None or around.type != "variable_declarator":
            return False
        name = field(around, "name")
        return name is not None and self._scopes.binding(name) in names[1:]

    def _loop_of(self, node: Node) -> Node | None:
        function = self._tree.function_of(node)
        for parent in self._tree.ancestors(node):
            if parent == function:
                return None
            if parent.type in LOOPS:
                # What a `for ... of` goes over is worked out once.
                over = field(parent, "right")
                if over is None or not is_inside(node, over):
                    return parent
        return None

    def dominates(self, first: Node, second: Node) -> bool:
        """Whether one node's statement always runs before another node, in one function."""
        statement = self._tree.statement_of(first)
        block = self._tree.parent(statement)
        if block is None or not is_inside(second, block):
            return False
        return statement.start_byte < second.start_byte and (
            self._tree.function_of(first) == self._tree.function_of(second)
            or block.type == "program"
        )

    # the rest of the calls

    def _sort(self, flow: Flow, mine: list[Call]) -> None:
        for call in mine:
            if call.op is Op.ADD_MESSAGE:
                self._check_add(flow, call)
                flow.adds.append(call)
            elif call.op is Op.LIST_MESSAGES:
                if not self.dominates(flow.start.node, call.node):
                    raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(call.node))
                flow.lists.append(call)
            elif call in flow.submits:
                self._check_submit(flow, call)
            elif call.op is Op.DELETE_THREAD and flow.one_shot:
                if call.raw is None or not call.raw.beside:
                    self._check_statement(call)
                flow.deletes.append(call)
            elif call not in flow.polls:
                raise RefusedError(Reason.OTHER_CALL, show_line(call.node))

    def _check_submit(self, flow: Flow, call: Call) -> None:
        """Refuse outputs that are not sent into the run's own variable."""
        bound = self.threads.bound.get(call.node.id)
        argument = self.threads.run_argument(call)
        polled = flow.start.op in (Op.RUN_AND_POLL, Op.THREAD_AND_POLL) and not flow.polls
        if bound is None or bound is not flow.binding or not polled or argument is None:
            raise RefusedError(Reason.TOOL_LOOP, show_line(call.node))
        if not flow.runs.is_run_id(argument) or not self.dominates(flow.start.node, call.node):
            raise RefusedError(Reason.TOOL_LOOP, show_line(call.node))

    def _check_add(self, flow: Flow, call: Call) -> None:
        once = self._loop_of(call.node) != self._loop_of(flow.start.node)
        if once or not self.dominates(call.node, flow.start.node):
            raise RefusedError(Reason.MESSAGE_CONDITIONAL, show_line(call.node))
        binding = self.threads.bound.get(call.node.id)
        if binding is not None:
            beside = [] if call.raw is None else call.raw.beside
            read = [u for u in binding.references if not any(is_inside(u, b) for b in beside)]
            if read:
                raise RefusedError(Reason.OTHER_READ, show_line(read[0]))
        elif call.raw is None or not call.raw.beside or call.raw.parsed is not None:
            self._check_statement(call)

    def _check_statement(self, call: Call) -> None:
        """Refuse a call whose value goes somewhere."""
        _, parent = self._tree.outer(call.node)
        if parent is not None and parent.type == "await_expression":
            _, parent = self._tree.outer(parent)
        if parent is None or parent.type != "expression_statement":
            raise RefusedError(Reason.OTHER_CALL, show_line(call.node))

    # what is read

    def _read(self, flow: Flow, key: Key) -> None:
        for call in flow.lists:
            flow.answers.read(call)
        for first in flow.answers.firsts:
            if any(is_inside(call.node, first.loop) for call in flow.lists):
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(first.loop))
            flow.firsts.append(Loop(first.loop, kept=[first.kept], cuts=list(first.cuts)))
        if not any(reading.form is Form.TEXT for reading in flow.answers.readings):
            raise RefusedError(Reason.ANSWER_NOT_READ)
        self._loops(flow)
        gone = [span(call.site) for call in flow.calls if call is not flow.start]
        gone += [span(call.node) for call in flow.calls if call is not flow.start]
        gone += [span(reading.node) for reading in flow.answers.readings]
        gone += [span(statement) for statement in [*flow.answers.removed, *flow.removed]]
        flow.readings = flow.runs.read(gone)
        waits = waiting(flow.loops)
        readings = flow.readings
        if flow.submits:
            asked = [node for node in readings.never if is_question(node)]
            readings.never = [node for node in readings.never if node not in asked]
            flow.tools = Tools(self._program).read(readings.required_actions, asked)
        elif any(not any(w.contains(span(n)) for w in waits) for n in readings.required_actions):
            raise RefusedError(Reason.TOOL_LOOP, show_line(readings.required_actions[0]))
        if readings.threads and flow.one_shot:
            readings.threads = [
                n for n in readings.threads if not any(w.contains(span(n)) for w in waits)
            ]
        flow.removed += flow.answers.removed
        flow.removed += [s for c in flow.deletes for s in c.statements(self._program)]
        if any(call.raw is not None for call in flow.lists):
            if len(flow.lists) > 1:
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(flow.lists[1].node))
            flow.removed += flow.lists[0].statements(self._program)
        self._declarations(flow, key)
        completion = Completion(self._tree, flow.runs)
        flow.checked = all(
            any(
                completion.is_completed(guard)
                for guard in guards_of(self._tree, self._scopes, call.node)
            )
            for call in flow.lists
        )

    def _loops(self, flow: Flow) -> None:
        beside = {s.id for c in flow.polls for s in c.statements(self._program)}
        loops = Loops(self._program, flow.runs, self._retrievals(flow), beside)
        seen: dict[int, Loop] = {}
        for call in flow.polls:
            around = loops.around(call.node, flow.function)
            start_loop = loops.around(flow.start.node, flow.function)
            if around is not None and around != start_loop:
                if around.id not in seen:
                    if not self.dominates(flow.start.node, around):
                        raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(around))
                    seen[around.id] = loops.read(around)
                continue
            statement = self._tree.statement_of(call.node)
            plain = statement.type in ("expression_statement", "lexical_declaration")
            if not plain or not self.dominates(flow.start.node, call.node):
                raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, show_line(call.node))
            flow.removed += call.statements(self._program)
        # A loop that waits on the status alone: `while (status !== 'completed') status = ...`
        flow.loops = list(seen.values())

    def _retrievals(self, flow: Flow) -> set[int]:
        found = set()
        for call in flow.polls:
            found.add(call.node.id)
            _, parent = self._tree.outer(call.node)
            if parent is not None:
                found.add(parent.id)
        return found

    def _declarations(self, flow: Flow, key: Key) -> None:
        """Note what declares only what is read no more."""
        loops = [loop.node for loop in flow.loops]
        for binding in [*flow.runs.runs, *flow.runs.status_names]:
            if binding is flow.binding:
                continue
            if any(is_inside(binding.name_node, loop) for loop in loops):
                continue
            declaration = single_declaration(self._tree, binding)
            if declaration is None:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(binding.declarator))
            flow.removed.append(declaration)
        for binding in flow.runs.status_names:
            for write in binding.writes:
                if not any(is_inside(write, loop) for loop in loops):
                    flow.removed.append(self._tree.statement_of(write))
        for loop in flow.loops:
            flow.idle += [b for b in loop.counters if not is_inside(b.name_node, loop.node)]
            for timeout in [*loop.timeouts, field(loop.node, "condition") or loop.node]:
                names = [self._scopes.binding(n) for n in self._scopes.names_in(timeout)]
                flow.idle += [b for b in names if b is not None]
        flow.idle += flow.runs.id_names
        if flow.one_shot:
            flow.idle += self.threads.aliases(key)
        mine = {*map(id, flow.runs.runs), *map(id, flow.runs.status_names)}
        flow.idle = [b for b in dict.fromkeys(flow.idle) if id(b) not in mine]
