"""One run of OpenAI's own Python client whose thread is filled and read in other functions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.handing import Handing
from callmend.languages.python.kinds import value_of
from callmend.languages.python.layout import Doc, Group, dedented, render, spliced
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, numbered
from callmend.languages.python.sdk import SdkCall, keywords
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_sdk_functions import CALLS, TEXT, SdkAnswer
from callmend.targets.responses.python_sdk_parameters import MAPPED
from callmend.targets.responses.python_sdk_thread import NEEDS, STORED, STORED_COMMENT

#: The calls that start a run on a thread that is made elsewhere.
STARTS = ("threads.runs.create", "threads.runs.create_and_poll", "threads.create_and_run",
          "threads.create_and_run_poll")  # fmt: skip
_TAKEN = frozenset({"additional_instructions", "assistant_id", "thread_id", "thread",
                    "instructions", "model", "poll_interval_ms"})  # fmt: skip
_LEFT = ("failed", "cancelled", "incomplete")


def moved(program: Program, handing: Handing, node: cst.BaseExpression, editor: Editor) -> str:
    """An expression as it stands in a new call, with what changes in it."""
    start, end = program.tree.whole(node)
    text = spliced(program.text.text, start, end, handing.inside(start, end))
    return dedented(text, editor.indent_at(start))


class ApartRun(SdkAnswer):
    """Writes one run as a response on a conversation.

    Its input is empty: what is asked are the items of the conversation. OpenAI refuses an empty
    input only where the request names no conversation either ("One of "input" or
    "previous_response_id" or 'prompt' or 'conversation' must be provided").
    """

    def __init__(
        self,
        program: Program,
        start: SdkCall,
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
        handing: Handing,
    ) -> None:
        super().__init__(program, start, every, settings, names)
        self._handing = handing
        #: Whether the file answers the calls of functions.
        self.answers = False
        #: What the run is given, with what its assistant is made with.
        self.given: dict[str, cst.BaseExpression] = {}

    def _moved(self, node: cst.BaseExpression) -> str:
        return moved(self._program, self._handing, node, self._editor)

    def written(self, looked_at: tuple[str, ...] | None, *, kept: bool) -> Plan:
        """The plan of the run's start.

        Args:
            looked_at: the ends without an answer that the file looks at itself, None for all.
            kept: whether the thread may be one of the old API's.

        Raises:
            RefusedError: a parameter has no counterpart, or the run goes somewhere else.
        """
        start = self._start
        given = keywords(start.call)
        wrong = ["*"] if given is None else [n for n in given if n not in _TAKEN | MAPPED]
        if given is None or wrong:
            raise RefusedError(Reason.RUN_PARAMETER, f"`{wrong[0]}`")
        if self._settings.stream:
            raise RefusedError(Reason.STREAMING, "--stream is given")
        self._check_ids(given)
        self.given = given
        asked = self._asked(given)
        statement = self._line_of(start.call)
        arguments: list[tuple[str, Doc]] = [*self._arguments(given), ("input=", asked)]
        where = self._tree.span(start.call)
        self._notes.append(Note(where, NEEDS))
        place = self._tree.chars(statement)[0]
        indent = self._editor.indent_at(place)
        if kept:
            self._notes.append(Note(where, STORED, always=True))
            text = "".join(f"{line}\n{indent}" for line in STORED_COMMENT)
            self._editor.changes.append(Change(place, place, text, statements=True))
        self._lift_comments(start.call)
        self._put_checked(statement, arguments, indent, looked_at)
        return self._whole("becomes responses.create")

    def _asked(self, given: dict[str, cst.BaseExpression]) -> Doc:
        """The input; the conversation that it is on is noted."""
        thread = given.get("thread_id")
        if thread is not None:
            self.conversation = self._moved(thread)
            for read in self._thread_reads() if self._is_kept_in_a_name(thread) else ():
                with suppress(RefusedError):
                    self._check_at(thread, read)
                    self._read_conversation(read, self.conversation)
            return "[]"
        if "thread" not in given:
            shown = self._tree.show_line(self._start.call)
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, shown)
        made = f"{self._tree.source(self._start.client)}.conversations.create()"
        self.conversation = f"(await {made}).id" if self._start.awaited else f"{made}.id"
        reads = self._thread_reads()
        if reads:
            made = f"await {made}" if self._start.awaited else made
            self._name_conversation(made, reads)
        return self._input(self._listed(given["thread"]))

    def _thread_reads(self) -> list[cst.Attribute]:
        """The reads of the run's thread, where a variable beside the run's can stand for it.

        That of a response is optional by its type: `run.conversation.id` is no certain text.
        """
        statement = self._tree.parent(value_of(self._program, self._start))
        target = statement.targets[0].target if isinstance(statement, cst.Assign) else None
        if not isinstance(target, cst.Name) or not isinstance(statement, cst.Assign):
            return []
        made = Definition(target.value, statement, statement.value)
        mine, maybe = self._flow.uses(made)
        others = [d for d in self._flow.every(target.value, self._start.call) if d != made]
        if others and all(self._asks_again(other) for other in others):
            # Whichever of them is read, it is this run.
            found = [(mine, maybe), *(self._flow.uses(other) for other in others)]
            mine = list(dict.fromkeys(use for each in found for uses in each for use in uses))
            maybe = []
        reads = [p for use in mine if isinstance(p := self._tree.parent(use), cst.Attribute)]
        reads = [read for read in reads if not self._is_listed_by_run(read)]
        reads = [read for read in reads if read.attr.value == "thread_id"]
        known = all(self._tree.function_of(read) is self._function for read in reads)
        return reads if known and not maybe else []

    def _asks_again(self, definition: Definition) -> bool:
        """Whether a definition of the run's name asks for a run by that name's id."""
        made = None if definition.value is None else unawaited(definition.value)
        call = next((c for c in self._every if c.call is made), None)
        if call is None or call.method not in ("threads.runs.retrieve", "threads.runs.poll"):
            return False
        bare = [arg.value for arg in call.call.args if arg.keyword is None and not arg.star]
        asked = (keywords(call.call) or {}).get("run_id") or next(iter(bare), None)
        return asked is not None and dotted(asked) == f"{definition.name}.id"

    def _is_listed_by_run(self, read: cst.Attribute) -> bool:
        """Whether a read stands in a call that lists one run's messages: no thread is asked."""
        call = self._tree.around(read, cst.Call)
        lists = [c.call for c in self._every if c.method == "threads.messages.list"]
        return any(c is call and "run_id" in (keywords(c) or {}) for c in lists)

    def _name_conversation(self, made: str, reads: list[cst.Attribute]) -> None:
        """Make the conversation in a statement of its own, and read its id in place of these."""
        taken = self._program.scopes.names_at(self._start.call)
        name = numbered("conversation", lambda word: word in taken)
        self.conversation = f"{name}.id"
        place = self._tree.chars(self._line_of(self._start.call))[0]
        line = f"{name} = {made}\n{self._editor.indent_at(place)}"
        self._editor.changes.append(Change(place, place, line, statements=True))
        for read in reads:
            self._read_conversation(read, f"{name}.id")

    def _is_kept_in_a_name(self, thread: cst.BaseExpression) -> bool:
        """`thread_id`, or `thread.id` of a variable."""
        of_thread = isinstance(thread, cst.Attribute) and thread.attr.value == "id"
        name = thread.value if of_thread and isinstance(thread, cst.Attribute) else thread
        return isinstance(name, cst.Name)

    def _read_conversation(self, read: cst.Attribute, conversation: str) -> None:
        """Put the conversation's id in the place of the one that the response tells."""
        start, end = self._tree.chars(read.attr)
        for changes in self._handing.changes.values():
            for number, (first, last, _) in enumerate(changes):
                if (first, last) == (start, end):
                    changes[number] = (self._tree.chars(read)[0], end, conversation)

    def _put_checked(
        self,
        statement: cst.SimpleStatementLine,
        arguments: list[tuple[str, Doc]],
        indent: str,
        looked_at: tuple[str, ...] | None,
        *,
        lone: str = "",
        behind: str = "",
    ) -> None:
        """The new call in the place of the old one, under a name that is checked behind it."""
        small = statement.body[0]
        value = value_of(self._program, self._start)
        start, end = self._tree.chars(small)
        new = Group(f"{self._tree.source(self._start.client)}.responses.create(",
                    tuple(arguments), ")")  # fmt: skip
        wait = "await " if isinstance(value, cst.Await) else ""
        last = ""
        target = self._target(small, value)
        if target is not None:
            run = self._tree.source(target)
            first = self._program.text.text[start : self._tree.chars(value)[0]]
        elif isinstance(small, (cst.Return, cst.Expr)) and small.value is value and self._is_read:
            taken = self._program.scopes.names_at(self._start.call)
            run = numbered("run", lambda name: name in taken)
            run = lone if lone and isinstance(small, cst.Expr) else run
            first = f"{run} = "
            last = f"\n{indent}return {run}" if isinstance(small, cst.Return) else ""
            if behind and isinstance(small, cst.Expr):
                last = f"\n{indent}{behind} = {run}.id"
        else:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(self._start.call))
        column = len(indent) + len(first) + len(wait)
        text = f"{first}{wait}{render(new, self._style, indent, column)}"
        text += "".join(f"\n{line}" for line in self._checks(run, statement, indent, looked_at))
        self._editor.changes.append(Change(start, end, text + last, statements=True))

    @property
    def _is_read(self) -> bool:
        """Whether the thread goes on without the run: what nobody keeps nobody reads."""
        parent = self._tree.parent(value_of(self._program, self._start))
        return isinstance(parent, cst.Return) or "thread_id" in (keywords(self._start.call) or {})

    def _target(
        self, small: cst.BaseSmallStatement, value: cst.BaseExpression
    ) -> cst.BaseExpression | None:
        """What a statement assigns the run to, where that is all that it does."""
        target: cst.BaseExpression | None = None
        if isinstance(small, cst.Assign) and small.value is value and len(small.targets) == 1:
            target = small.targets[0].target
        elif isinstance(small, cst.AnnAssign) and small.value is value:
            target = small.target
        return target if isinstance(target, (cst.Name, cst.Attribute)) else None

    def _checks(
        self,
        run: str,
        statement: cst.SimpleStatementLine,
        indent: str,
        looked_at: tuple[str, ...] | None,
    ) -> list[str]:
        """What the response has to be, but for what the file looks at itself.

        Where the file answers calls of functions, those may come in the place of a text.
        """
        text = self._functions.name(TEXT)
        if not self.answers:
            if looked_at == ():
                return [f"{indent}{text}({run})"]
            rest = [] if looked_at is None else [w for w in _LEFT if w not in looked_at]
            test = self._is_one_of(run, ["completed", *rest])
            return [self._check("sdk_text", run, statement, indent, more=text, ended=test)]
        calls = self._functions.name(CALLS)
        rest = [] if looked_at is None else [w for w in _LEFT if w not in looked_at]
        found = []
        if rest:
            ended = self._is_one_of(run, rest)
            found.append(self._check("sdk_ended", run, statement, indent, ended=ended))
        completed = self._is_one_of(run, ["completed"])
        test = f"{completed} and not {calls}({run})"
        return [*found, self._check("sdk_text", run, statement, indent, more=text, ended=test)]

    def _is_one_of(self, run: str, words: Sequence[str]) -> str:
        """The question whether a response's status is one of these words."""
        quoted = [self._editor.quoted(word) for word in words]
        if len(quoted) == 1:
            return f"{run}.status == {quoted[0]}"
        return f"{run}.status in ({', '.join(quoted)})"
