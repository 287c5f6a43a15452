"""OpenAI's own client in Python: every flow and every lone call of it into its bucket."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.findings import Bucket, Finding
from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall, find_sdk_calls
from callmend.reasons import Reason
from callmend.rewriting.planned import left
from callmend.settings import Settings
from callmend.targets.responses.python_sdk import SdkFlow


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
    found = []
    taken: list[SdkCall] = []
    refused: list[SdkCall] = []
    for call in calls:
        if not call.starts_a_run:
            continue
        try:
            if obstacle is not None:
                raise RefusedError(obstacle)  # noqa: TRY301  # one place that makes it a finding
            flow = SdkFlow(program, call, calls, settings)
            plan = flow.plan()
            if any(other is c for c in flow.calls for other in taken):
                raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301
        except RefusedError as error:
            refused.append(call)
            found.append(_left(program, call, error))
            continue
        taken += [call, *flow.calls]
        found.append(
            Finding(
                rule=call.endpoint.rule,
                endpoint=call.endpoint.id,
                span=program.tree.span(call.call),
                bucket=Bucket.MIGRATED,
                message=f"{call.endpoint.summary}; {plan.message}",
                notes=plan.notes,
                edits=plan.edits,
            )
        )
    # What stands beside a run that is left is part of what is left, and said once.
    functions = [program.tree.function_of(call.call) for call in refused]
    for call in calls:
        known = any(call is other for other in [*taken, *refused])
        if not known and not any(program.tree.function_of(call.call) is f for f in functions):
            found.append(_left(program, call, RefusedError(Reason.PART_OF_A_FLOW)))
    return found


def _left(program: Program, call: SdkCall, error: RefusedError) -> Finding:
    return left(call.endpoint, program.tree.span(call.call), error.reason, error.detail)


def _speaks(program: Program, call: SdkCall) -> Finding:
    message = "calls the Assistants API already"
    where = program.tree.span(call.call)
    return Finding(call.endpoint.rule, call.endpoint.id, where, Bucket.ALREADY_MIGRATED, message)
