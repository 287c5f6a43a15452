"""The responses target for workflow calls in TypeScript and JavaScript."""

from __future__ import annotations

from contextlib import suppress

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.answer import Answer, AnswerReader
from callmend.languages.ecmascript.blank_errors import strict_question
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.flow import Flow
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.sources import Sources
from callmend.languages.ecmascript.template import load
from callmend.languages.ecmascript.tree import field, member_value, show_line, span
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.choices import Choice, choose_instructions, choose_model
from callmend.targets.responses.request import TARGET, ResponsesRequest
from callmend.targets.workflow.answer import AnswerPlan, Reading
from callmend.targets.workflow.apart import refuse_apart
from callmend.targets.workflow.half import polls_a_run, refuse_polling
from callmend.targets.workflow.own_ways import OWN_WAY, refuse_own_way
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.stream import Parse, StreamedAnswer
from callmend.targets.workflow.undici import refuse_in_place

BECOMES = "becomes POST /v1/responses"
_NOT_SENT = (
    "the workflow's id went: its instructions and tools are not sent any more; give the "
    "instructions with --instructions or write them into the call"
)
_ALIKE = (
    "the workflows of a list are asked here: without their ids, the same is asked each time; give "
    "each its own instructions, or ask once"
)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one workflow call.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = Site.of(program, request, settings, names)
    try:
        if not request.transport.is_client:
            refuse_polling(site)
            return _in_place(site)
    except RefusedError as refused:
        if request.transport.is_client:
            raise
        # a dozen modules, for what is not read in place
        from callmend.targets.responses.adapted import adapted  # noqa: PLC0415

        try:
            return adapted(site, refused)
        except RefusedError as also:
            if refused.detail == OWN_WAY:
                with suppress(RefusedError):
                    return _in_place(site, throws=True)
            raise also from None
    from callmend.targets.responses.adapted import by_client  # noqa: PLC0415

    return by_client(site)


def gone_id(workflow_id: Node | None) -> tuple[Node, ...]:
    """The workflow's id among what is not evaluated any more, if that shows nowhere."""
    return () if workflow_id is None or has_effects(workflow_id) else (workflow_id,)


def decided(site: Site, model: Choice, instructions: Choice | None) -> list[Note]:
    """The notes on what was decided for a call."""
    where = span(site.request.call)
    notes = [Note(where, model.why, always=True), *site.base_notes()]
    if instructions is None:
        notes.append(Note(where, _NOT_SENT, always=True))
    if _is_of_a_list(site):
        notes.append(Note(where, _ALIKE, always=True))
    return notes


def _is_of_a_list(site: Site) -> bool:
    """Whether the id is an element of a list that the code goes through, or a member of one."""
    root = site.request.path_id
    while root is not None and root.type == "member_expression":
        root = field(root, "object")
    binding = None if root is None else site.program.scopes.binding(root)
    return binding is not None and Sources(site.program.scopes).listed(binding) is not None


def _in_place(site: Site, *, throws: bool = False) -> Plan:
    """The plan that replaces the reading; ``throws`` tells that it may throw where none did."""
    program, request, settings = site.program, site.request, site.settings
    site.refuse_list()
    refuse_in_place(site)
    refuse_apart(site)
    flow = Flow(program.tree, program.scopes, request.call)
    parts = RequestReader(program.scopes, request.call).read()
    response = flow.response()
    if polls_a_run(program, request, flow):
        raise RefusedError(Reason.HALF_MIGRATED, "the answer's run is polled for already")
    answer = AnswerReader(flow).answer(response)
    if answer is None:
        raise RefusedError(Reason.ANSWER_NOT_READ)
    # Response in the OpenAPI document: `error` is required, and null.
    asked = strict_question(flow, response)
    if asked is not None:
        raise RefusedError(Reason.OTHER_READ, show_line(asked))
    model = choose_model(site, flow, parts.body)
    instructions = choose_instructions(site)
    sending = ResponsesRequest(site, parts, model, instructions)
    if not throws:
        refuse_own_way(site)
    identity = None if parts.workflow_id is None else member_value(parts.workflow_id)
    read = _read(site, flow, answer)
    edits = sorted([*read.edits, *sending.edits()])
    return Plan(
        tuple(edits),
        BECOMES + (", read as a stream" if settings.stream else ""),
        (*decided(site, model, instructions), *read.notes, *sending.notes),
        read.appended,
        (*gone_id(identity), *sending.gone),
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
