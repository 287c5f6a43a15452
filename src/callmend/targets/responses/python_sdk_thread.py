"""The thread of one run of OpenAI's own Python client: it goes, or it becomes a conversation."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.python.layout import Doc
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import SdkCall, is_same_client, keywords
from callmend.languages.python.threads import Key, Threads
from callmend.languages.python.tree import unawaited
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.python_edits import Change
from callmend.targets.responses.python_sdk_assistant import SdkAssistant

#: What is said above a run whose thread may have been kept from before.
STORED_COMMENT = (
    "# Stored thread_... ids ended with the Assistants API;",
    "# a conversation has an id of its own.",
)
STORED = (
    "stored thread_... ids cannot be carried over: where one may still be kept, a new "
    "conversation has to be made"
)
#: `openai/resources/conversations` is in the package from this version on: 1.99.9 has none.
NEEDS = "`conversations` needs the package `openai` from version 1.101 on"
#: What goes with a thread that serves one run, and what reads of a run go.
_OF_RUN = frozenset(
    {"threads.runs.submit_tool_outputs", "threads.runs.submit_tool_outputs_and_poll",
     "threads.messages.create", "threads.messages.list", "threads.runs.retrieve", "threads.delete"}
)  # fmt: skip
_OF_THREAD = frozenset({"threads.create", "threads.retrieve", "threads.update", "threads.delete"})


class SdkThread(SdkAssistant):
    """One run and its thread; ``conversation`` is what the new call is on, if anything."""

    def __init__(
        self, program: Program, start: SdkCall, every: Sequence[SdkCall], settings: Settings
    ) -> None:
        super().__init__(program, start, every, settings)
        self._known = Threads(program, every)
        self._key: Key | None = None
        self._one_shot = True
        #: Assignments of the thread's id, which go where the thread does.
        self._aliases: list[cst.Assign] = []
        self.conversation: str | None = None

    def _thread_messages(self, given: dict[str, cst.BaseExpression]) -> list[Doc]:
        """What the run is asked: the messages of its thread, or those that were added for it."""
        if "thread" in given:
            return self._listed(given["thread"])
        thread = given.get("thread_id")
        if thread is None:
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(self._start.call))
        for node in self._tree.below(thread):
            if isinstance(node, (cst.Await, cst.NamedExpr)):
                raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(thread))
        self._key = self._known.of(thread)
        maker = self._known.maker(self._key)
        mine = self._mine()
        self._one_shot = maker is not None and self._is_one_shot(maker, mine)
        found: list[Doc] = []
        added = [call for call in mine if call.method == "threads.messages.create"]
        if maker is not None and (self._one_shot or (not added and self._is_first(maker))):
            found += self._first_messages(maker)
        for call in added:
            found.append(self._message_of(call))
            self._take(call)
        if not found:
            raise RefusedError(Reason.NO_THREAD_MESSAGE)
        for call in mine:
            if call.method == "threads.delete" and self._one_shot:
                self._take(call)
        if not self._one_shot:
            self._keep(thread, maker)
        for alias in self._aliases if self._one_shot else ():
            self._remove(alias)
        return found

    def _is_first(self, maker: SdkCall) -> bool:
        """Whether a thread's first messages are for this run, which comes certainly behind."""
        return self._between(self._tree.statement_of(maker.call)) is not None

    def _first_messages(self, maker: SdkCall) -> list[Doc]:
        """The messages that a thread is made with, which go from there."""
        created = keywords(maker.call)
        if created is None or set(created) - {"messages"}:
            raise RefusedError(Reason.MESSAGE_SHAPE, self._tree.show_line(maker.call))
        found: list[Doc] = []
        if "messages" in created:
            self._check_moved(created["messages"], maker)
            found += self._items(created["messages"])
        if self._one_shot:
            self._take(maker)
        elif found:
            client = self._tree.source(maker.client)
            start, end = self._tree.chars(maker.call)
            new = f"{client}.conversations.create()"
            self._editor.changes.append(Change(start, end, new, statements=True))
            self.calls.append(maker)
        return found

    def _keep(self, thread: cst.BaseExpression, maker: SdkCall | None) -> None:
        """The thread goes on as a conversation."""
        self.conversation = self._moved(thread)
        where = self._tree.span(self._start.call)
        self._notes.append(Note(where, NEEDS))
        function = self._function
        here = maker is not None and self._tree.function_of(maker.call) is function
        if not here and not self._is_made_here(thread):
            self._notes.append(Note(where, STORED, always=True))
            start = self._tree.chars(self._statement)[0]
            indent = self._editor.indent_at(start)
            text = "".join(f"{line}\n{indent}" for line in STORED_COMMENT)
            self._editor.changes.append(Change(start, start, text, statements=True))

    def _is_made_here(self, thread: cst.BaseExpression) -> bool:
        """Whether a field that holds the thread is only set by calls of this file, or to None."""
        owner = thread.value if isinstance(thread, cst.Attribute) else None
        if not isinstance(owner, cst.Attribute):
            return False
        values = [d.value for d in self._program.resolver.definitions(owner)]
        made = [c.call for c in self._every if c.method == "threads.create"]
        return bool(values) and all(
            value is not None
            and (self._tree.source(value) == "None" or any(unawaited(value) is c for c in made))
            for value in values
        )

    # which calls belong to the run

    def _mine(self) -> list[SdkCall]:
        """The calls on the same thread in the function, from the run before to the next one."""
        here = [
            call
            for call in self._every
            if call is not self._start
            and self._tree.function_of(call.call) is self._function
            and self._known.key(call) == self._key
        ]
        place = self._tree.order(self._start.call)
        starts = [self._tree.order(call.call) for call in here if call.starts_a_run]
        before = max((order for order in starts if order < place), default=-1)
        behind = min((order for order in starts if order > place), default=None)
        found = []
        for call in here:
            order = self._tree.order(call.call)
            if call.method in _OF_THREAD - {"threads.delete"} or call.starts_a_run:
                continue
            shown = self._tree.show_line(call.call)
            if call.method not in _OF_RUN:
                raise RefusedError(Reason.OTHER_CALL, shown)
            if not is_same_client(self._tree, call, self._start):
                raise RefusedError(Reason.OTHER_CALL, shown)
            if call.method == "threads.messages.create":
                if order < before:
                    continue
                if order > place:
                    if behind is None:
                        raise RefusedError(Reason.MESSAGE_LATER, shown)
                    continue
                if self._between(self._tree.statement_of(call.call)) is None:
                    raise RefusedError(Reason.MESSAGE_CONDITIONAL, shown)
                self._check_thread(call)
            elif order < place:
                if before < 0:
                    raise RefusedError(Reason.OTHER_CALL, shown)
                continue
            elif behind is not None and order > behind:
                continue
            found.append(call)
        return found

    def _check_thread(self, call: SdkCall) -> None:
        """Refuse a thread whose id may be another one where the run starts."""
        argument = self._known.argument(call)
        if argument is not None and self._known.changes_between(
            argument, call.call, self._start.call
        ):
            raise RefusedError(Reason.THREAD_NOT_FOLLOWED, self._tree.show_line(call.call))

    def _is_one_shot(self, maker: SdkCall, mine: Sequence[SdkCall]) -> bool:
        """Whether nothing but this run needs the thread."""
        if self._tree.function_of(maker.call) is not self._function:
            return False
        if self._between(self._tree.statement_of(maker.call)) is None:
            return False
        known = [self._start, maker, *mine]
        for call in self._every:
            if self._known.key(call) == self._key and not any(call is one for one in known):
                return False
        try:
            name = self._variable(maker)
        except RefusedError:
            return False
        [definition] = [
            d
            for d in self._flow.every(name, maker.call)
            if self._tree.is_inside(maker.call, d.node)
        ]
        return self._only_used_by(definition, known, 0) and not self._is_id_read(known)

    def _only_used_by(self, definition: Definition, calls: Sequence[SdkCall], depth: int) -> bool:
        """Whether a variable is read by these calls only; names for its id are followed."""
        mine, maybe = self._flow.uses(definition)
        if maybe or depth > 2:
            return False
        for use in mine:
            if any(self._tree.is_inside(use, call.call) for call in calls):
                continue
            parent = self._tree.parent(use)
            holder = None if parent is None else self._tree.parent(parent)
            if not isinstance(holder, cst.Assign) or len(holder.targets) != 1:
                return False
            target = holder.targets[0].target
            if not isinstance(target, cst.Name) or not isinstance(parent, cst.Attribute):
                return False
            found = [d for d in self._flow.every(target.value, use) if d.node is holder]
            if len(found) != 1 or not self._only_used_by(found[0], calls, depth + 1):
                return False
            self._aliases.append(holder)
        return True

    def _is_id_read(self, calls: Sequence[SdkCall]) -> bool:
        """Whether `run.thread_id` is read outside of the calls, and those that ask for the run."""
        asking = [c for c in self._every if c.method in ("threads.messages.list",
                                                         "threads.runs.retrieve")]  # fmt: skip
        return any(
            isinstance(node, cst.Attribute)
            and node.attr.value == "thread_id"
            and not any(self._tree.is_inside(node, call.call) for call in [*calls, *asking])
            for node in self._tree.own(self._function)
        )
