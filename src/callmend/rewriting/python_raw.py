"""Hand-written requests to the Assistants API in Python: every one of them into its bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made

import libcst as cst

from callmend.calls import RefusedError
from callmend.edits import Edit, OverlapError, Span, ordered
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
from callmend.languages.python.through import Senders
from callmend.reasons import Reason
from callmend.rewriting.planned import already, left, migrated
from callmend.routes import Op
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names

#: Reasons against a flow in one function that say nothing of one that is spread over several.
_WEAK = frozenset(
    {Reason.RUN_NOT_FOLLOWED, Reason.ANSWER_NOT_READ, Reason.NO_THREAD_MESSAGE,
     Reason.THREAD_NOT_FOLLOWED}
)  # fmt: skip


def raw_findings(
    program: Program,
    settings: Settings,
    obstacle: Reason | None,
    names: Names,
    plans: dict[Span, Plan],
    posted: Sequence[Request] = (),
) -> list[Finding]:
    """The findings of all such requests of a file, with ``posted`` those by its own functions.

    The plans of requests whose answer goes through a function of the file are added to ``plans``.
    """
    span_of = program.tree.span
    calls = [c for c in find_raw(program) if settings.selects(c.endpoint.rule)]
    if settings.target != "responses":
        starts = [c for c in calls if c.starts_a_run and c.through is None]
        # The calls to /v1/threads/runs are found by their URL.
        return [already(c.endpoint, span_of(c.call)) for c in starts if c.endpoint.part]
    known = {id(call.call) for call in calls}
    raw = [r for r in program.requests if is_raw(r) and settings.selects(r.endpoint.rule)]
    others = [request for request in raw if id(request.call) not in known]
    others += [
        r for r in posted
        if is_raw(r) and settings.selects(r.endpoint.rule) and id(r.call) not in known
    ]  # fmt: skip
    if not calls and not others:
        return []
    file = _File(program, settings, calls, others, obstacle, names)
    found = file.findings()
    plans.update(file.plans)
    return found


@dataclass
class _Made:
    """What comes of a file's requests; ``gone`` go with the plans of others."""

    written: list[tuple[RawCall, Plan]] = made(default_factory=list)
    refused: list[tuple[RawCall, RefusedError]] = made(default_factory=list)
    gone: list[RawCall] = made(default_factory=list)
    #: The requests that are each written by itself.
    apart: list[RawCall] = made(default_factory=list)
    #: The runs that are on a conversation now, with the requests of each.
    kept: list[tuple[RawCall, list[RawCall]]] = made(default_factory=list)


