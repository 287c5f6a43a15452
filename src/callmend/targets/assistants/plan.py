"""The assistants target for TypeScript and JavaScript: a call's plan, or why it is left."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import Headers, RequestReader
from callmend.languages.ecmascript.template import Capture, capture, load
from callmend.languages.ecmascript.tree import items, key_name, member_value, span, text
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.assistants.request import AssistantsRequest
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import (
    Form,
    Told,
    adapted_plan,
    input_code,
    kept_code,
    messages_code,
    read_for_adapting,
)
from callmend.targets.workflow.answer import AnswerPlan, Reading
from callmend.targets.workflow.half import polls_a_run, reads_the_dead_answer
from callmend.targets.workflow.pathid import path_identity, read_of_path
from callmend.targets.workflow.polls import refuse_polling
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import Parse, StreamedAnswer
from callmend.targets.workflow.undici import refuse_in_place

TARGET = "assistants"
_BECOMES = {
    "specification": "becomes POST /v1/threads/runs, polling, then the messages",
    "robust": "becomes POST /v1/threads/runs, polling to any end, then the run's messages",
}
_READ_ALREADY = "the reading was migrated already; the request becomes POST /v1/threads/runs"
_ADAPTED = "becomes POST /v1/threads/runs and polling, its answer in the shape that is read here"
BETA = b"assistants=v2"
_STREAM = "becomes POST /v1/threads/runs, its stream in the events that are read here"
#: A piece of the text and the end of a run, as events of the API's own.
_PIECE = (
    b"`event: thread.message.delta\\ndata: ${JSON.stringify({ ...event, delta: "
    b"{ ...event.delta, content: [part] } })}\\n\\n`"
)
_END = (
    b"`event: thread.run.completed\\ndata: ${JSON.stringify(final)}\\n\\n"
    b"event: done\\ndata: [DONE]\\n\\n`"
)
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
        refuse_polling(site)
        if request.transport.is_client:
            return _by_client(site)
        return _in_place(site)
    except RefusedError as refused:
        if request.transport.is_client:
            raise
        return _adapted(site, refused)


def _by_client(site: Site) -> Plan:
    """The plan of a call that a package's client sends."""
    from callmend.targets.workflow.clients import client_plan, read_of_client  # noqa: PLC0415

    known = read_of_client(site)
    return _adapting(site, client_plan(known, form_of(known)))


def _adapted(site: Site, why: RefusedError) -> Plan:
    """The plan that leaves the reading as it is."""
    try:
        known = read_for_adapting(site, why)
    except RefusedError as also:
        if also.reason is not Reason.STREAMING:
            raise
        # half a dozen modules, for files that read streams only
        from callmend.targets.workflow.streamed import Own, streamed_plan  # noqa: PLC0415

        own = Own("Assistants API", _PIECE, _END, "`thread.message.delta`, `thread.run.completed`")
        return _adapting(site, streamed_plan(site, form_of, own), _STREAM)
    return _adapting(site, adapted_plan(known, form_of(known), why))


def _adapting(site: Site, done: Plan, message: str = _ADAPTED) -> Plan:
    notes = (*site.base_notes(), *done.notes)
    return replace(done, message=message, notes=notes, kept=_kept(site))


def _kept(site: Site) -> tuple[Node, ...]:
    """What of the dead URL the new request goes on reading."""
    return (*read_of_path(site), *site.base_kept)


def form_of(known: Told) -> Form:
    """What is written for an answer that is adapted."""
    site = known.site
    if known.said.name is not None and known.said.id_path:
        identity = Capture(text(known.said.name) + known.said.id_path)
    elif known.said.workflow_id is not None:
        identity = capture(site.program.source, known.said.workflow_id)
    elif (of_path := path_identity(site)) is not None:
        identity = of_path
    else:
        raise RefusedError(Reason.NO_WORKFLOW_ID)
    said, history = input_code(known)
    messages = b"messages: " + messages_code(known, said, history)
    return Form(
        target=TARGET,
        url=b"/threads/runs",
        beta=BETA,
        members=(
            b"assistant_id: " + identity.text,
            *kept_code(known),
            b"thread: { " + messages + b" }",
        ),
        dropped=known.said.dropped,
        live=b"run",
        arguments=lambda headers: repeatable_headers(site, headers, BETA),
        polled=b"/threads",
        # A run is asked for by its thread's id too.
        identity=b"`${run.thread_id}/runs/${run.id}`",
    )


def _in_place(site: Site) -> Plan:
    """The plan that replaces the reading."""
    program, request, settings = site.program, site.request, site.settings
    site.refuse_list()
    refuse_in_place(site)
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
        signal = _member(parts.options, b"signal")
        if settings.stream:
            read = _streamed(site, flow, answer)
        else:
            read = _polled(site, answer, parts.headers, signal)
    edits = sorted([*read.edits, *sending.edits()])
    notes = (*site.base_notes(), *read.notes, *sending.notes)
    gone = tuple(sending.gone)
    return Plan(tuple(edits), read.message, notes, read.appended, gone, kept=_kept(site))


def _polled(site: Site, answer: Answer, headers: Headers, signal: Node | None) -> Plan:
    endpoint = site.request.endpoint
    polling = site.settings.polling
    template = load(TARGET, "robust.ts" if polling == "robust" else "answer.ts")
    reading = AnswerPlan(
        site, Reading(answer, template, headers, signal, endpoint.comments, endpoint.phrases)
    )
    edits = reading.edits()
    if signal is not None and "SIGNAL" not in template.metavariables():
        text = "`signal` stops the request, not the polling behind it"
        reading.notes.append(Note(span(signal), text))
    return Plan(tuple(edits), _BECOMES[polling], tuple(reading.notes))


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


def _member(obj: Node, name: bytes) -> Node | None:
    """The value of an object literal's member."""
    found = (member for member in items(obj) if key_name(member) == name)
    return next((member_value(member) for member in found), None)


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
    read = _polled(Site.of(program, request, settings, names), answer, headers, None)
    message = "the request was migrated already; its answer is now polled for"
    return Plan(tuple(sorted(read.edits)), message, read.notes)
