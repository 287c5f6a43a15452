"""The responses target for OpenAI's own Python client: one run becomes one `responses.create`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.answers import NewestText
from callmend.languages.python.hoisting import branch_range, hoisted
from callmend.languages.python.kinds import READS, Kind
from callmend.languages.python.layout import document, render
from callmend.languages.python.literals import is_logged
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import Owner, SdkCall, keywords
from callmend.languages.python.tree import dotted, unawaited
from callmend.languages.python.waiting import Waiting
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change
from callmend.targets.python_guards import guards_of
from callmend.targets.responses.python_sdk_assistant import ID_KEYS
from callmend.targets.responses.python_sdk_functions import TEXT
from callmend.targets.responses.python_sdk_parameters import MAPPED
from callmend.targets.responses.python_sdk_tools import SdkTools

#: Why a call on a client that is not certainly OpenAI's own is left.
OWNERS = {
    Owner.AZURE: Reason.AZURE_CLIENT,
    Owner.OTHER_HOST: Reason.CLIENT_OTHER_HOST,
    Owner.HOST_UNKNOWN: Reason.CLIENT_HOST_UNKNOWN,
    Owner.UNKNOWN: Reason.CLIENT_UNKNOWN,
    Owner.BETA_HEADER: Reason.BETA_HEADER,
}
_TAKEN = frozenset({"additional_instructions", "assistant_id", "thread_id", "thread",
                    "instructions", "model", "poll_interval_ms", "stream"})  # fmt: skip
_MADE_UP_TAKEN = frozenset({*ID_KEYS, "input", "inputs", "version"})
#: What follows `output` where that is certainly the answer's text.
_TEXTS = re.compile(
    r"\.output_text|\.output(?:\.|\[['\"])(?:message|text|output_text)(?:['\"]\])?"
    r"|\.output\[0\]\.content\[0\]\.text"
)


class SdkFlow(SdkTools):
    """Plans the flow of one call that starts a run."""

    #: The variables of the run, and of what is asked for it again.
    _run = _polled = ""
    #: What the file reads of the annotations of the answer's text.
    _annotated: Sequence[cst.Attribute] = ()
    #: The loop of the file's own that waits, if there is one.
    _waiting: Waiting | None = None

    def plan(self) -> Plan:
        """The edits of the flow.

        Raises:
            RefusedError: something of it is not certain.
        """
        start = self._start
        if start.owner in OWNERS:
            raise RefusedError(OWNERS[start.owner], start.whose)
        given = keywords(start.call)
        streamed = self._is_streamed(given)
        if start.made_up and given is not None and "thread_id" in given:
            given["workflow_id"] = given.pop("thread_id")  # the first argument, without a name
        taken = _MADE_UP_TAKEN if start.made_up else _TAKEN
        taken = taken if start.made_up else taken | MAPPED
        wrong = ["*"] if given is None else [name for name in given if name not in taken]
        if given is None or wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        if self._settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._check_ids(given)
        if streamed:
            return self._streamed(given)
        run = self._run = self._polled = self._variable(start)
        statement = self._line_of(start.call)
        messages = self._made_up_messages(given) if start.made_up else self._thread_messages(given)
        self._submits = self._submitting(run)
        loop = self._loop(run, statement)
        if start.made_up:
            self._read_made_up(run)
        else:
            self._read(run, loop)
            if self._annotated and "tools" in given:
                shown = self._tree.show_line(self._annotated[0])
                raise RefusedError(Reason.OTHER_READ, f"{shown}: tools may cite something")
        for submit in self._submits:
            self._continue(submit, given, run)
        self._replace(given, messages)
        self._answer_tools(given)
        self._check_behind(run, loop, statement)
        if start.made_up:
            changes, told = guards_of(self._program, start, self._every, self._editor, "responses")
            self._editor.changes += changes
            self._notes += told
        return self._whole("becomes responses.create")

    # waiting

    def _loop(self, run: str, statement: cst.SimpleStatementLine) -> cst.While | None:
        """The file's own loop that waits for a run, which goes; None where the client polls."""
        method = self._start.method
        if method.endswith("_poll") or self._start.made_up:
            self._only_defined_once(run, self._submitted)
            return None
        block = list(self._tree.block_of(statement))
        place = next(i for i, other in enumerate(block) if other is statement)
        follower = next((s for s in block[place + 1 :] if not self._may_wait(s)), None)
        if not isinstance(follower, cst.While):
            raise RefusedError(Reason.POLLING_NOT_UNDERSTOOD, self._tree.show_line(statement))
        waiting = Waiting(self._program, follower, run, self._is_mine, self._every)
        for line in block[place + 1 : block.index(follower)]:
            if waiting.is_ask(line):
                self._remove(line)
        waiting.check()
        self.calls += waiting.asks
        self._only_defined_once(run, waiting.assigned)
        self._polled = waiting.polled
        self._waiting = waiting
        if self._polled != run:
            self._only_defined_once(self._polled, waiting.assigned)
        return follower

    def _may_wait(self, line: cst.CSTNode) -> bool:
        """Whether a statement may stand between the start and the loop that waits for it."""
        if self._is_a_log(line):
            return True
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        made = unawaited(small.value) if isinstance(small, cst.Assign) else None
        return any(c.call is made and c.method == "threads.runs.retrieve" for c in self._every)

    def _is_mine(self, thread: cst.BaseExpression) -> bool:
        """Whether an expression is the id of the run's thread."""
        if dotted(thread) in (f"{self._run}.thread_id", f"{self._polled}.thread_id"):
            return True
        return self._key is not None and self._known.of(thread) == self._key

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
                if not any(self._tree.is_inside(use, branch.body) for branch in self._branches):
                    continue
            if self._tree.function_of(use) is self._function:
                found.append(use)
            elif self._program.scopes.scope_of(name, use) is self._function:
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(use))
        return found

    def _read(self, run: str, loop: cst.While | None) -> None:
        """Replace the reading."""
        call, named = self._listing()
        if not self._behind(call.call):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(call.call))
        if set(named) - {"thread_id", "limit", "run_id", "order"}:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        ids = (f"{run}.id", f"{self._polled}.id")
        if "run_id" in named and dotted(named["run_id"]) not in ids:
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        if "order" in named and self._program.resolver.text(named["order"]) != "desc":
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, self._tree.show_line(call.call))
        chain = self._chain(call)
        uses = self._uses(run, loop)
        if self._polled != run:
            uses += self._uses(self._polled, loop)
        for use in uses:
            self._run_use(use, call)
        self._put_text(chain, run)

    def _listing(self) -> tuple[SdkCall, dict[str, cst.BaseExpression]]:
        """The one call that lists the messages behind the run, and its arguments."""
        place = self._tree.order(self._start.call)
        starts = [
            self._tree.order(call.call)
            for call in self._every
            if call.starts_a_run and self._tree.function_of(call.call) is self._function
        ]
        end = min((order for order in starts if order > place), default=len(self._tree.nodes))
        lists = []
        for call in self._every:
            named = keywords(call.call) or {}
            if call.method == "threads.messages.list" and "thread_id" in named:
                inside = self._tree.function_of(call.call) is self._function
                order = self._tree.order(call.call)
                if inside and (self._one_shot or place < order < end):
                    if self._is_mine(named["thread_id"]):
                        lists.append((call, named))
        if len(lists) != 1:
            raise RefusedError(Reason.ANSWER_NOT_READ, self._tree.show_line(self._start.call))
        return lists[0]

    def _put_text(self, chain: cst.BaseExpression, run: str) -> None:
        """Replace the expression that reads by the text, which is checked there.

        What the file itself does by the status comes first.
        """
        if not self._behind(chain):
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(chain))
        self._check_comments(chain)
        # A name needs no parentheses, except where they part it from a keyword.
        start, end = self._tree.whole(chain)
        if self._program.text.text[:start][-1:].isidentifier():
            start, end = self._tree.chars(chain)
        text = f"{self._functions.name(TEXT)}({run})"
        if self._annotated:
            whole = self._functions.spelt("types", "SimpleNamespace")
            text = f"{whole}(value={text}, annotations=[])"
            indent = self._editor.indent_at(start)
            column = self._program.text.column(start)
            text = render(document(cst.parse_expression(text)), self._style, indent, column)
            told = "no annotations are there to read: no tools are sent that could cite something"
            self._notes.append(Note(self._tree.span(self._annotated[0]), told, always=True))
        self._editor.changes.append(Change(start, end, text, statements=True))

    def _chain(self, call: SdkCall) -> cst.BaseExpression:
        """The expression that reads the newest message's text; what leads to it goes."""
        around = self._tree.parent(call.call)
        page = around if isinstance(around, cst.Await) else call.call
        reading = NewestText(self._program, page)
        self.calls.append(call)
        for statement in reading.passed:
            self._remove(statement)
        self._annotated = reading.annotated
        return reading.node

    def _run_use(self, use: cst.Name, reading: SdkCall) -> None:
        """A reading of the run."""
        if self._tree.is_inside(use, reading.call) or self._goes(use):
            return
        parent = self._tree.parent(use)
        name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
        if use.value != self._run:
            self._editor.replace(use, self._run)
        if name == "id" and is_logged(self._program, use):
            return
        if name == "thread_id" and self.conversation is not None and parent is not None:
            self._editor.replace(parent, self.conversation)
            return
        certain = self._behind(use) or self._flow.definition(use.value, use) in self._definitions
        if name == "required_action" and self._submits and isinstance(parent, cst.Attribute):
            self._tools.required(parent)
            return
        if name == "status" and self._is_question(parent):
            return
        if name == "usage" and certain and self._counted(parent):
            return
        if name not in ("status", "last_error") or not certain:
            raise RefusedError(Reason.OTHER_READ, self._tree.show_line(parent or use))
        if name == "last_error" and isinstance(parent, cst.Attribute):
            self._editor.replace(parent.attr, "error")
        if not is_logged(self._program, use):
            self._check_order(use)

    def _counted(self, usage: cst.CSTNode | None) -> bool:
        """Whether one number of tokens is read of a run's usage; it gets the new API's name."""
        number = None if usage is None else self._tree.parent(usage)
        if not isinstance(number, cst.Attribute):
            return False
        name, _ = READS.get((Kind.USAGE, number.attr.value), ("", None))
        if name and name != number.attr.value:
            self._editor.replace(number.attr, name)
        return bool(name)

    @property
    def _branches(self) -> list[cst.If]:
        """What stays of the loop that waits."""
        return [] if self._waiting is None else self._waiting.branches

    @property
    def _definitions(self) -> list[Definition]:
        """What gives the run's variable the run."""
        every = self._flow.every(self._run, self._start.call)
        return [d for d in every if self._tree.is_inside(self._start.call, d.node)]

    def _goes(self, node: cst.CSTNode) -> bool:
        """Whether a node stands in a call that goes."""
        return any(
            call is not self._start and self._tree.is_inside(node, call.call) for call in self.calls
        )

    def _read_made_up(self, run: str) -> None:
        """The made-up client's answer: one path to its text."""
        found: list[cst.BaseExpression] = []
        for use in self._uses(run, None):
            parent = self._tree.parent(use)
            name = parent.attr.value if isinstance(parent, cst.Attribute) else ""
            if name == "status" and self._behind(use):
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
        self._put_text(found[0], run)

    def _check_behind(
        self,
        run: str,
        loop: cst.While | None,
        statement: cst.SimpleStatementLine,
    ) -> None:
        """A loop that waited goes; what it did by the status stays, and is certain to be whole."""
        indent = self._editor.indent_at(self._tree.chars(statement)[0])
        lines = self._hoisted(indent)
        end = self._tree.chars(statement.body[0])[1]
        behind = Change(end, end, "", statements=True)
        if loop is not None:
            gone = self._editor.line_of(loop)
            if lines:
                # What stays of the loop stands in its place, and the check behind it.
                behind = Change(gone.start, gone.end, "", statements=True)
            else:
                self._editor.changes.append(gone)
        if self._waiting is not None and self._waiting.completed is not None:
            # The answer is read in a branch, which one without an answer passes by.
            quoted = self._editor.quoted("completed")
            ended = f"{run}.status != {quoted}"
            lines.append(self._check("sdk_ended", run, statement, indent, ended=ended))
        if lines:
            text = "".join(f"\n{line}" for line in lines)
            text = text if behind.start == behind.end else text.removeprefix("\n") + "\n"
            self._editor.changes.append(replace(behind, text=text))

    def _hoisted(self, indent: str) -> list[str]:
        """What stays of a loop, with the changes in it."""
        waiting = self._waiting
        if waiting is None:
            return []
        for node in (name for branch in self._branches for name in self._tree.below(branch.test)):
            if isinstance(node, cst.Name) and node.value == self._polled != self._run:
                self._editor.replace(node, self._run)
        for line in waiting.ends:
            self._drop_last(line)
        changes = sorted((c.start, c.end, c.text) for c in self._editor.changes)
        lines = [hoisted(self._program, b, changes, indent) for b in self._branches]
        ranges = [branch_range(self._program, branch) for branch in self._branches]
        self._editor.changes = [
            change
            for change in self._editor.changes
            if not any(start <= change.start and change.end <= end for start, end in ranges)
        ]
        return lines