class _File:
    """Plans the flows of one file, then what stands beside them."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        calls: list[RawCall],
        others: list[Request],
        obstacle: Reason | None,
        names: Names,
    ) -> None:
        self._program = program
        self._tree = program.tree
        self._settings = settings
        self._calls = calls
        self._others = others
        self._obstacle = obstacle
        self._names = names
        self.plans: dict[Span, Plan] = {}

    def findings(self) -> list[Finding]:
        """The findings of all requests, with their edits."""
        done = self._made(())
        if len(done.written) > 1 and not done.refused and not self._rest(done):
            # All requests go elsewhere: what they share can be changed where it stands.
            whole = self._made(self._calls)
            done = whole if not whole.refused and not self._rest(whole) else done
        span_of, function_of = self._tree.span, self._tree.function_of
        found, taken = [], set[Edit]()
        every = [edit for _, plan in done.written for edit in plan.edits]
        shared = len(every) > len(set(every))
        together = [c for c, _ in done.written if shared or self._is_on_one(c, done)]
        covers = tuple((span_of(call.call), ()) for call in together)
        for call, plan in done.written:
            # What several share goes with the first.
            own = replace(plan, edits=tuple(e for e in plan.edits if e not in taken))
            if any(call is one for one in together):
                own = replace(own, covers=covers)
            taken.update(plan.edits)
            found.append(migrated(call.endpoint, span_of(call.call), own))
            self.plans[span_of(call.call)] = own
        found += [
            left(c.endpoint, span_of(c.call), error.reason, error.detail)
            for c, error in done.refused
        ]
        starts = [r for r in self._others if may_start_a_run(r)]
        found += [self._lost(request) for request in starts]
        # What stands beside a run that is left is part of what is left, and said once.
        functions = [function_of(c.call) for c, _ in done.refused]
        functions += [function_of(r.call) for r in starts]
        rest = [c.request for c in self._rest(done)]
        rest += [r for r in self._others if r not in starts]
        reason = self._obstacle or Reason.PART_OF_A_FLOW
        for request in rest:
            if not any(function_of(request.call) is function for function in functions):
                found.append(left(request.endpoint, span_of(request.call), reason, ""))
        return found

    def _lost(self, request: Request) -> Finding:
        """A run that is started by a request that is not certain, or a function of the file."""
        where, shown = self._tree.span(request.call), ""
        reason = self._obstacle or Reason.RUN_NOT_FOLLOWED
        if self._obstacle is None and request.client is None:
            reason, shown = self._not_sent(request)
        elif self._obstacle is None and self._is_one_of_several(request):
            reason, shown = Reason.URL_NOT_CERTAIN, self._tree.show_line(request.url)
        return left(request.endpoint, where, reason, shown)

    def _not_sent(self, request: Request) -> tuple[Reason, str]:
        """Why it is not certain that a function of the file sends a request, and nothing else."""
        try:
            Senders(self._program).through(request.call)
        except RefusedError as error:
            return error.reason, error.detail
        return Reason.UNKNOWN_TRANSPORT, f"`{self._tree.show(request.call.func)}`"

    def _is_one_of_several(self, request: Request) -> bool:
        """Whether a request goes to one of several URLs: on a thread that is there, or without."""
        client = request.client
        sent = None if client is None else self._program.finder.addressed(request.call, client)
        return sent is not None and len(set(sent[1].texts)) > 1

    def _is_on_one(self, call: RawCall, done: _Made) -> bool:
        """Whether a request is one on a conversation, or makes one."""
        return any(call is one for one in (*done.apart, *(start for start, _ in done.kept)))

    def _rest(self, done: _Made) -> list[RawCall]:
        """The requests that are in no plan, and start no run."""
        known = [*(call for call, _ in done.written), *done.gone]
        known += [call for call, _ in done.refused]
        return [c for c in self._calls if not any(c is other for other in known)]

    def _made(self, mine: Sequence[RawCall]) -> _Made:
        done = _Made()
        for call in self._calls:
            if call.starts_a_run:
                self._flow(call, mine, done)
        self._apart(done)
        self._halves(done)
        return done

    def _flow(self, start: RawCall, mine: Sequence[RawCall], done: _Made) -> None:
        try:
            self._check(start)
            # The default target never needs it.
            from callmend.languages.python.raw_flow import RawFlow  # noqa: PLC0415
            from callmend.targets.responses.python_raw import RawWriter  # noqa: PLC0415

            flow = RawFlow(self._program, self._calls, start)
            plan = RawWriter(self._program, self._calls, flow, self._settings, mine).plan()
            self._check_overlap(plan, done)
        except RefusedError as error:
            done.refused.append((start, error))
            return
        done.written.append((start, plan))
        done.gone += flow.here
        if not flow.one_shot:
            done.kept.append((start, flow.here))

    def _check_overlap(self, plan: Plan, done: _Made) -> None:
        try:
            ordered({edit for one in [plan, *(p for _, p in done.written)] for edit in one.edits})
        except OverlapError as error:
            raise RefusedError(Reason.OTHER_CALL) from error

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

    # requests that stand apart

    def _apart(self, done: _Made) -> None:
        """Plan what no flow has taken up, each request in its place, or leave all of it."""
        rest = [*(call for call, _ in done.refused), *self._rest(done)]
        if not rest or self._others or self._obstacle is not None:
            return
        if not done.kept and not any(call.op in (Op.RUN, Op.THREAD_AND_RUN) for call in rest):
            return  # they belong to runs in other files
        from callmend.targets.responses.python_raw_apart import RawApart  # noqa: PLC0415

        before = list(self._names.modules)
        rest.sort(key=lambda call: self._tree.order(call.call))
        try:
            apart = RawApart(self._program, rest, self._calls, self._settings, self._names)
            plans = apart.plans()
            for _, plan in plans:
                self._check_overlap(plan, done)
        except RefusedError as error:
            self._names.modules[:] = before
            done.refused = [
                (call, error if first.reason in _WEAK else first) for call, first in done.refused
            ]
            return
        done.refused = []
        done.written += plans
        done.apart = [call for call, _ in plans]

    def _halves(self, done: _Made) -> None:
        """Leave the runs on conversations whose ids a request that stays would meet."""
        met = self._met(done)
        if met is None:
            return
        shown = self._tree.show_line(met)
        for start, mine in done.kept:
            done.written = [(call, plan) for call, plan in done.written if call is not start]
            done.gone = [c for c in done.gone if not any(c is other for other in mine)]
            done.refused.append((start, RefusedError(Reason.OTHER_CALL, shown)))

    def _met(self, done: _Made) -> cst.CSTNode | None:
        """A request on a thread, or a call of OpenAI's own client on one, that stays."""
        written = [c.call for c in (*(call for call, _ in done.written), *done.gone)]
        stay = [r.call for r in self._others if r.client is None]
        for request in (*thread_requests(self._program), *stay):
            if not any(request is call for call in written):
                return request
        return next(iter(thread_calls(self._program)), None)
