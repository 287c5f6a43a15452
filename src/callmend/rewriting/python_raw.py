"""Hand-written requests to the Assistants API in Python: every one of them into its bucket."""

from __future__ import annotations

from callmend.findings import Finding
from callmend.languages.python.program import Program
from callmend.languages.python.raw import is_raw, may_start_a_run, starts_a_run
from callmend.reasons import Reason
from callmend.rewriting.planned import already, left
from callmend.settings import Settings


def raw_findings(program: Program, settings: Settings, obstacle: Reason | None) -> list[Finding]:
    """The findings of all such requests of a file."""
    span_of, function_of = program.tree.span, program.tree.function_of
    raw = [r for r in program.requests if is_raw(r) and settings.selects(r.endpoint.rule)]
    if settings.target != "responses":
        # The calls to /v1/threads/runs are found by their URL.
        starts = [r for r in raw if r.endpoint.part and starts_a_run(r)]
        return [already(r.endpoint, span_of(r.call)) for r in starts]
    starts = [r for r in raw if may_start_a_run(r)]
    reason = obstacle or Reason.RUN_NOT_FOLLOWED
    found = [left(r.endpoint, span_of(r.call), reason, "") for r in starts]
    # What stands beside a run that is left is part of what is left, and said once.
    functions = [function_of(r.call) for r in starts]
    reason = obstacle or Reason.PART_OF_A_FLOW
    for request in raw:
        beside = any(function_of(request.call) is function for function in functions)
        if request not in starts and not beside:
            found.append(left(request.endpoint, span_of(request.call), reason, ""))
    return found
