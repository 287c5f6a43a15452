"""Assistants flows as calls of `responses.create`: the edits of one flow of OpenAI's own SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from dataclasses import field as made

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.assistants.calls import Call, Raw
from callmend.languages.ecmascript.assistants.flows import Flow, Flows
from callmend.languages.ecmascript.assistants.streams import Stream
from callmend.languages.ecmascript.assistants.threads import bound_name
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.scopes import Binding, Kind
from callmend.languages.ecmascript.statements import single_declaration
from callmend.languages.ecmascript.style import detect
from callmend.languages.ecmascript.template import Capture, Fill, Template, load, render
from callmend.languages.ecmascript.tree import (
    BLOCKS,
    field,
    is_inside,
    items,
    show_line,
    span,
    text,
)
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.responses.checks import Checks
from callmend.targets.responses.clearing import Clearing
from callmend.targets.responses.conversations import Creating, Renamed, conversation_name
from callmend.targets.responses.fetching import Fetching
from callmend.targets.responses.inputs import Inputs
from callmend.targets.responses.parameters import (
    captured,
    object_members,
)
from callmend.targets.responses.tooling import ToolWriter
from callmend.targets.responses.wordings import Wordings

_COMMENT = (
    b"// Stored thread_... ids ended with the Assistants API; a conversation has an id of its own."
)
#: Every metavariable of the template.
_ALL = (
    "CLIENT",
    "MODEL",
    "INSTRUCTIONS",
    "CONVERSATION",
    "PREVIOUS",
    "TOOLS",
    "TOOL_CHOICE",
    "PARALLEL_TOOL_CALLS",
    "TEXT",
    "REASONING",
    "MAX_OUTPUT_TOKENS",
    "METADATA",
    "STREAM",
    "INPUT",
    "EVENT",
    "SAID",
    "RAW_TEXT",
    "NOT_COMPLETED",
    "NO_ANSWER",
    "NO_TEXT",
)


@dataclass
class Written:
    """What one flow comes to: its edits, remarks, and the calls that they take up."""

    edits: list[Edit] = made(default_factory=list)
    notes: list[Note] = made(default_factory=list)
    message: str = ""
    conversation: bool = False
    calls: list[Call] = made(default_factory=list)
    #: Those of the edits that only give a thread's variable another name.
    renames: frozenset[Edit] = frozenset()
    #: Functions for the end of the file.
    appended: tuple[bytes, ...] = ()


class Writer:
    """Writes one flow."""

    def __init__(
        self, program: Program, settings: Settings, names: Names, flows: Flows, flow: Flow
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._source = program.source
        self._scopes = program.scopes
        self._names = names
        self._flows = flows
        self._flow = flow
        self._statement = self._tree.statement_of(flow.start.site)
        self._style = detect(self._tree, self._source, flow.function)
        self._eol = self._source.eol_at(flow.start.node.start_byte)
        self._template: Template = load("responses", "assistants.ts")
        self._inputs = Inputs(program, settings, names, flows, flow, self._style, self._eol)
        self._notes = self._inputs.notes

    def write(self) -> Written:
        """The flow's edits.

        Raises:
            RefusedError: something of it cannot be written.
        """
        flow = self._flow
        if (
            self._tree.parent(self._statement) is None
            or (self._tree.parent(self._statement) or self._statement).type not in BLOCKS
        ):
            raise RefusedError(Reason.NEEDS_BRACES, show_line(self._statement))
        if flow.stream is not None:
            return self._streamed(flow.stream)
        name = self._name()
        conversation, before = self._conversation()
        values = self._inputs.values(conversation)
        raw = flow.start.raw is not None
        texts = dict.fromkeys((b"answerText", b"finalText", b"item", b"part"), b"")
        if raw:
            reading = self._tree.statement_of(flow.lists[0].node)
            texts = self._names.declare(texts, reading, [])
        wordings = Wordings(
            self._tree,
            self._source,
            name,
            types=self._style.types,
            text=texts[b"answerText"],
        )
        thread = None if conversation is None else conversation.text
        edits = wordings.answer(flow.answers.readings)
        edits += wordings.run(flow.readings, thread)
        for statement in wordings.unreachable:
            words = "a check for a status that no response has is left out"
            self._notes.append(Note(span(statement), words))
        clearing = Clearing(self._program, self._inputs.moved, self._eol)
        checking = Checks(self._program, flow, self._template, self._fill)
        checks = checking.by_statement(name, texts if raw else None)
        held = self._inputs.held_statements()
        going: list[tuple[Node, list[bytes]]] = [
            (statement, [*held.get(statement.id, []), *checks.pop(statement.id, [])])
            for statement in dict.fromkeys(self._inputs.removed())
        ]
        for statement, put in checking.left_over(checks):
            at = statement.start_byte
            indent = self._source.indent_at(at)
            lines = b"".join(part + self._eol + indent for part in put)
            edits.append(Edit(at, at, lines))
        edits += self._created()
        if flow.tools is not None:
            writer = ToolWriter(self._program, self._names, flow, name)
            edits = _over(edits, writer.edits(self._style))
            edits = _over(edits, [self._answered(c, name, values, writer) for c in flow.submits])
        edits = _over(edits, self._start(name, values, before, clearing))
        loops = [*flow.loops, *flow.firsts]
        inside = [g for g in going if any(is_inside(g[0], loop.node) for loop in loops)]
        edits = _over(edits, clearing.removed(inside))
        edits, empty = clearing.loops(loops, edits, checking.behind(name))
        rest = [g for g in going if g not in inside] + [(node, []) for node in empty]
        for loop in flow.loops:
            words = "the polling went, with what it logged: a response arrives finished"
            self._notes.append(Note(span(loop.node), words))
            for timeout in loop.timeouts:
                words = "the check that gave up waiting is left out; the SDK has its own time-out"
                self._notes.append(Note(span(timeout), words))
        gone = [*clearing.gone(edits, flow), *(span(node) for node, _ in rest)]
        idle = clearing.idle(self._inputs.idle_names(), gone, edits)
        edits = _over(edits, clearing.removed([*rest, *((node, []) for node in idle)]))
        return self._written(edits, conversation)

    def _streamed(self, stream: Stream) -> Written:
        """A streamed run: the same loop over the events of a streamed response."""
        flow = self._flow
        conversation, before = self._conversation()
        values = self._inputs.values(conversation)
        values["STREAM"] = Capture(b"true")
        event = stream.event
        wordings = Wordings(
            self._tree, self._source, event, types=self._style.types, text=event + b".delta"
        )
        edits = wordings.answer(stream.answers.readings)
        edits += [Edit(n.start_byte, n.end_byte, new) for n, new in stream.changes]
        edits += Checks(self._program, flow, self._template, self._fill).of_events(stream)
        clearing = Clearing(self._program, self._inputs.moved, self._eol)
        edits += self._created()
        edits = _over(edits, self._call(values, before, clearing))
        held = self._inputs.held_statements()
        going = [(s, held.get(s.id, [])) for s in dict.fromkeys(self._inputs.removed())]
        gone = [*clearing.gone(edits, flow), *(span(node) for node, _ in going)]
        idle = clearing.idle(self._inputs.idle_names(), gone, edits)
        edits = _over(edits, clearing.removed([*going, *((node, []) for node in idle)]))
        through, appended = self._through(stream)
        return replace(self._written([*edits, *through], conversation), appended=appended)

    def _through(self, stream: Stream) -> tuple[list[Edit], tuple[bytes, ...]]:
        """The events through a function for the end of the file, which gives those of the answer.

        What is said on the way to it would be shown as a part of it, and a stream that ends early
        as a whole one.
        """
        template = load("responses", "assistants-events.ts")
        base = template.functions()[0]
        name = self._names.helper(base, template.data)
        fill = replace(self._fill({}, b""), eol=self._source.eol_at(len(self._source.data)))
        inner = self._names.inside_helper(template.inner_names())
        fill = replace(fill, renames={base: name, **inner})
        first, last = template.statements()[0], template.statements()[-1]
        events = field(stream.loop, "right") or stream.loop
        edits = [
            Edit(events.start_byte, events.start_byte, name + b"("),
            Edit(events.end_byte, events.end_byte, b")"),
        ]
        return edits, (render(template, first.start_byte, last.end_byte, fill),)

    def _written(self, edits: list[Edit], conversation: Capture | None) -> Written:
        flow = self._flow
        if flow.start.raw is None:
            needs = "responses and conversations" if conversation is not None else "responses"
            words = f"needs a version of the npm package `openai` that has `{needs}`"
            self._notes.append(Note(span(flow.start.node), words))
        return Written(
            edits=sorted(set(edits)),
            notes=self._notes,
            message=self._message(conversation is not None),
            conversation=conversation is not None,
            renames=frozenset(self._conversation_name().edits),
            calls=[*flow.calls, *self._inputs.setup.calls, *([flow.create] if flow.create else [])],
        )

    def _message(self, conversation: bool) -> str:
        kept = " on a conversation" if conversation else ""
        if self._flow.start.raw is not None:
            return f"becomes one POST /v1/responses{kept}"
        return f"becomes one `responses.create`{kept}"

    # the variable

    def _name(self) -> bytes:
        """The response's variable: `response` where that is free, else the run's own name."""
        binding = self._flow.binding
        wanted = b"response"
        if binding is None:
            return self._names.declare([wanted], self._statement, [])[wanted]
        readings = self._flow.readings
        places = [
            *(r.node for r in self._flow.answers.readings),
            *readings.names,
            *readings.statuses,
            *(call.node for call in self._flow.lists),
        ]
        for place in places:
            if not is_inside(place, binding.scope.node) and binding.scope.parent is not None:
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, show_line(place))
        if self._flow.start.is_wrapped:
            return binding.name + b".data"
        if binding.name_node.type != "identifier":
            # `const { data } = await axios.post(...)`
            return binding.name
        if binding.name == wanted:
            return wanted
        inner = [self._scopes.scope_at(place).lookup(wanted) for place in places]
        own = binding.scope.lookup(wanted)
        if own is not None or any(found is not None for found in inner):
            return binding.name
        chosen = self._names.declare([wanted], self._statement, [])[wanted]
        return chosen if chosen == wanted else binding.name

    def _start(
        self,
        name: bytes,
        values: dict[str, Capture | None],
        before: list[bytes],
        clearing: Clearing,
    ) -> list[Edit]:
        """The call itself, its variable, and what stands above it."""
        edits = self._call(values, before, clearing)
        if self._flow.start.raw is not None:
            edits += self._fetched(self._flow.start.raw, values)
        binding = self._flow.binding
        if binding is None:
            target = self._statement.start_byte
            given = b"const " + name + b" = "
            above = [edit for edit in edits if edit.start == edit.end == target]
            edits = [edit for edit in edits if edit not in above]
            return [*edits, Edit(target, target, b"".join(e.text for e in above) + given)]
        flow_wrapped = self._flow.start.is_wrapped
        if self._has_cast(self._flow.start.node):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, show_line(self._statement))
        return edits + self._renamed(binding, binding.name if flow_wrapped else name)

    def _call(
        self, values: dict[str, Capture | None], before: list[bytes], clearing: Clearing
    ) -> list[Edit]:
        """The new call in the place of the old, and what stands above it."""
        flow = self._flow
        call = flow.start.node
        indent = self._source.indent_at(self._statement.start_byte)
        made_call = self._template.find("call_expression", b"$CLIENT.responses.create")
        call_indent = self._source.indent_at(call.start_byte)
        rendered = render(
            self._template,
            made_call.start_byte,
            made_call.end_byte,
            self._fill(values, call_indent),
        )
        for key, value in values.items():
            # `instructions: instructions` in short.
            word = key.lower().encode()
            if value is not None and value.text == word:
                pair = rb"(?<![\w$.])" + word + b": " + word + rb"(?![\w$.(\[])"
                rendered = re.sub(pair, word, rendered, count=1)
        raw = flow.start.raw
        edits = [] if raw is not None else [Edit(call.start_byte, call.end_byte, rendered)]
        above = [*clearing.comments_of(call if raw is None else raw.body or raw.fetch), *before]
        if flow.foreign:
            above.append(_COMMENT)
            words = (
                "the thread's id comes from elsewhere: a stored thread_... id cannot be carried "
                "over, and has to be replaced by a new conversation's"
            )
            self._notes.append(Note(span(flow.thread or call), words))
        _, around = self._tree.outer(call)
        if raw is None and (around is None or around.type != "await_expression"):
            # `runs.stream(...)` gave the stream itself; now it has to be waited for.
            edits = [Edit(call.start_byte, call.end_byte, b"await " + rendered)]
        if above:
            target = self._statement.start_byte
            lines = b"".join(part + self._eol + indent for part in above)
            edits.append(Edit(target, target, lines))
        return edits

    def _fetched(self, raw: Raw, values: dict[str, Capture | None]) -> list[Edit]:
        """The request by fetch: its URL, its body, and no beta header."""
        fetching = Fetching(self._program, self._style, self._flows.calls)
        edits = [fetching.url(raw, b"/responses"), *fetching.headers(raw)]
        if raw.body is not None:
            sent = self._template.find("object", b"{\n  model: $MODEL")
            fill = self._fill(values, self._source.indent_at(raw.body.start_byte))
            rendered = render(self._template, sent.start_byte, sent.end_byte, fill)
            edits.append(Edit(raw.body.start_byte, raw.body.end_byte, rendered))
        return edits

    def _answered(
        self, call: Call, name: bytes, values: dict[str, Capture | None], writer: ToolWriter
    ) -> Edit:
        """The second request, with the outputs of the functions that the first asked for."""
        tools = values.get("TOOLS")
        if tools is None or b"function" not in tools.text:
            raise RefusedError(Reason.TOOL_SETUP, "the functions stood on the assistant")
        choice = values.get("TOOL_CHOICE")
        if choice is not None and choice.text[1:-1] != b"auto":
            # The second request would have to call the function again, and so on.
            raise RefusedError(Reason.TOOL_LOOP, show_line(call.node))
        given = dict(values)
        given["INPUT"] = writer.outputs(call, self._inputs.moved)
        if given.get("CONVERSATION") is None:
            given["PREVIOUS"] = Capture(name + b".id")
        node = self._template.find("call_expression", b"$CLIENT.responses.create")
        fill = self._fill(given, self._source.indent_at(call.node.start_byte))
        rendered = render(self._template, node.start_byte, node.end_byte, fill)
        return Edit(call.node.start_byte, call.node.end_byte, rendered)

    def _has_cast(self, call: Node) -> bool:
        """Whether the run is cast to a type, which a response does not have."""
        for parent in self._tree.ancestors(call):
            if parent == self._statement:
                return False
            if parent.type in ("as_expression", "satisfies_expression", "type_assertion"):
                return True
        return False

    def _renamed(self, binding: Binding, name: bytes) -> list[Edit]:
        declared = binding.name_node
        written = [w for w in binding.writes if w == self._written_name()]
        bound = [bound_name(self._program, call.node) for call in self._flow.submits]
        written += [node for node in bound if node is not None]
        edits = []
        if name != binding.name:
            edits = [Edit(n.start_byte, n.end_byte, name) for n in [declared, *written]]
        annotation = field(binding.declarator, "type")
        if annotation is not None and text(annotation).lstrip(b": \t") != b"any":
            edits.append(Edit(annotation.start_byte, annotation.end_byte, b""))
        declaration = self._declaration(binding)
        if binding.kind is Kind.LET and declaration is not None and not written:
            kind = field(declaration, "kind")
            # Only the polling assigned it again.
            if kind is not None and field(binding.declarator, "value") is not None:
                edits.append(Edit(kind.start_byte, kind.end_byte, b"const"))
        return edits

    def _declaration(self, binding: Binding) -> Node | None:
        """The declaration of one variable alone: `let run = ...`, `let { data: run } = ...`."""
        pattern = field(binding.declarator, "name")
        if pattern is None or pattern.type != "object_pattern" or len(items(pattern)) != 1:
            return single_declaration(self._tree, binding)
        declaration = self._tree.parent(binding.declarator)
        alone = declaration is not None and len(items(declaration)) == 1
        return declaration if alone else None

    def _written_name(self) -> Node | None:
        for parent in self._tree.ancestors(self._flow.start.node):
            if parent.type == "assignment_expression":
                return field(parent, "left")
            if parent == self._statement:
                return None
        return None

    # the values of the call

    def _fill(self, values: dict[str, Capture | None], indent: bytes) -> Fill:
        whole: dict[str, Capture | None] = dict.fromkeys(_ALL)
        whole.update(values)
        whole["CLIENT"] = captured(self._program, self._flow.start.owner)
        return Fill(style=self._style, values=whole, indent=indent, eol=self._eol)

    # the conversation

    def _conversation(self) -> tuple[Capture | None, list[bytes]]:
        """The id of the conversation, and what has to stand above the call for it."""
        flow = self._flow
        if flow.start.op.makes_a_thread and flow.readings.threads:
            name = self._names.declare([b"conversation"], self._statement, [])[b"conversation"]
            declaration = self._template.find("lexical_declaration", b"const conversation")
            fill = self._fill({}, self._source.indent_at(self._statement.start_byte))
            fill = Fill(
                fill.style, fill.values, fill.indent, fill.eol, renames={b"conversation": name}
            )
            made_line = render(self._template, declaration.start_byte, declaration.end_byte, fill)
            return Capture(name + b".id"), [made_line]
        if flow.one_shot or flow.thread is None:
            return None, []
        self._inputs.moved.append(flow.thread)
        renamed = self._conversation_name()
        if renamed.edits and renamed.old + b".id" == text(flow.thread):
            return Capture(renamed.new + b".id"), []
        return captured(self._program, flow.thread), []

    def _conversation_name(self) -> Renamed:
        create = self._flow.create
        if create is None or create.is_wrapped:
            return Renamed(b"", b"")
        return conversation_name(self._program, self._flows.threads.bound[create.node.id])

    def _created(self) -> list[Edit]:
        """The call that makes the thread, as one that makes a conversation."""
        flow = self._flow
        if flow.one_shot or flow.create is None:
            return []
        given = object_members(
            self._program,
            flow.create.arguments[0] if flow.create.arguments else None,
            Reason.RUN_PARAMETER,
        )
        creating = Creating(self._program, self._style, self._flows.calls)
        untaken = not self._flows.messages_taken(flow.create)
        edits = creating.edits(flow.create, given, messages=untaken)
        return [*edits, *self._conversation_name().edits]


def _over(edits: list[Edit], others: list[Edit]) -> list[Edit]:
    """The edits with others that take whole statements out, and all in them, of the first."""
    return [e for e in edits if not any(o.span.contains(e.span) for o in others)] + others
