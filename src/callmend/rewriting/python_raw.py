"""Hand-written requests to the Assistants API in Python: every one of them into its bucket."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.findings import Finding
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall, find_raw, is_raw, may_start_a_run
from callmend.reasons import Reason
from callmend.rewriting.planned import already, left, migrated
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.plans import Plan


def raw_findings(program: Program, settings: Settings, obstacle: Reason | None) -> list[Finding]:
    """The findings of all such requests of a file."""
    span_of = program.tree.span
    calls = [c for c in find_raw(program) if settings.selects(c.endpoint.rule)]
    if settings.target != "responses":
        starts = [c for c in calls if c.starts_a_run]
        # The calls to /v1/threads/runs are found by their URL.
        return [already(c.endpoint, span_of(c.call)) for c in starts if c.endpoint.part]
    known = {id(call.call) for call in calls}
    raw = [r for r in program.requests if is_raw(r) and settings.selects(r.endpoint.rule)]
    others = [request for request in raw if id(request.call) not in known]
    if not calls and not others:
        return []
    return _File(program, settings, calls, others, obstacle).findings()


class _File:
    """Plans the flows of one file, then what stands beside them."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        calls: list[RawCall],
        others: list[Request],
        obstacle: Reason | None,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._settings = settings
        self._calls = calls
        self._others = others
        self._obstacle = obstacle
        self._written: list[tuple[RawCall, Plan, list[RawCall]]] = []
        self._refused: list[tuple[RawCall, RefusedError]] = []

    def findings(self) -> list[Finding]:
        """The findings of all requests, with their edits."""
        for call in self._calls:
            if call.starts_a_run:
                self._flow(call)
        span_of, function_of = self._tree.span, self._tree.function_of
        found = [migrated(c.endpoint, span_of(c.call), plan) for c, plan, _ in self._written]
        found += [
            left(c.endpoint, span_of(c.call), error.reason, error.detail)
            for c, error in self._refused
        ]
        starts = [r for r in self._others if may_start_a_run(r)]
        reason = self._obstacle or Reason.RUN_NOT_FOLLOWED
        found += [left(r.endpoint, span_of(r.call), reason, "") for r in starts]
        # What stands beside a run that is left is part of what is left, and said once.
        functions = [function_of(c.call) for c, _ in self._refused]
        functions += [function_of(r.call) for r in starts]
        taken = {id(c.call) for start, _, mine in self._written for c in (start, *mine)}
        rest = [c.request for c in self._calls if not c.starts_a_run and id(c.call) not in taken]
        rest += [r for r in self._others if r not in starts]
        reason = self._obstacle or Reason.PART_OF_A_FLOW
        for request in rest:
            if not any(function_of(request.call) is function for function in functions):
                found.append(left(request.endpoint, span_of(request.call), reason, ""))
        return found

    def _flow(self, start: RawCall) -> None:
        try:
            self._check(start)
            # The default target never needs it.
            from callmend.languages.python.raw_flow import RawFlow  # noqa: PLC0415
            from callmend.targets.responses.python_raw import RawWriter  # noqa: PLC0415

            flow = RawFlow(self._program, self._calls, start)
            plan = RawWriter(self._program, self._calls, flow, self._settings).plan()
            made = [edit for _, done, _ in self._written for edit in done.edits]
            if any(edit.start < o.end and o.start < edit.end for edit in plan.edits for o in made):
                raise RefusedError(Reason.OTHER_CALL)  # noqa: TRY301  # made a finding below
        except RefusedError as error:
            self._refused.append((start, error))
            return
        self._written.append((start, plan, flow.here))

    def _check(self, start: RawCall) -> None:
        if self._obstacle is not None:
            raise RefusedError(self._obstacle)
        function = self._tree.function_of(start.call)
        for request in self._others:
            if self._tree.function_of(request.call) is function:
                raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(request.call))
        for call in self._calls:
            same = self._tree.function_of(call.call) is function
            if same and call.op is Op.OTHER:
                raise RefusedError(Reason.OTHER_CALL, self._tree.show_line(call.call))
