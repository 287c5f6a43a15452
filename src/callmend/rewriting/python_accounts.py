"""Which dead requests of a Python file are told, and which of them go with another call's plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callmend.edits import Span
from callmend.endpoints import Status
from callmend.findings import Bucket, Finding
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.reasons import Reason
from callmend.targets.plans import Plan

_SESSIONS = frozenset({"workflows-id-sessions", "workflows-sessions"})
_ASKS = "asks for a run that never was; now asks for the answer of the call that is made"
_SILENCED = "changed only together with a call that a callmend-ignore comment silences"


def accounted(program: Program, posted: list[Request]) -> list[Request]:
    """The dead requests that each get a finding of their own, in source order.

    ``posted`` are those that functions of the file send.

    A request for a run that never was belongs to the call that should have started it, where that
    stands in the same function; anywhere else it is told by itself.
    """
    tree = program.tree
    every = program.requests
    homes = [tree.function_of(request.call) for request in every if not request.endpoint.part]

    def belongs(poll: Request) -> bool:
        own = tree.function_of(poll.call)
        return any(
            own is home or (home is not tree.module and tree.is_inside(poll.call, home))
            for home in homes
        )

    own = [
        request
        for request in every
        if not request.endpoint.part
        or (request.endpoint.status is not Status.RETIRED and not belongs(request))
    ]
    own += [
        request
        for request in posted
        if request.endpoint.status is not Status.RETIRED or request.endpoint.id == "threads-runs"
    ]
    return sorted(own, key=lambda request: tree.order(request.call))


def reason_for(request: Request) -> Reason | None:
    """Why there is nothing to write for a request's endpoint at all, if that is known."""
    endpoint = request.endpoint
    if endpoint.id in _SESSIONS:
        return Reason.NO_SESSIONS
    if endpoint.method != "GET":
        return None
    return Reason.PART_OF_A_FLOW if endpoint.part else Reason.DEFINITION_READ


def covered(findings: list[Finding], plans: Mapping[Span, Plan]) -> list[Finding]:
    """The findings, as migrated where the plan of another call changes them too."""
    own = {where: edits for done in plans.values() for where, edits in done.covers}
    reported = own.keys() & {f.span for f in findings if f.bucket is Bucket.LEFT}
    taken = {edit for where in reported for edit in own[where]}
    return [
        Finding(f.rule, f.endpoint, f.span, Bucket.MIGRATED, _ASKS, edits=own[f.span])
        if f.span in reported
        else replace(f, edits=tuple(edit for edit in f.edits if edit not in taken))
        for f in findings
    ]


def silenced_together(findings: list[Finding], plans: Mapping[Span, Plan]) -> list[Finding]:
    """The findings; where one of several that are changed together is silenced, all are."""
    silent = {f.span for f in findings if f.bucket is Bucket.IGNORED}
    groups = [{at, *(where for where, _ in done.covers)} for at, done in plans.items()]
    quiet = {at for group in groups if len(group) > 1 and group & silent for at in group}
    return [
        Finding(f.rule, f.endpoint, f.span, Bucket.IGNORED, _SILENCED)
        if f.span in quiet and f.bucket is Bucket.MIGRATED
        else f
        for f in findings
    ]
