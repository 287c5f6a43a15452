"""Assistants API code of a file: every flow and every lone call into its bucket."""

from __future__ import annotations

from callmend.edits import Span
from callmend.findings import Bucket, Finding
from callmend.languages.ecmascript.assistants.axios import Axios
from callmend.languages.ecmascript.assistants.calls import Call, find_calls
from callmend.languages.ecmascript.assistants.raw import find_raw, may_hold_raw
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.transports import Transport
from callmend.languages.ecmascript.tree import show_line, span
from callmend.reasons import Reason
from callmend.rewriting.planned import already
from callmend.settings import Settings
from callmend.targets.plans import Plan

TARGET = "responses"
RUNS = frozenset({"threads-runs", "thread-runs"})
_OF_ASSISTANTS = RUNS | {"threads", "thread-messages", "thread-run", "assistants"}


def assistants_findings(
    program: Program,
    settings: Settings,
    names: Names,
    obstacle: Reason | None,
    plans: dict[Span, Plan],
) -> list[Finding]:
    """The findings of all calls of the Assistants API, with their edits.

    ``plans`` takes the plans of those that need functions at the end of the file.
    """
    found = _found(program, settings, names, obstacle, plans)
    left = any(finding.bucket is Bucket.LEFT for finding in found)
    if not left or settings.target != TARGET or obstacle is not None:
        return found
    if any(request.endpoint.id not in _OF_ASSISTANTS for request in program.requests):
        return found
    if not all(settings.selects(call.endpoint.rule) for call in _calls(program)):
        return found
    # The default target never needs it.
    from callmend.rewriting.helpers import taken_in  # noqa: PLC0415

    whole = taken_in(
        program,
        _calls,
        lambda inner, own: _found(inner, settings, Names(inner.scopes), None, own),
    )
    if whole is None:
        return found
    # What stands for them brings its functions along.
    for finding in found:
        plans.pop(finding.span, None)
    return whole


def _calls(program: Program) -> list[Call]:
    calls = [*find_calls(program), *find_raw(program)]
    return sorted(calls, key=lambda call: call.node.start_byte)


def _found(
    program: Program,
    settings: Settings,
    names: Names,
    obstacle: Reason | None,
    plans: dict[Span, Plan],
) -> list[Finding]:
    """The findings of a file as it is."""
    calls = [c for c in _calls(program) if settings.selects(c.endpoint.rule)]
    raw = [call for call in calls if call.raw is not None]
    if settings.target != TARGET:
        return [already(c.endpoint, span(c.site)) for c in _anchors(calls)] if calls else []
    others = _others(program, settings, raw)
    found = []
    if calls:
        # twenty modules, which the default target never needs
        from callmend.rewriting.flows import File  # noqa: PLC0415

        found = File(program, settings, names, calls, others, obstacle, plans).findings()
    return found + _otherwise(program, others, obstacle)


def _others(program: Program, settings: Settings, raw: list[Call]) -> list[Request]:
    """The requests to the old API that are none of the calls which are read."""
    if not may_hold_raw(program.source.data):
        return []
    known = {call.site.id for call in raw}
    return [
        request
        for request in program.requests
        if request.endpoint.id in _OF_ASSISTANTS
        and request.call.id not in known
        and settings.selects(request.endpoint.rule)
    ]


def _otherwise(program: Program, others: list[Request], obstacle: Reason | None) -> list[Finding]:
    """The requests that are not read, which are left.

    Of those in one function the ones that start a run stand for the rest.
    """
    function_of = program.tree.function_of
    starts = {function_of(r.call).id for r in others if r.endpoint.id in RUNS}
    return [
        Finding(
            rule=request.endpoint.rule,
            endpoint=request.endpoint.id,
            span=span(request.call),
            bucket=Bucket.LEFT,
            message=request.endpoint.summary,
            reason=obstacle or why(program, request),
            detail=show_line(request.call),
        )
        for request in others
        if request.endpoint.id in RUNS or function_of(request.call).id not in starts
    ]


def why(program: Program, request: Request) -> Reason:
    """Why a request that is no part of a flow is left, by what sends it."""
    if request.transport.is_fetch:
        return Reason.URL_NOT_CERTAIN
    if Axios(program).sends(request.call):
        return Reason.AXIOS_NOT_UNDERSTOOD
    reasons = {
        Transport.SHADOWED_FETCH: Reason.FETCH_SHADOWED,
        Transport.WRAPPER: Reason.WRAPPER_ELSEWHERE,
        Transport.WEBSOCKET: Reason.WEBSOCKET,
    }
    return reasons.get(request.transport, Reason.UNKNOWN_TRANSPORT)


def _anchors(calls: list[Call]) -> list[Call]:
    """The calls that are reported: those that start runs, or all where none does."""
    starts = [call for call in calls if call.op.starts_a_run]
    if starts:
        # The calls to /v1/threads/runs are found by their URL.
        return [call for call in starts if call.endpoint.part]
    return [call for call in calls if call.raw is None][:1]


def claimed(program: Program, settings: Settings) -> frozenset[int]:
    """The requests, by their nodes' ids, that are found here and not by their URL alone."""
    if settings.target != TARGET:
        return frozenset()
    others = [r.call.id for r in program.requests if r.endpoint.id in _OF_ASSISTANTS]
    return frozenset([*(call.site.id for call in find_raw(program)), *others])
