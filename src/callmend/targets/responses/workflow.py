"""The responses target for workflow calls in TypeScript and JavaScript."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.template import load
from callmend.languages.ecmascript.tree import member_value, span
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.choices import Choice, choose_instructions, choose_model
from callmend.targets.responses.request import TARGET, ResponsesRequest
from callmend.targets.workflow.adapt import (
    Form,
    Told,
    adapted_plan,
    as_input,
    input_code,
    kept_code,
    messages_code,
    read_for_adapting,
)
from callmend.targets.workflow.answer import AnswerPlan, Reading
from callmend.targets.workflow.half import polls_a_run
from callmend.targets.workflow.polls import refuse_polling
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import Parse, StreamedAnswer
from callmend.targets.workflow.undici import refuse_in_place

_BECOMES = "becomes POST /v1/responses"
#: A piece of the text and the end of a response, as events of the API's own.
_PIECE = b"`event: ${event.type}\\ndata: ${JSON.stringify(event)}\\n\\n`"
_END = b"`event: ${final.type}\\ndata: ${JSON.stringify(final)}\\n\\n`"
_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one workflow call.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = Site.of(program, request, settings, names)
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
    form, notes = form_of(known)
    return _with(client_plan(known, form), known, notes)


def _adapted(site: Site, why: RefusedError) -> Plan:
    """The plan that leaves the reading as it is."""
    try:
        known = read_for_adapting(site, why)
    except RefusedError as also:
        if also.reason is not Reason.STREAMING:
            raise
        return _streamed(site)
    form, notes = form_of(known)
    return _with(adapted_plan(known, form, why), known, notes)


def _streamed(site: Site) -> Plan:
    """The plan of a call that asks for a stream."""
    # half a dozen modules, for files that read streams only
    from callmend.targets.workflow.streamed import Own, streamed_plan, told  # noqa: PLC0415

    known, _ = told(site)
    form, notes = form_of(known)
    own = Own("Responses API", _PIECE, _END, "`response.output_text.delta`, `response.completed`")
    plan = streamed_plan(site, lambda _: form, own)
    return _with(plan, known, notes, "its stream in the events that the file reads")


def _with(
    plan: Plan,
    known: Told,
    notes: list[Note],
    how: str = "its answer in the shape that the file reads",
) -> Plan:
    return replace(
        plan,
        message=f"{_BECOMES}, {how}",
        notes=(*notes, *plan.notes),
        kept=known.site.base_kept,
    )


def form_of(known: Told) -> tuple[Form, list[Note]]:
    """What is written for an answer that is adapted, and the notes on what was decided."""
    site = known.site
    flow = Flow(site.program.tree, site.program.scopes, site.request.call)
    model = choose_model(site, flow, known.said.body)
    instructions = choose_instructions(site)
    said, history = input_code(known)
    if not as_input(known.said.input):
        said = messages_code(known, said, history)
    members = [b"model: " + model.code.text]
    if instructions is not None:
        members.append(b"instructions: " + instructions.code.text)
    written = {b"model"} if instructions is None else {b"model", b"instructions"}
    kept = kept_code(known, written)
    form = Form(
        target=TARGET,
        url=b"/responses",
        beta=None,
        members=(*members, *kept, b"input: " + said),
        dropped=known.said.dropped,
        live=b"answered",
        polled=b"/responses",
        identity=b"answered.id",
        unread=_gone_id(known.said.workflow_id),
    )
    return form, _decided(site, model, instructions)


def _gone_id(workflow_id: Node | None) -> tuple[Node, ...]:
    """The workflow's id among what is not evaluated any more, if that shows nowhere."""
    return () if workflow_id is None or has_effects(workflow_id) else (workflow_id,)


def _decided(site: Site, model: Choice, instructions: Choice | None) -> list[Note]:
    where = span(site.request.call)
    notes = [Note(where, model.why, always=True), *site.base_notes()]
    if instructions is None:
        notes.append(Note(where, _NOT_SENT, always=True))
    return notes


def _in_place(site: Site) -> Plan:
    """The plan that replaces the reading."""
    program, request, settings = site.program, site.request, site.settings
    site.refuse_list()
    refuse_in_place(site)
    flow = Flow(program.tree, program.scopes, request.call)
    parts = RequestReader(program.scopes, request.call).read()
    response = flow.response()
    if polls_a_run(program, request, flow):
        raise RefusedError(Reason.HALF_MIGRATED, "the answer's run is polled for already")
    answer = AnswerReader(flow).answer(response)
    if answer is None:
        raise RefusedError(Reason.ANSWER_NOT_READ)
    model = choose_model(site, flow, parts.body)
    instructions = choose_instructions(site)
    sending = ResponsesRequest(site, parts, model, instructions)
    identity = None if parts.workflow_id is None else member_value(parts.workflow_id)
    read = _read(site, flow, answer)
    edits = sorted([*read.edits, *sending.edits()])
    return Plan(
        tuple(edits),
        _BECOMES + (", read as a stream" if settings.stream else ""),
        (*_decided(site, model, instructions), *read.notes, *sending.notes),
        read.appended,
        (*_gone_id(identity), *sending.gone),
        kept=site.base_kept,
    )


def _read(site: Site, flow: Flow, answer: Answer) -> Plan:
    endpoint = site.request.endpoint
    name = "streamed.ts" if site.settings.stream else "answer.ts"
    reading = Reading(
        answer, load(TARGET, name), superseded=endpoint.comments, phrases=endpoint.phrases
    )
    if not site.settings.stream:
        plain = AnswerPlan(site, reading)
        return Plan(tuple(plain.edits()), "", tuple(plain.notes))
    streamed = StreamedAnswer(site, reading)
    parse = Parse(site, flow, answer, load(TARGET, "stream.ts"))
    edits = (*streamed.edits(), *parse.edits())
    return Plan(edits, "", tuple(streamed.notes), parse.functions())
