"""The responses target for workflow calls in TypeScript and JavaScript."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.template import load
from callmend.languages.ecmascript.tree import span
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.choices import choose_instructions, choose_model
from callmend.targets.responses.request import TARGET, ResponsesRequest
from callmend.targets.workflow.answer import AnswerPlan, Reading
from callmend.targets.workflow.half import polls_a_run
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import Parse, StreamedAnswer

_BECOMES = "becomes POST /v1/responses"
_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one workflow call.

    Raises:
        RefusedError: the call is left, and why.
    """
    flow = Flow(program.tree, program.scopes, request.call)
    parts = RequestReader(program.scopes, request.call).read()
    response = flow.response()
    site = Site.of(program, request, settings, names)
    if polls_a_run(program, request, flow):
        raise RefusedError(Reason.HALF_MIGRATED, "the answer's run is polled for already")
    answer = AnswerReader(flow).answer(response)
    if answer is None:
        raise RefusedError(Reason.ANSWER_NOT_READ)
    model = choose_model(site, flow, parts)
    instructions = choose_instructions(site)
    sending = ResponsesRequest(site, parts, model, instructions)
    read = _read(site, flow, answer)
    edits = sorted([*read.edits, *sending.edits()])
    where = span(request.call)
    notes = [Note(where, model.why, always=True)]
    if instructions is None:
        notes.append(Note(span(parts.workflow_id), _NOT_SENT, always=True))
    return Plan(
        tuple(edits),
        _BECOMES + (", read as a stream" if settings.stream else ""),
        (*notes, *read.notes, *sending.notes),
        read.appended,
        sending.gone(),
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
