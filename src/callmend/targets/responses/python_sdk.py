"""The responses target for OpenAI's own Python client: one run becomes one `responses.create`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc, Group, render
from callmend.languages.python.literals import is_logged
from callmend.languages.python.sdk import Owner, SdkCall, keywords
from callmend.languages.python.template import Fill, load
from callmend.languages.python.tree import dotted
from callmend.languages.python.waiting import Waiting
from callmend.models import default_model, sources
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_run import ID_KEYS, SdkRun

_NOT_SENT = (
    "the assistant's id went: the instructions, model and tools that OpenAI kept for it are gone; "
    "give the instructions with --instructions or write them into the call"
)
_TOOLS_NOT_SENT = (
    "the assistant's id went: the model and tools that OpenAI kept for it are gone; what the run "
    "gave is kept"
)
_WORKFLOW_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)
#: `openai/resources/responses` is in the package from this version on: 1.65.5 has none.
_NEEDS = "`responses.create` needs the package `openai` from version 1.66 on"
_OWNERS = {
    Owner.AZURE: Reason.AZURE_CLIENT,
    Owner.OTHER_HOST: Reason.CLIENT_OTHER_HOST,
    Owner.HOST_UNKNOWN: Reason.CLIENT_HOST_UNKNOWN,
    Owner.UNKNOWN: Reason.CLIENT_UNKNOWN,
    Owner.BETA_HEADER: Reason.BETA_HEADER,
}
_READ = re.compile(r"\.data\[0\]\.content\[0\]\.text\.value")
_TAKEN = frozenset({"assistant_id", "thread_id", "thread", "instructions", "model",
                    "poll_interval_ms"})  # fmt: skip
_STREAMS = frozenset({"stream", "event_handler"})
_MADE_UP_TAKEN = frozenset({*ID_KEYS, "input", "inputs", "version"})
#: What follows `output` where that is certainly the answer's text.
_TEXTS = re.compile(
    r"\.output_text|\.output(?:\.|\[['\"])(?:message|text|output_text)(?:['\"]\])?"
    r"|\.output\[0\]\.content\[0\]\.text"
)


class SdkFlow(SdkRun):
    """Plans the flow of one call that starts a run."""

    def plan(self) -> Plan:
        """The edits of the flow.

        Raises:
            RefusedError: something of it is not certain.
        """
        start = self._start
        if start.owner in _OWNERS:
            raise RefusedError(_OWNERS[start.owner], f"`{self._tree.show(start.client)}`")
        given = keywords(start.call)
        if "stream" in start.method or _STREAMS & set(given or ()):
            raise RefusedError(Reason.ASSISTANTS_STREAM, self._tree.show_line(start.call))
        if start.made_up and given is not None and "thread_id" in given:
            given["workflow_id"] = given.pop("thread_id")  # the first argument, without a name
        taken = _MADE_UP_TAKEN if start.made_up else _TAKEN
        wrong = ["*"] if given is None else [name for name in given if name not in taken]
        if given is None or wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        if self._settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._check_ids(given)
        run = self._variable(start)
        statement = self._line_of(start.call)
        messages = self._made_up_messages(given) if start.made_up else self._messages(given)
        loop = self._loop(run, given, statement)
        checked = self._read_made_up(run) if start.made_up else self._read(run, given, loop)
        self._replace(given, messages)
        self._check_behind(run, loop or statement, statement, checked=checked)
        edits = tuple(sorted(self._editor.edits()))
        return Plan(edits, "becomes responses.create", tuple(self._notes))

    # waiting

    def _loop(
        self, run: str, given: dict[str, cst.BaseExpression], statement: cst.SimpleStatementLine
    ) -> cst.While | None:
        """The file's own loop that waits for a run, which goes; None where the client polls."""
        method = self._start.method
        if method.endswith("_poll") or self._start.made_up:
            self._only_defined_once(run, [])
            return None
        block = list(self._tree.block_of(statement))
        index = self._index(statement)
        follower = block[index + 1] if index + 1 < len(block) else None
        if not isinstance(follower, cst.While):
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(statement))
        waiting = Waiting(self._program, follower, run, self._threads(run, given), self._every)
        waiting.check()
        self.calls += waiting.asks
        self._only_defined_once(run, waiting.assigned)
        return follower

    @staticmethod
    def _threads(run: str, given: dict[str, cst.BaseExpression]) -> set[str]:
        """How the thread's id is written."""
        named = {dotted(given["thread_id"])} if "thread_id" in given else set()
        return {f"{run}.thread_id", *named}

    def _only_defined_once(self, run: str, also: Sequence[cst.CSTNode]) -> None:
        for definition in self._flow.every(run, self._start.call):
            if self._tree.is_inside(self._start.call, definition.node):
                continue
            if not any(definition.node is node for node in also):
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, f"`{run}` is assigned again")

    # reading

    def _uses(self, name: str, within: cst.CSTNode | None) -> list[cst.Name]:
        """The reads of a name in this function, those in the loop that goes left out."""
        found = []
        for use in self._program.scopes.uses(name):
            if within is not None and self._tree.is_inside(use, within):
                continue
            if self._tree.function_of(use) is self._function:
                found.append(use)
            elif self._program.scopes.scope_of(name, use) is self._function:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(use))
        return found

    def _read(self, run: str, given: dict[str, cst.BaseExpression], loop: cst.While | None) -> bool:
        """Replace the reading; whether what it needs is checked there."""
        threads = self._threads(run, given)
        lists = []
        for call in self._every:
            named = keywords(call.call) or {}
            if call.method == "threads.messages.list" and "thread_id" in named:
                if self._tree.function_of(call.call) is self._function:
                    if dotted(named["thread_id"]) in threads:
                        lists.append((call, named))
        if len(lists) != 1:
            raise RefusedError(Reason.ANSWER_NOT_READ, self._tree.show_line(self._start.call))
        call, named = lists[0]
        if not self._behind(call.call):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))
        if set(named) - {"thread_id", "limit", "run_id"}:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        if "run_id" in named and dotted(named["run_id"]) != f"{run}.id":
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        chain = self._chain(call)
        tested = [self._run_use(use, call) for use in self._uses(run, loop)]
        return self._read_text(chain, run, tested=any(tested))

    def _read_text(self, chain: cst.BaseExpression, run: str, *, tested: bool) -> bool:
        """Replace the expression that reads.

        What the file itself does by the status comes first: then the check stands at the reading.
        """
        if not self._behind(chain):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(chain))
        for node in self._tree.below(chain):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        # A name needs no parentheses, except where they part it from a keyword.
        start, end = self._tree.whole(chain)
        if self._program.text.text[:start][-1:].isidentifier():
            start, end = self._tree.chars(chain)
        self._editor.changes.append(Change(start, end, f"{run}.output_text"))
        guarded = self._is_guarded(chain, run)
        if not guarded and not tested:
            return False
        line = self._line_of(chain)
        start = self._tree.chars(line)[0]
        indent = self._editor.indent_at(start)
        text = self._check("sdk_text" if guarded else "sdk", run, line, indent)
        text = f"{text.removeprefix(indent)}\n{indent}"
        self._editor.changes.append(Change(start, start, text, statements=True))
        return True

    def _check(self, template: str, run: str, at: cst.CSTNode, indent: str) -> str:
        """What the new answer has to be, its names free ones."""
        parsed = load("responses", template)
        taken = self._program.scopes.names_at(at)
        renames = {}
        for name in sorted(parsed.bound & taken):
            free = f"{name}_"
            while free in taken:
                free += "_"
            renames[name] = free
        fill = Fill(values={"RUN": run}, renames=renames)
        return parsed.render(fill, self._style, indent)

    def _chain(self, call: SdkCall) -> cst.BaseExpression:
        """The expression that reads the newest message's text."""
        value = self._tree.parent(call.call)
        outer = value if isinstance(value, cst.Await) else call.call
        parent = self._tree.parent(outer)
        if isinstance(parent, cst.Assign):
            name = self._variable(call)
            definition = next(d for d in self._flow.every(name, call.call) if d.node is parent)
            mine, maybe = self._flow.uses(definition)
            if maybe or len(mine) != 1:
                raise RefusedError(Reason.OTHER_READ, self._tree.show_line(call.call))
            self._take(call)
            return self._text_chain(mine[0])
        self.calls.append(call)
        return self._text_chain(outer)

    def _text_chain(self, root: cst.BaseExpression) -> cst.BaseExpression:
        node: cst.BaseExpression = root
        parent = self._tree.parent(node)
        while isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is node:
            node, parent = parent, self._tree.parent(parent)
        path = "".join(self._tree.source(node).split())
        head = "".join(self._tree.source(root).split())
        if root.lpar:
            head = f"({head})"
        if not path.startswith(head) or not _READ.fullmatch(path[len(head) :]):
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))
        return node

    def _run_use(self, use: cst.Name, reading: SdkCall) -> bool:
        """A reading of the run; whether the file tests its status by it."""
        if self._tree.is_inside(use, reading.call):
            return False
        parent = self._tree.parent(use)
        name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
        if name not in ("status", "last_error") or not self._behind(use):
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(parent or use))
        if name == "last_error" and isinstance(parent, cst.Attribute):
            self._editor.replace(parent.attr, "error")
        return not is_logged(self._program, use)

    def _read_made_up(self, run: str) -> bool:
        """The made-up client's answer: one path to its text; whether it is checked there."""
        found: list[cst.BaseExpression] = []
        tested = False
        for use in self._uses(run, None):
            parent = self._tree.parent(use)
            name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
            if name == "status" and self._behind(use):
                tested = tested or not is_logged(self._program, use)
                continue
            if not name.startswith("output"):
                reason = Reason.OTHER_READ if name else Reason.ANSWER_HANDED_ON
                raise RefusedError(reason, self._tree.show_line(parent or use))
            node: cst.BaseExpression = use
            around: cst.CSTNode | None = parent
            while isinstance(around, (cst.Attribute, cst.Subscript)) and around.value is node:
                node, around = around, self._tree.parent(around)
            path = "".join(self._tree.source(node).split())
            if not _TEXTS.fullmatch(path.removeprefix(run)):
                raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(node))
            found.append(node)
        if len(found) != 1:
            reason = Reason.OTHER_READ if found else Reason.ANSWER_NOT_READ
            raise RefusedError(reason, self._tree.show_line(self._start.call))
        return self._read_text(found[0], run, tested=tested)

    def _is_guarded(self, node: cst.CSTNode, run: str) -> bool:
        return any(
            guard.holds and re.fullmatch(rf"{run}\.status == ['\"]completed['\"]", guard.condition)
            for guard in self._flow.guards(node)
        )

    # the new call

    def _replace(self, given: dict[str, cst.BaseExpression], messages: Sequence[Doc]) -> None:
        start = self._start
        arguments: list[tuple[str, Doc]] = [("model=", self._model(given))]
        instructions = self._instructions(given)
        if instructions is not None:
            arguments.append(("instructions=", instructions))
        if instructions is None or not self.made_here:
            gone = _NOT_SENT if instructions is None else _TOOLS_NOT_SENT
            gone = _WORKFLOW_NOT_SENT if start.made_up else gone
            self._notes.append(Note(self._tree.span(start.call), gone, always=True))
        self._notes.append(Note(self._tree.span(start.call), _NEEDS))
        only = messages[0]
        if len(messages) == 1 and isinstance(only, Group):
            only = only.elements[1][1] if only.elements[0][1].endswith(('user"', "user'")) else only  # type: ignore[union-attr]
        if len(messages) == 1 and isinstance(only, str):
            # What is sent alone is the list itself.
            arguments.append(("input=", only.removeprefix("*")))
        else:
            items = tuple(("", message) for message in messages)
            arguments.append(("input=", Group("[", items, "]")))
        place = self._tree.chars(start.call)
        indent = self._editor.indent_at(place[0])
        client = self._tree.source(start.client)
        new = Group(f"{client}.responses.create(", tuple(arguments), ")")
        text = render(new, self._style, indent, self._program.text.column(place[0]))
        for node in self._tree.below(start.call):
            if isinstance(node, cst.Comment):
                raise RefusedError(Reason.COMMENT_LOST, f"in line {self._tree.line(node)}")
        self._editor.changes.append(Change(*place, text, statements=True))

    def _model(self, given: dict[str, cst.BaseExpression]) -> str:
        settings = self._settings
        where = self._tree.span(self._start.call)
        if settings.model_expr is not None:
            self._check_visible(settings.model_expr, "model-expr")
            return settings.model_expr
        if settings.model is not None:
            return self._editor.quoted(settings.model)
        if "model" in given:
            return self._moved(given["model"])
        name = default_model()
        why = f"the model is {name}, OpenAI's advice ({sources()[1]}); --model names another"
        self._notes.append(Note(where, why, always=True))
        return self._editor.quoted(name)

    def _instructions(self, given: dict[str, cst.BaseExpression]) -> str | None:
        settings = self._settings
        if settings.instructions_expr is not None:
            self._check_visible(settings.instructions_expr, "instructions-expr")
            return settings.instructions_expr
        if settings.instructions is not None:
            return self._editor.literal(settings.instructions)
        return self._moved(given["instructions"]) if "instructions" in given else None

    def _check_visible(self, expression: str, flag: str) -> None:
        root = expression.split(".", maxsplit=1)[0]
        if self._program.scopes.scope_of(root, self._start.call) is None:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{root}`, given by {flag}")

    def _check_behind(
        self, run: str, last: cst.CSTNode, statement: cst.SimpleStatementLine, *, checked: bool
    ) -> None:
        """What the new answer has to be, behind the call; a loop that waited goes."""
        indent = self._editor.indent_at(self._tree.chars(statement)[0])
        end = self._tree.chars(last)[1]
        start = self._tree.chars(statement.body[0])[1]
        text = ""
        if not checked:
            text = "\n" + self._check("sdk", run, statement, indent)
        if last is statement:
            start = end
        if text or start != end:
            self._editor.changes.append(Change(start, end, text, statements=True))
