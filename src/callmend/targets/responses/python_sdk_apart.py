"""Calls of OpenAI's own Python client that stand apart, each as the one of a conversation.

Where the parts of a flow are spread over functions, or its messages are read one by one, each call
keeps its place: the thread becomes a conversation, a message an item of it, a run a response on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit, OverlapError, ordered
from callmend.findings import Note
from callmend.languages.python.event_handlers import is_in_handler
from callmend.languages.python.handing import Handing
from callmend.languages.python.kinds import Kind, value_of
from callmend.languages.python.layout import Doc, Group, flat, render
from callmend.languages.python.literals import is_logged
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition
from callmend.languages.python.sdk import Owner, SdkCall, keywords
from callmend.languages.python.style import detect
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_edits import Change, Editor
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_parts import content_of
from callmend.targets.responses.python_sdk import OWNERS
from callmend.targets.responses.python_sdk_apart_run import STARTS, ApartRun, moved
from callmend.targets.responses.python_sdk_apart_stream import STREAMS, ApartStream, is_streamed
from callmend.targets.responses.python_sdk_apart_tools import SUBMITS, ApartSubmit, ApartTools
from callmend.targets.responses.python_sdk_ends import Ends
from callmend.targets.responses.python_sdk_functions import MESSAGES, Functions
from callmend.targets.responses.python_sdk_kept import may_be_kept
from callmend.targets.responses.python_sdk_lone import conversation_plan
from callmend.targets.responses.python_sdk_unfit import unfit_message

_KINDS = {
    "threads.create": Kind.THREAD,
    "threads.retrieve": Kind.THREAD,
    "threads.update": Kind.THREAD,
    "threads.messages.create": Kind.ADDED,
    "threads.messages.list": Kind.PAGE,
    "threads.create_and_run": Kind.RUN,
    "threads.create_and_run_poll": Kind.RUN,
    "threads.runs.create": Kind.RUN,
    "threads.runs.create_and_poll": Kind.RUN,
    "threads.runs.retrieve": Kind.RUN,
    "threads.runs.poll": Kind.RUN,
    "threads.runs.submit_tool_outputs": Kind.RUN,
    "threads.runs.submit_tool_outputs_and_poll": Kind.RUN,
}
#: What asks for a run, or gives up waiting for it, by what does so for a response.
_ASKS = {
    "threads.runs.retrieve": "responses.retrieve",
    "threads.runs.poll": "responses.retrieve",
    "threads.runs.cancel": "responses.cancel",
}
_HANDED_IN = "a run's id that is handed in has to be a response's: one that was kept answers 404"
#: How many items a page of a conversation may have.
_MOST = 100


class Apart:
    """Plans all calls of a file that no other flow has taken up; ``gone`` go with another one."""

    def __init__(
        self,
        program: Program,
        calls: Sequence[SdkCall],
        every: Sequence[SdkCall],
        settings: Settings,
        names: Names,
    ) -> None:
        self._program = program
        self._names = names
        self._tree = program.tree
        self._calls = list(calls)
        self._every = every
        self._settings = settings
        self._style = detect(program.tree)
        self._submits = [call for call in self._calls if call.method in SUBMITS]
        self._handing = Handing(
            program, self._calls, self._style.quote, answers=bool(self._submits)
        )
        self._ends = Ends(program, self._handing, self._calls)
        self._tools: ApartTools | None = None
        #: The run whose functions are answered.
        self._run: ApartRun | None = None
        self.gone: list[SdkCall] = []

    def plans(self) -> list[tuple[SdkCall, Plan]]:
        """The plan of each call.

        Raises:
            RefusedError: one of them has no counterpart, or what it gives cannot be followed.
        """
        for call in self._calls:
            self._check(call)
        self._check_types()
        for number, call in enumerate(self._calls):
            kind = _KINDS.get(call.method)
            if kind is not None and not is_streamed(call):
                self._handing.follow(number, value_of(self._program, call), kind)
        self._handing.check()
        self._check_messages()
        self._ends.check_loops()
        self._answer()
        numbers = sorted(range(len(self._calls)), key=lambda n: not self._calls[n].starts_a_run)
        found = []
        for number in numbers:
            call = self._calls[number]
            if not any(call is gone for gone in self.gone):
                found.append((number, call, self._planned(call)))
        plans = [(call, self._whole(number, planned)) for number, call, planned in found]
        try:
            ordered(edit for _, plan in plans for edit in plan.edits)
        except OverlapError as error:
            shown = self._tree.show_line(self._calls[0].call)
            raise RefusedError(Reason.OTHER_CALL, shown) from error
        return plans

    def _answer(self) -> None:
        """Note what answers the functions of runs."""
        if not self._submits:
            return
        starts = [call for call in self._calls if call.method in STARTS]
        if len(starts) != 1:
            raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(self._submits[0].call))
        first = min(self._calls, key=lambda call: self._tree.order(call.call))
        self._tools = ApartTools(self._program, self._handing, self._style, self._names, first)
        number = next(n for n, call in enumerate(self._calls) if call is self._submits[0])
        self._handing.changes.setdefault(number, []).extend(self._tools.changes())

    def _check(self, call: SdkCall) -> None:
        shown = self._tree.show_line(call.call)
        if call.owner is not Owner.OPENAI:
            raise RefusedError(OWNERS[call.owner], call.whose)
        if self._tree.around(call.call, cst.FormattedString) is not None:
            # A string in the quotes of the one around it would end that.
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, shown)
        loop = self._tree.parent(call.call)
        waits = isinstance(value_of(self._program, call), cst.Await) or (
            isinstance(loop, (cst.For, cst.CompFor)) and loop.asynchronous is not None
        )
        if waits is not call.awaited and call.method in _KINDS and not is_streamed(call):
            lists = call.method == "threads.messages.list"
            reason = Reason.ANSWER_NOT_UNDERSTOOD if lists else Reason.RUN_NOT_FOLLOWED
            raise RefusedError(reason, shown)
        known = call.method in (*_KINDS, *STREAMS, "threads.delete") or self._gives_up(call)
        if not known and not call.method.startswith("assistants."):
            raise RefusedError(Reason.OTHER_CALL, shown)

    def _gives_up(self, call: SdkCall) -> bool:
        """Whether a call cancels a run that was waited for too long, which no response is.

        Only one in the background could be cancelled; what is waited for here has ended at once.
        """
        if call.method != "threads.runs.cancel":
            return False
        function = self._tree.function_of(call.call)
        asked = [c.call for c in self._calls if c.method == "threads.runs.retrieve"]
        loops = [
            self._tree.around(asks, cst.While) or self._tree.around(asks, cst.For)
            for asks in asked
            if self._tree.function_of(asks) is function
        ]
        place = self._tree.order(call.call)
        behind = any(loop is not None and self._tree.order(loop) < place for loop in loops)
        line = self._tree.parent(value_of(self._program, call))
        return behind and isinstance(line, cst.Expr)

    def _check_types(self) -> None:
        """Refuse types of the old API, which what they stand for is none of any more."""
        for definitions in self._program.scopes.bound(self._tree.module).values():
            for definition in definitions:
                line = self._tree.parent(definition.node)
                module = line.module if isinstance(line, cst.ImportFrom) else None
                if module is None or not dotted(module).startswith("openai.types.beta"):
                    continue
                for use in self._program.scopes.uses(definition.name):
                    # What a loop over events asks for, and what a handler takes, is written anew.
                    around = self._tree.around(use, cst.Annotation)
                    if around is not None and not is_in_handler(self._program, use):
                        raise RefusedError(Reason.OLD_TYPE, self._tree.show_line(use))

    def _check_messages(self) -> None:
        """Refuse a run for whose thread this file has no message, or whose question is open."""
        for comparison, words, _ in self._handing.compared:
            if words == {"requires_action"} and not self._submits:
                raise RefusedError(Reason.TOOL_LOOP, self._tree.show_line(comparison))
        created = [call for call in self._calls if call.method == "threads.create"]
        if any("messages" in (keywords(call.call) or {}) for call in created):
            return
        added = [call for call in self._calls if call.method == "threads.messages.create"]
        for call in self._calls:
            if call.starts_a_run and "thread" not in (keywords(call.call) or {}):
                here = self._is_of_here(call)
                if not added or (not here and all(map(self._is_of_here, added))):
                    shown = self._tree.show_line(call.call)
                    raise RefusedError(Reason.NO_THREAD_MESSAGE, shown)

    def _is_of_here(self, call: SdkCall) -> bool:
        """Whether the thread of a call is one that this file makes."""
        thread = (keywords(call.call) or {}).get("thread_id")
        return thread is not None and self._handing.kinds.get(thread) is Kind.THREAD_ID

    def _whole(self, number: int, plan: Plan) -> Plan:
        """The plan of a call with what has to change where its value goes."""
        editor = self._editor()
        editor.changes = [Change(*one) for one in self._handing.left(number)]
        return replace(plan, edits=tuple(sorted({*plan.edits, *editor.edits()})))

    def _editor(self) -> Editor:
        return Editor(self._program, None, self._style, self._settings)

    def _planned(self, call: SdkCall) -> Plan:
        """What becomes of one call."""
        if is_streamed(call):
            stream = ApartStream(
                self._program,
                call,
                self._every,
                self._settings,
                self._names,
                kept=not self._is_made_here(call),
            )
            plan = stream.plan()
            self.gone += stream.calls
            return plan
        if call.method in STARTS:
            run = ApartRun(
                self._program, call, self._every, self._settings, self._names, self._handing
            )
            run.answers = self._tools is not None
            planned = run.written(self._ends.looked_at(call), kept=not self._is_made_here(call))
            self.gone += run.calls
            self._run = run
            return planned
        if call.method in SUBMITS and self._run is not None:
            submit = ApartSubmit(
                self._program,
                call,
                self._every,
                self._settings,
                self._names,
                self._handing,
                self._run,
            )
            return submit.submitted(self._ends.looked_at(call))
        if call.method == "threads.messages.create":
            return self._added(call)
        if call.method == "threads.messages.list":
            return self._listed(call)
        if call.method in _ASKS:
            return self._asked(call)
        if call.method.startswith("assistants."):
            raise RefusedError(Reason.ASSISTANT_KEPT, self._tree.show_line(call.call))
        return conversation_plan(self._program, call, self._settings)

    def _is_made_here(self, call: SdkCall) -> bool:
        """Whether the thread of a run is one that this file makes, and none that was kept."""
        if "thread" in (keywords(call.call) or {}):
            return True
        if any(other.method == "threads.retrieve" for other in self._calls):
            return False
        thread = (keywords(call.call) or {}).get("thread_id")
        if thread is None or not self._is_of_here(call):
            return False
        return not may_be_kept(self._program, self._handing.kinds, thread)

    # the other calls

    def _given(self, call: SdkCall, taken: frozenset[str]) -> dict[str, cst.BaseExpression]:
        given = keywords(call.call)
        shown = self._tree.show_line(call.call)
        if given is None or set(given) - taken or "thread_id" not in given:
            raise RefusedError(Reason.RUN_PARAMETER, shown)
        if any(isinstance(node, cst.Comment) for node in self._tree.below(call.call)):
            raise RefusedError(Reason.COMMENT_LOST, shown)
        return given

    def _moved(self, node: cst.BaseExpression) -> str:
        return moved(self._program, self._handing, node, self._editor())

    def _put(self, call: SdkCall, method: str, arguments: Sequence[tuple[str, Doc]]) -> list[Edit]:
        """Another call in the place of one."""
        editor = self._editor()
        start, end = self._tree.chars(call.call)
        client = self._tree.source(call.client)
        new = Group(f"{client}.{method}(", tuple(arguments), ")")
        column = self._program.text.column(start)
        text = render(new, self._style, editor.indent_at(start), column)
        editor.changes.append(Change(start, end, text, statements=True))
        return editor.edits()

    def _added(self, call: SdkCall) -> Plan:
        if set(keywords(call.call) or ()) - {"thread_id", "role", "content"}:
            raise unfit_message(self._program, call)
        given = self._given(call, frozenset({"thread_id", "role", "content"}))
        shown = self._tree.show_line(call.call)
        if not {"role", "content"} <= set(given):
            raise RefusedError(Reason.MESSAGE_SHAPE, shown)
        quoted = self._editor().quoted
        role = given["role"]
        word = role.evaluated_value if isinstance(role, cst.SimpleString) else None
        spelt = quoted(word) if isinstance(word, str) else self._moved(role)
        content = content_of(self._program, given["content"], role, self._moved, quoted)
        item = Group(
            "{",
            (
                (quoted("type") + ": ", quoted("message")),
                (quoted("role") + ": ", spelt),
                (quoted("content") + ": ", content),
            ),
            "}",
        )
        arguments: list[tuple[str, Doc]] = [
            ("", self._moved(given["thread_id"])),
            ("items=", Group("[", (("", item),), "]")),
        ]
        edits = self._put(call, "conversations.items.create", arguments)
        edits += self._unnamed(call)
        return Plan(tuple(edits), "becomes an item of the conversation", ())

    def _unnamed(self, call: SdkCall) -> list[Edit]:
        """The name of a message that nothing reads goes: another one's may be of another type."""
        value = value_of(self._program, call)
        assign = self._tree.parent(value)
        target = assign.targets[0].target if isinstance(assign, cst.Assign) else None
        if not isinstance(assign, cst.Assign) or not isinstance(target, cst.Name):
            return []
        mine, maybe = self._program.flow.uses(Definition(target.value, assign, assign.value))
        if mine or maybe or len(assign.targets) != 1 or value.lpar:
            return []
        editor = self._editor()
        start, end = self._tree.chars(assign)[0], self._tree.chars(value)[0]
        editor.changes.append(Change(start, end, "", statements=True))
        return editor.edits()

    def _asked(self, call: SdkCall) -> Plan:
        bare = [arg.value for arg in call.call.args if arg.keyword is None and not arg.star]
        named = {arg.keyword.value: arg.value for arg in call.call.args if arg.keyword is not None}
        run = named.get("run_id") or (bare[0] if bare else None)
        known = len(bare) + len(named) == len(call.call.args)
        if run is None or not known or set(named) - {"run_id", "thread_id", "poll_interval_ms"}:
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(call.call))
        if any(isinstance(node, cst.Comment) for node in self._tree.below(call.call)):
            raise RefusedError(Reason.COMMENT_LOST, self._tree.show_line(call.call))
        if "thread_id" in named:
            self._moved(named["thread_id"])  # what changes in it goes with it
        notes = []
        if self._handing.kinds.get(run) is not Kind.RUN_ID:
            if not self._hands_out_ids():
                raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(run))
            notes.append(Note(self._tree.span(call.call), _HANDED_IN))
        method = _ASKS[call.method]
        edits = self._put(call, method, [("", self._moved(run))])
        return Plan(tuple(edits), f"becomes {method}", tuple(notes))

    def _hands_out_ids(self) -> bool:
        """Whether the file gives the ids of its runs to others, from whom they may come back."""
        ids = [node for node, kind in self._handing.kinds.items() if kind is Kind.RUN_ID]
        for node in ids:
            parent = self._tree.parent(node)
            out = isinstance(parent, (cst.DictElement, cst.Return, cst.Element)) or (
                isinstance(parent, cst.Arg)
                and not any(self._tree.is_inside(node, call.call) for call in self._calls)
            )
            if out and not is_logged(self._program, node):
                return True
        return False

    def _listed(self, call: SdkCall) -> Plan:
        """The messages among the items of the conversation, or of one response."""
        given = self._given(call, frozenset({"thread_id", "order", "limit", "run_id"}))
        functions = Functions(self._program, self._names, call.call)
        newest = self._newest_first(given.get("order"))
        message = "becomes the messages of the conversation"
        number = next(n for n, one in enumerate(self._calls) if one is call)
        run = given.get("run_id") or self._handing.filters.run_of(number, call.call)
        if run is not None:
            self._moved(given["thread_id"])  # what changes in it goes with it
            page, cut = self._output(call, run), ""
            newest, message = "False", "becomes the messages of the response"
        else:
            page, cut = self._page(call, given)
        editor = self._editor()
        start, end = self._tree.chars(value_of(self._program, call))
        place = (self._style, editor.indent_at(start), self._program.text.column(start))
        text = ""
        for way in (page, _kept_broken(page)):
            arguments: list[tuple[str, Doc]] = [("", way)]
            if newest != "True":
                arguments.append(("newest_first=", newest))
            new = Group(f"{functions.name(MESSAGES)}(", tuple(arguments), f"){cut}")
            text = render(new, *place, self._behind(end))
            if flat(page) in text:
                break
        editor.changes.append(Change(start, end, text, statements=True))
        edits = tuple(editor.edits())
        return Plan(edits, message, (), tuple(functions.codes))

    def _output(self, call: SdkCall, run: cst.BaseExpression) -> Group:
        """What asks for one response's items; they come in their order, and are one message."""
        if self._handing.kinds.get(run) is not Kind.RUN_ID:
            raise RefusedError(Reason.RUN_NOT_FOLLOWED, self._tree.show_line(run))
        asks = f"{self._tree.source(call.client)}.responses.retrieve("
        page = Group(asks, (("", self._moved(run)),), ").output")
        if isinstance(value_of(self._program, call), cst.Await):
            inner = replace(page, closing=")")
            page = Group("(", (("await ", inner),), ").output", bare=True)
        return page

    def _page(self, call: SdkCall, given: dict[str, cst.BaseExpression]) -> tuple[Group, str]:
        """What lists the items, and what cuts the messages to the number that is asked for.

        Not every item is a message, so that there have to be more of them.
        """
        number = next(n for n, one in enumerate(self._calls) if one is call)
        gone_through = call.awaited and number in self._handing.walked
        awaited = gone_through or isinstance(value_of(self._program, call), cst.Await)
        arguments: list[tuple[str, Doc]] = [("", self._moved(given["thread_id"]))]
        if "order" in given:
            arguments.append(("order=", self._moved(given["order"])))
        most = given.get("limit")
        if most is not None and not isinstance(most, cst.Integer):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(call.call))
        wanted = 0 if most is None else int(most.value)
        once = number in self._handing.first_pages and number not in self._handing.walked
        gone_through = gone_through and not 0 < wanted < _MOST
        first = (awaited and not gone_through) or once or 0 < wanted < _MOST
        if first and wanted != 1 and number in self._handing.listed:
            arguments.append(("limit=", str(_MOST)))
        cut = f"[:{wanted}]" if 0 < wanted < _MOST else ""
        client = self._tree.source(call.client)
        page = Group(f"{client}.conversations.items.list(", tuple(arguments), ")")
        if gone_through:
            page = Group(
                "[", (("", "item"), ("async for item in ", page)), "]", joint=" ", close=True
            )
        elif awaited:
            page = Group("(", (("await ", page),), ").data", bare=True)
        elif first:
            page = replace(page, closing=").data")
        return page, cut

    def _newest_first(self, order: cst.BaseExpression | None) -> str:
        """Whether the newest messages of a list come first, as an expression."""
        if order is None:
            return "True"
        word = self._program.resolver.text(order)
        if word is not None:
            return str(word != "asc")
        if not isinstance(order, cst.Name):
            raise RefusedError(Reason.RUN_PARAMETER, self._tree.show_line(order))
        return f"{order.value} != {self._editor().quoted('asc')}"

    def _behind(self, end: int) -> int:
        """How many characters stand behind a place on its line, without what goes from there."""
        _, last = self._program.text.line_range(self._program.text.line(end))
        rest = self._program.text.text[end:last].rstrip("\r\n")
        return len(rest.removeprefix(".data"))


def _kept_broken(page: Group) -> Group:
    """A page with a comma at the end of its call, if that stands in a comprehension.

    Without one the lines of a comprehension would be joined by a formatter with a larger width.
    """
    *first, (prefix, last) = page.elements
    if not page.close or isinstance(last, str):
        return page
    return replace(page, elements=(*first, (prefix, replace(last, broken=True))))
