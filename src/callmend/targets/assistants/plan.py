"""The assistants target for TypeScript and JavaScript: a call's plan, or why it is left."""

from __future__ import annotations

from contextlib import suppress

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.template import load
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.assistants.request import AssistantsRequest
from callmend.targets.plans import Plan
from callmend.targets.workflow.answer import AnswerPlan, Reading
from callmend.targets.workflow.apart import refuse_apart
from callmend.targets.workflow.half import polls_a_run, reads_the_dead_answer, refuse_polling
from callmend.targets.workflow.limits import Placed, carried_in_place
from callmend.targets.workflow.own_ways import OWN_WAY, refuse_own_way
from callmend.targets.workflow.pathid import read_of_path
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import Parse, StreamedAnswer
from callmend.targets.workflow.undici import refuse_in_place

TARGET = "assistants"
_BECOMES = {
    "specification": "becomes POST /v1/threads/runs, polling, then the messages",
    "robust": "becomes POST /v1/threads/runs, polling to any end, then the run's messages",
}
_READ_ALREADY = "the reading was migrated already; the request becomes POST /v1/threads/runs"
_STREAMED = "becomes POST /v1/threads/runs, read as a stream"


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = Site.of(program, request, settings, names)
    if request.endpoint.id == "threads-runs":
        flow = Flow(program.tree, program.scopes, request.call)
        return _finished(program, request, flow, settings, names)
    try:
        if not request.transport.is_client:
            refuse_polling(site)
            return _in_place(site)
    except RefusedError as refused:
        if request.transport.is_client:
            raise
        # a dozen modules, for what is not read in place
        from callmend.targets.assistants.adapted import adapted  # noqa: PLC0415

        try:
            return adapted(site, refused)
        except RefusedError as also:
            if refused.detail == OWN_WAY:
                with suppress(RefusedError):
                    return _in_place(site, throws=True)
            raise also from None
    from callmend.targets.assistants.adapted import by_client  # noqa: PLC0415

    return by_client(site)


def kept_of(site: Site) -> tuple[Node, ...]:
    """What of the dead URL the new request goes on reading."""
    return (*read_of_path(site), *site.base_kept)


def _in_place(site: Site, *, throws: bool = False) -> Plan:
    """The plan that replaces the reading; ``throws`` tells that it may throw where none did."""
    program, request, settings = site.program, site.request, site.settings
    site.refuse_list()
    refuse_in_place(site)
    refuse_apart(site)
    flow = Flow(program.tree, program.scopes, request.call)
    parts = RequestReader(program.scopes, request.call).read()
    response = flow.response()
    sending = AssistantsRequest(site, parts, load(TARGET, "request.ts"))
    if polls_a_run(program, request, flow):
        if reads_the_dead_answer(flow):
            raise RefusedError(Reason.HALF_MIGRATED, "both the old and the new reading are there")
        if settings.stream:
            raise RefusedError(Reason.HALF_MIGRATED, "the reading polls, and a stream is asked for")
        read = Plan((), _READ_ALREADY)
    else:
        answer = AnswerReader(flow).answer(response)
        if answer is None:
            raise RefusedError(Reason.ANSWER_NOT_READ)
        if not throws:
            refuse_own_way(site)
        if settings.stream:
            read = _streamed(site, flow, answer)
        else:
            anew = settings.polling == "robust"
            limit = carried_in_place(site, parts.options, answer.statement, anew=anew)
            read = _polled(site, answer, parts.headers, limit)
    edits = sorted([*read.edits, *sending.edits()])
    notes = (*site.base_notes(), *read.notes, *sending.notes)
    gone = tuple(sending.gone)
    return Plan(tuple(edits), read.message, notes, read.appended, gone, kept=kept_of(site))


def _polled(site: Site, answer: Answer, headers: Headers, limit: Placed) -> Plan:
    endpoint = site.request.endpoint
    polling = site.settings.polling
    template = load(TARGET, "robust.ts" if polling == "robust" else "answer.ts")
    # In the one each request has a time of its own, where the signal is not carried.
    signal = limit.value if limit.carried or "SIGNAL" in template.metavariables() else None
    reading = AnswerPlan(
        site,
        Reading(
            answer,
            template,
            headers,
            signal,
            endpoint.comments,
            endpoint.phrases,
            stops=limit.carried,
        ),
    )
    edits = reading.edits()
    return Plan(tuple(edits), _BECOMES[polling], (*limit.notes, *reading.notes))


def _streamed(site: Site, flow: Flow, answer: Answer) -> Plan:
    endpoint = site.request.endpoint
    template = load(TARGET, "streamed.ts")
    reading = StreamedAnswer(
        site,
        Reading(answer, template, superseded=endpoint.comments, phrases=endpoint.phrases),
    )
    parse = Parse(site, flow, answer, load(TARGET, "stream.ts"))
    edits: list[Edit] = [*reading.edits(), *parse.edits()]
    return Plan(tuple(edits), _STREAMED, tuple(reading.notes), parse.functions())


def _finished(
    program: Program, request: Request, flow: Flow, settings: Settings, names: Names
) -> Plan | None:
    """The reading of a request that was migrated before, if it was not."""
    if not reads_the_dead_answer(flow):
        return None
    if polls_a_run(program, request, flow):
        raise RefusedError(Reason.HALF_MIGRATED, "both the old and the new reading are there")
    if settings.stream:
        raise RefusedError(Reason.HALF_MIGRATED, "the request asks for no stream")
    answer = AnswerReader(flow, migrated=True).answer(flow.response())
    if answer is None:
        return None
    headers = RequestReader(program.scopes, request.call).headers_of()
    read = _polled(Site.of(program, request, settings, names), answer, headers, Placed())
    message = "the request was migrated already; its answer is now polled for"
    return Plan(tuple(sorted(read.edits)), message, read.notes)
