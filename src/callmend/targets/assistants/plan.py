"""The assistants target for TypeScript and JavaScript: a call's plan, or why it is left."""

from __future__ import annotations

from callmend.calls import CallSite, RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Bound, Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestParts, RequestReader
from callmend.languages.ecmascript.style import detect
from callmend.languages.ecmascript.tree import member_value, span
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.assistants.answer import AnswerPlan
from callmend.targets.assistants.half import polls_a_run, reads_the_dead_answer
from callmend.targets.assistants.request import RequestPlan
from callmend.targets.plans import Plan


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    flow = Flow(program.tree, program.scopes, request.call)
    reader = AnswerReader(flow)
    base_url = settings.base_url.encode()
    if request.endpoint.id == "threads-runs":
        return _finished(program, request, flow, base_url, names)
    parts = RequestReader(program.scopes, request.call).read()
    response = flow.response()
    style = detect(program.tree, program.source, program.tree.statement_of(request.call))
    notes: list[Note] = []
    edits: list[Edit] = []
    if polls_a_run(program, request, flow):
        if reads_the_dead_answer(flow):
            raise RefusedError(Reason.HALF_MIGRATED, "both the old and the new reading are there")
        message = "the reading was migrated already; the request becomes POST /v1/threads/runs"
    else:
        answer = reader.answer(response)
        if answer is None:
            raise RefusedError(Reason.ANSWER_NOT_READ)
        reading = AnswerPlan(
            program, request.endpoint, request.call, answer, parts.headers, style, base_url, names
        )
        edits += reading.edits()
        notes += reading.notes
        message = "becomes POST /v1/threads/runs, polling, then the messages"
    sending = RequestPlan(program, request, parts, style, settings, names)
    edits += sending.edits()
    notes += sending.notes
    return Plan(tuple(sorted(edits)), message, tuple(notes))


def _finished(
    program: Program, request: Request, flow: Flow, base_url: bytes, names: Names
) -> Plan | None:
    """The reading of a request that was migrated before, if it was not."""
    if not reads_the_dead_answer(flow):
        return None
    if polls_a_run(program, request, flow):
        raise RefusedError(Reason.HALF_MIGRATED, "both the old and the new reading are there")
    answer = AnswerReader(flow, migrated=True).answer(flow.response())
    if answer is None:
        return None
    headers = RequestReader(program.scopes, request.call).headers_of()
    style = detect(program.tree, program.source, program.tree.statement_of(request.call))
    endpoint = request.endpoint
    reading = AnswerPlan(program, endpoint, request.call, answer, headers, style, base_url, names)
    edits = reading.edits()
    message = "the request was migrated already; its answer is now polled for"
    return Plan(tuple(sorted(edits)), message, tuple(reading.notes))


def site(request: Request, parts: RequestParts, response: Bound, answer: Answer | None) -> CallSite:
    """The language-neutral facts of a call that was read whole."""
    return CallSite(
        endpoint=request.endpoint.id,
        transport=request.transport.value,
        request=span(request.call),
        response=span(response.node),
        body=None if answer is None else span(answer.body.node),
        reads=None if answer is None else span(answer.reads),
        result=None if answer is None or answer.result is None else span(answer.result),
        on_missing=None if answer is None or answer.on_missing is None else span(answer.on_missing),
        workflow_id=span(member_value(parts.workflow_id)),
        message=span(parts.message),
        history=None if parts.history is None else span(parts.history),
    )
