"""Hand-written requests to the Assistants API in Python: every one of them into its bucket."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.findings import Finding
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.languages.python.raw import (
    RawCall,
    find_raw,
    is_raw,
    may_start_a_run,
    thread_requests,
)
from callmend.languages.python.sdk import thread_calls
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
        #: The written runs whose threads are conversations now, and were kept.
        self._kept: list[RawCall] = []

    def findings(self) -> list[Finding]:
        """The findings of all requests, with their edits."""
        for call in self._calls:
            if call.starts_a_run:
                self._flow(call)
        self._halves()
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
        if not flow.one_shot:
            self._kept.append(start)

    def _halves(self) -> None:
        """Leave the runs on conversations whose ids a request that stays would meet."""
        met = self._met()
        if met is None or not self._kept:
            return
        shown = self._tree.show_line(met)
        kept = [one for one in self._written if any(one[0] is start for start in self._kept)]
        self._written = [one for one in self._written if one not in kept]
        self._refused += [(start, RefusedError(Reason.OTHER_CALL, shown)) for start, _, _ in kept]

    def _met(self) -> cst.CSTNode | None:
        """A request on a thread, or a call of OpenAI's own client on one, that stays."""
        written = [c.call for start, _, mine in self._written for c in (start, *mine)]
        for request in thread_requests(self._program):
            if not any(request is call for call in written):
                return request
        return next(iter(thread_calls(self._program)), None)

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
