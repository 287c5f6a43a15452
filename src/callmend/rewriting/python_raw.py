"""Hand-written requests to the Assistants API in Python: every one of them into its bucket."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.findings import Bucket, Finding
from callmend.languages.python.program import Program
from callmend.languages.python.raw import Op, RawCall, find_raw
from callmend.reasons import Reason
from callmend.rewriting.planned import left
from callmend.settings import Settings


def raw_findings(program: Program, settings: Settings, obstacle: Reason | None) -> list[Finding]:
    """The findings of all such requests of a file, with their edits."""
    calls = [c for c in find_raw(program) if settings.selects(c.endpoint.rule)]
    if settings.target != "responses":
        # The calls to /v1/threads/runs are found by their URL.
        starts = [call for call in calls if call.starts_a_run and call.endpoint.part]
        return [_speaks(program, call) for call in starts if call.op is Op.RUN]
    found: list[Finding] = []
    function_of = program.tree.function_of
    left_in = []
    for call in calls:
        if call.starts_a_run:
            reason = RefusedError(obstacle or Reason.RUN_NOT_FOLLOWED)
            found.append(_left(program, call, reason))
            left_in.append(function_of(call.call))
    # What stands beside a run that is left is part of what is left, and said once.
    for call in calls:
        beside = any(function_of(call.call) is function for function in left_in)
        if not call.starts_a_run and not beside:
            found.append(_left(program, call, RefusedError(obstacle or Reason.PART_OF_A_FLOW)))
    return found


def _left(program: Program, call: RawCall, error: RefusedError) -> Finding:
    return left(call.endpoint, program.tree.span(call.call), error.reason, error.detail)


def _speaks(program: Program, call: RawCall) -> Finding:
    message = "calls the Assistants API already"
    where = program.tree.span(call.call)
    return Finding(call.endpoint.rule, call.endpoint.id, where, Bucket.ALREADY_MIGRATED, message)
