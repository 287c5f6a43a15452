"""The responses target where a call is not read in place: its answer in the shape that is read."""

from __future__ import annotations

from dataclasses import replace

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.flow import Flow
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.responses.choices import choose_instructions, choose_model
from callmend.targets.responses.request import TARGET
from callmend.targets.responses.workflow import BECOMES, decided, gone_id
from callmend.targets.workflow.adapt import Form, adapted_plan, read_for_adapting
from callmend.targets.workflow.said_code import as_input, input_code, kept_code, messages_code
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told

#: How an answer comes out that is not read in place.
SHAPED = "its answer in the shape that the file reads"
#: A piece of the text and the end of a response, as events of the API's own.
_PIECE = b"`event: ${event.type}\\ndata: ${JSON.stringify(event)}\\n\\n`"
_END = b"`event: ${final.type}\\ndata: ${JSON.stringify(final)}\\n\\n`"


def by_client(site: Site) -> Plan:
    """The plan of a call that a package's client sends."""
    from callmend.targets.workflow.client_reading import read_of_client  # noqa: PLC0415
    from callmend.targets.workflow.clients import client_plan  # noqa: PLC0415

    known = read_of_client(site)
    form, notes = form_of(known)
    return _with(client_plan(known, form), known, notes)


def adapted(site: Site, why: RefusedError) -> Plan:
    """The plan that leaves the reading as it is."""
    try:
        known = read_for_adapting(site, why)
    except RefusedError as also:
        if also.reason is not Reason.STREAMING:
            raise
        return _streamed(site)
    form, notes = form_of(known)
    done = adapted_plan(known, form, why)
    if known.also:
        from callmend.targets.workflow.given_bodies import with_further  # noqa: PLC0415  # few are

        done = with_further(done, known, lambda told: form_of(told)[0])
    return _with(done, known, notes)


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
    how: str = SHAPED,
) -> Plan:
    return replace(
        plan,
        message=f"{BECOMES}, {how}",
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
        members=(*members, *kept, said if said == b"input" else b"input: " + said),
        dropped=known.said.dropped,
        live=b"answered",
        polled=b"/responses",
        identity=b"answered.id",
        unread=gone_id(known.said.workflow_id),
    )
    return form, decided(site, model, instructions)
