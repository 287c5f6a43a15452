"""OpenAI's own client in Python: every flow and every lone call of it into its bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Span
from callmend.findings import Bucket, Finding, Note
from callmend.languages.python.lost_methods import LostMember, lost_members
from callmend.languages.python.program import Program
from callmend.languages.python.raw import thread_requests
from callmend.languages.python.sdk import Owner, SdkCall, find_sdk_calls, is_typed, thread_calls
from callmend.reasons import Reason
from callmend.records import record
from callmend.rewriting.planned import already, left, migrated
from callmend.rewriting.python_fallbacks import fallback_notes
from callmend.settings import Settings
from callmend.targets.assistants.python_invented import plan as assistants_invented
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_invented import plan as responses_invented
from callmend.targets.responses.python_sdk import SdkFlow
from callmend.targets.responses.python_sdk_lone import conversation_plan

#: Refusals of a flow that do not matter where each of its calls is written by itself.
_WEAK = frozenset(
    {Reason.RUN_NOT_FOLLOWED, Reason.NO_THREAD_MESSAGE, Reason.POLLING_NOT_UNDERSTOOD}
)


def sdk_findings(
    program: Program,
    calls: Sequence[SdkCall],
    settings: Settings,
    obstacle: Reason | None,
    names: Names,
    plans: dict[Span, Plan],
) -> list[Finding]:
    """The findings of the calls of OpenAI's client in a file, with their edits.

    The plans of calls that need a function in their file are added to ``plans``, by their spans.
    """
    every = find_sdk_calls(program)
    whole = all(settings.selects(call.endpoint.rule) for call in every)
    lost = lost_members(program, every)
    file = _File(program, settings, calls, obstacle, names, whole=whole)
    file.lost = [member for member in lost if member.real]
    span_of = program.tree.span
    if settings.target == "responses":
        found = file.findings()
    else:
        real = [call for call in calls if not call.made_up]
        starts = [call for call in real if call.starts_a_run]
        found = file.findings(made_up_only=True)
        found += [already(c.endpoint, span_of(c.call)) for c in starts or real[:1]]
        if not real:
            found += [already(member.endpoint, span_of(member.node)) for member in file.lost[:1]]
        lost = [member for member in lost if not member.real]
    found += _of_lost(program, lost, settings, obstacle)
    plans.update(file.adapted)
    typed = {span_of(c.call): c for c in calls if is_typed(program, c.client)}
    return [
        replace(f, notes=(*f.notes, _of_typed(program, typed[f.span])))
        if f.bucket is Bucket.MIGRATED and f.span in typed
        else f
        for f in found
    ]


def _of_typed(program: Program, call: SdkCall) -> Note:
    """What is told of a client that another file makes."""
    shown = f"`{program.tree.show(call.client)}`"
    told = f"{shown} is taken for a client of api.openai.com, as its annotation says no other"
    return Note(program.tree.span(call.client), told, always=True)


def _of_lost(
    program: Program, lost: Sequence[LostMember], settings: Settings, obstacle: Reason | None
) -> Iterator[Finding]:
    """The findings of members that are kept or handed on."""
    for member in lost:
        if settings.selects(member.endpoint.rule):
            where, shown = program.tree.span(member.node), program.tree.show_line(member.lost)
            reason = Reason.URL_NOT_FOLLOWED if member.real else Reason.SDK_INVENTED
            yield left(member.endpoint, where, obstacle or reason, shown)


@record(frozen=True, slots=True)
class _Written:
    """One flow that is written: its start, its edits, all its calls."""

    start: SdkCall
    plan: Plan
    calls: Sequence[SdkCall]
    conversation: bool


#: Why a made-up call is left that nothing else tells of as well.
_OF_ADAPTED = frozenset({Reason.OWN_POLLING, Reason.BETA_HEADER, Reason.HEADERS_NOT_UNDERSTOOD})


class _File:
    """Plans the flows of one file, then what stands beside them."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        calls: Sequence[SdkCall],
        obstacle: Reason | None,
        names: Names,
        *,
        whole: bool,
    ) -> None:
        self._names = names
        self._program = program
        self._settings = settings
        self._calls = calls
        self._obstacle = obstacle
        self._written: list[_Written] = []
        self._refused: list[tuple[SdkCall, RefusedError]] = []
        self._lone: dict[int, Plan] = {}
        self._gone: list[SdkCall] = []
        #: Whether all calls of the library in the file are asked for.
        self._whole = whole
        #: The members for threads that are handed on, so that their calls are not seen.
        self.lost: Sequence[LostMember] = ()
        #: The plans of the calls that need a function in the file, by their spans.
        self.adapted: dict[Span, Plan] = {}

    def findings(self, *, made_up_only: bool = False) -> list[Finding]:
        """Every flow and every lone call."""
        if made_up_only:
            self._calls = [call for call in self._calls if call.made_up]
        for call in self._calls:
            if call.starts_a_run:
                self._flow(call)
        if not made_up_only:
            self._stand_apart()
        self._conversations()
        span_of = self._program.tree.span
        found = [
            left(call.endpoint, span_of(call.call), error.reason, error.detail)
            for call, error in self._refused
        ]
        found += [
            migrated(done.start.endpoint, span_of(done.start.call), done.plan)
            for done in self._written
        ]
        # What stands beside a run that is left is part of what is left, and said once.
        function_of = self._program.tree.function_of
        functions = [function_of(call.call) for call, _ in self._refused]
        for call in self._calls:
            if id(call) in self._lone and call.starts_a_run:
                found.append(migrated(call.endpoint, span_of(call.call), self._lone[id(call)]))
        for call in self._others():
            lone = self._lone.get(id(call))
            if lone is not None:
                found.append(migrated(call.endpoint, span_of(call.call), lone))
            elif not any(function_of(call.call) is f for f in functions):
                found.append(left(call.endpoint, span_of(call.call), Reason.PART_OF_A_FLOW, ""))
        return found

    def _flow(self, call: SdkCall) -> None:
        before = list(self._names.modules)
        try:
            if self._obstacle is not None:
                raise RefusedError(self._obstacle)  # noqa: TRY301  # made a finding below
            if self._settings.target != "responses":
                self._invented(call, assistants_invented)
                return
            flow = SdkFlow(self._program, call, self._calls, self._settings, self._names)
            plan = flow.plan()
            taken = [other for done in self._written for other in done.calls]
            if any(other is one for one in flow.calls for other in taken):
                raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301
        except RefusedError as error:
            self._names.modules[:] = before
            elsewhere = self._settings.target != "responses"
            if not call.made_up or self._obstacle is not None or elsewhere:
                self._refused.append((call, error))
                return
            try:
                self._invented(call, responses_invented)
            except RefusedError as also:
                # That it is handed on is no reason any more, as it can be adapted; nor is a part
                # that the adapted answer has, where another one is read that it has not.
                weak = error.reason in (Reason.ANSWER_HANDED_ON, Reason.RUN_NOT_FOLLOWED)
                counts = weak or also.reason in (*_OF_ADAPTED, error.reason)
                self._refused.append((call, also if counts else error))
            return
        if call.made_up:
            told = fallback_notes(self._program, call.call, made_up=True)
            plan = replace(plan, notes=(*plan.notes, *told))
        on_one = flow.conversation is not None
        self.adapted[self._program.tree.span(call.call)] = plan
        self._written.append(_Written(call, plan, [call, *flow.calls], on_one))

    def _invented(self, call: SdkCall, plan: Callable[..., tuple[Plan, list[SdkCall]]]) -> None:
        """A call of a made-up method, whose answer goes through a function of the file."""
        before = list(self._names.modules)
        try:
            done, polls = plan(self._program, call, self._calls, self._settings, self._names)
        except RefusedError:
            self._names.modules[:] = before
            raise
        told = fallback_notes(self._program, call.call, made_up=True)
        done = replace(done, notes=(*done.notes, *told))
        self.adapted[self._program.tree.span(call.call)] = done
        self._written.append(_Written(call, done, [call, *polls], False))

    def _stand_apart(self) -> None:
        """Plan the calls of the flows that are left each by itself, where all of them can be."""
        known = [call for done in self._written for call in done.calls]
        rest = [
            call
            for call in self._calls
            if not call.made_up and not any(call is one for one in known)
        ]
        refused = [call for call, _ in self._refused if not call.made_up]
        if not refused or self._obstacle is not None or not self._whole or self.lost:
            return
        if thread_requests(self._program):
            return  # what stays hand-written would meet the ids of conversations
        # Only a file with flows that are left needs it.
        from callmend.targets.responses.python_sdk_apart import Apart  # noqa: PLC0415

        before = list(self._names.modules)
        apart = Apart(self._program, rest, self._calls, self._settings, self._names)
        try:
            plans = apart.plans()
        except RefusedError as error:
            self._names.modules[:] = before
            self._refused = [(call, self._why(call, old, error)) for call, old in self._refused]
            return
        span_of = self._program.tree.span
        spans = tuple((span_of(call.call), ()) for call, _ in plans)
        for call, plan in plans:
            self._lone[id(call)] = plan
            self.adapted[span_of(call.call)] = replace(plan, covers=spans)
        self._gone += apart.gone
        self._refused = [(call, error) for call, error in self._refused if call.made_up]

    def _why(self, call: SdkCall, old: RefusedError, new: RefusedError) -> RefusedError:
        """Which of two refusals tells why a run is left: of its flow, or of its calls apart."""
        if new.reason is Reason.TOOL_SETUP:
            return new  # the functions would be answered if their tools stood here
        return new if old.reason in _WEAK and not call.made_up else old

    def _others(self) -> Iterator[SdkCall]:
        """The calls that no flow has taken up, and that start no run."""
        known = [call for done in self._written for call in done.calls]
        known += self._gone
        for call in self._calls:
            if not call.starts_a_run and not any(call is one for one in known):
                yield call

    def _conversations(self) -> None:
        """Make the threads of runs that are on conversations now conversations as well.

        A call of the old API that stays would meet an id of the new one: then all of them stay.
        """
        if self._lone or not any(done.conversation for done in self._written):
            return
        for call in self._others():
            if call.made_up or not call.method.startswith("threads."):
                continue
            try:
                if call.owner is not Owner.OPENAI:
                    raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301
                self._lone[id(call)] = conversation_plan(self._program, call, self._settings)
            except RefusedError:
                self._stay(call.call)
                return
        left_calls: list[cst.CSTNode] = [c.call for c, _ in self._refused if not c.made_up]
        if not self._whole:
            mine = {id(call.call) for call in self._calls}
            left_calls += [c for c in thread_calls(self._program) if id(c) not in mine]
        left_calls += [member.node for member in self.lost]
        for other in (*left_calls, *thread_requests(self._program)):
            self._stay(other)
            return
        self._together()

    def _together(self) -> None:
        """Note that the calls on conversations are silenced together, or none of them."""
        done = [(one.start, one.plan) for one in self._written if one.conversation]
        done += [(call, self._lone[id(call)]) for call in self._calls if id(call) in self._lone]
        span_of = self._program.tree.span
        spans = tuple((span_of(call.call), ()) for call, _ in done)
        for call, plan in done:
            self.adapted[span_of(call.call)] = replace(plan, covers=spans)

    def _stay(self, call: cst.CSTNode) -> None:
        """Leave all runs on conversations, because of one call that stays."""
        self._lone.clear()
        shown = self._program.tree.show_line(call)
        for done in self._written:
            if done.conversation:
                self._refused.append((done.start, RefusedError(Reason.OTHER_CALL, shown)))
        self._written = [done for done in self._written if not done.conversation]
