"""OpenAI's own client in Python: every flow and every lone call of it into its bucket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callmend.calls import RefusedError
from callmend.findings import Bucket, Finding
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import Owner, SdkCall, find_sdk_calls
from callmend.reasons import Reason
from callmend.records import record
from callmend.rewriting.planned import left
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.python_sdk import SdkFlow
from callmend.targets.responses.python_sdk_lone import conversation_plan


def sdk_findings(program: Program, settings: Settings, obstacle: Reason | None) -> list[Finding]:
    """The findings of all calls of OpenAI's client, with their edits."""
    calls = [c for c in find_sdk_calls(program) if settings.selects(c.endpoint.rule)]
    made_up = [call for call in calls if call.made_up]
    if settings.target != "responses":
        found = [_left(program, c, RefusedError(Reason.NO_TARGET, "--target responses has one"))
                 for c in made_up]  # fmt: skip
        real = [call for call in calls if not call.made_up]
        starts = [call for call in real if call.starts_a_run]
        return found + [_speaks(program, call) for call in starts or real[:1]]
    return _File(program, settings, calls, obstacle).findings() if calls else []


@record(frozen=True, slots=True)
class _Written:
    """One flow that is written: its start, its edits, all its calls."""

    start: SdkCall
    plan: Plan
    calls: Sequence[SdkCall]
    conversation: bool


class _File:
    """Plans the flows of one file, then what stands beside them."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        calls: Sequence[SdkCall],
        obstacle: Reason | None,
    ) -> None:
        self._program = program
        self._settings = settings
        self._calls = calls
        self._obstacle = obstacle
        self._written: list[_Written] = []
        self._refused: list[tuple[SdkCall, RefusedError]] = []
        self._lone: dict[int, Plan] = {}

    def findings(self) -> list[Finding]:
        """Every flow and every lone call."""
        for call in self._calls:
            if call.starts_a_run:
                self._flow(call)
        self._conversations()
        found = [_left(self._program, call, error) for call, error in self._refused]
        found += [_migrated(self._program, done.start, done.plan) for done in self._written]
        # What stands beside a run that is left is part of what is left, and said once.
        function_of = self._program.tree.function_of
        functions = [function_of(call.call) for call, _ in self._refused]
        for call in self._others():
            lone = self._lone.get(id(call))
            if lone is not None:
                found.append(_migrated(self._program, call, lone))
            elif not any(function_of(call.call) is f for f in functions):
                found.append(_left(self._program, call, RefusedError(Reason.PART_OF_A_FLOW)))
        return found

    def _flow(self, call: SdkCall) -> None:
        try:
            if self._obstacle is not None:
                raise RefusedError(self._obstacle)  # noqa: TRY301  # made a finding below
            flow = SdkFlow(self._program, call, self._calls, self._settings)
            plan = flow.plan()
            taken = [other for done in self._written for other in done.calls]
            if any(other is one for one in flow.calls for other in taken):
                raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301
        except RefusedError as error:
            self._refused.append((call, error))
            return
        on_one = flow.conversation is not None
        self._written.append(_Written(call, plan, [call, *flow.calls], on_one))

    def _others(self) -> Iterator[SdkCall]:
        """The calls that no flow has taken up, and that start no run."""
        known = [call for done in self._written for call in done.calls]
        for call in self._calls:
            if not call.starts_a_run and not any(call is one for one in known):
                yield call

    def _conversations(self) -> None:
        """Make the threads of runs that are on conversations now conversations as well.

        A call of the old API that stays would meet an id of the new one: then all of them stay.
        """
        if not any(done.conversation for done in self._written):
            return
        for call in self._others():
            if call.made_up or not call.method.startswith("threads."):
                continue
            try:
                if call.owner is not Owner.OPENAI:
                    raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301
                self._lone[id(call)] = conversation_plan(self._program, call, self._settings)
            except RefusedError:
                self._stay(call)
                return
        for call, _ in self._refused:
            if not call.made_up:
                self._stay(call)
                return

    def _stay(self, call: SdkCall) -> None:
        """Leave all runs on conversations, because of one call that stays."""
        self._lone.clear()
        shown = self._program.tree.show_line(call.call)
        for done in self._written:
            if done.conversation:
                self._refused.append((done.start, RefusedError(Reason.OTHER_CALL, shown)))
        self._written = [done for done in self._written if not done.conversation]


def _migrated(program: Program, call: SdkCall, plan: Plan) -> Finding:
    return Finding(
        rule=call.endpoint.rule,
        endpoint=call.endpoint.id,
        span=program.tree.span(call.call),
        bucket=Bucket.MIGRATED,
        message=f"{call.endpoint.summary}; {plan.message}",
        notes=plan.notes,
        edits=plan.edits,
    )


def _left(program: Program, call: SdkCall, error: RefusedError) -> Finding:
    return left(call.endpoint, program.tree.span(call.call), error.reason, error.detail)


def _speaks(program: Program, call: SdkCall) -> Finding:
    message = "calls the Assistants API already"
    where = program.tree.span(call.call)
    return Finding(call.endpoint.rule, call.endpoint.id, where, Bucket.ALREADY_MIGRATED, message)
