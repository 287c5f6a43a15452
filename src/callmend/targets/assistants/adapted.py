"""The assistants target where a call is not read in place: its answer in the shape that is read."""

from __future__ import annotations

from dataclasses import replace

from callmend.calls import RefusedError
from callmend.languages.ecmascript.template import Capture, capture
from callmend.languages.ecmascript.tree import text
from callmend.reasons import Reason
from callmend.targets.assistants.plan import TARGET, kept_of
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form, adapted_plan, read_for_adapting
from callmend.targets.workflow.pathid import path_identity
from callmend.targets.workflow.polls import JOINED, patient
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.said_code import input_code, kept_code, messages_code
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told

BETA = b"assistants=v2"
ADAPTED = "becomes POST /v1/threads/runs and polling, its answer in the shape that is read here"
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


def by_client(site: Site) -> Plan:
    """The plan of a call that a package's client sends."""
    from callmend.targets.workflow.client_reading import read_of_client  # noqa: PLC0415
    from callmend.targets.workflow.clients import client_plan  # noqa: PLC0415

    site = patient(site)
    known = read_of_client(site)
    return _adapting(site, client_plan(known, form_of(known)))


def adapted(site: Site, why: RefusedError) -> Plan:
    """The plan that leaves the reading as it is."""
    site = patient(site)
    try:
        known = read_for_adapting(site, why)
    except RefusedError as also:
        if also.reason is not Reason.STREAMING:
            raise
        # half a dozen modules, for files that read streams only
        from callmend.targets.workflow.streamed import Own, streamed_plan  # noqa: PLC0415

        own = Own("Assistants API", _PIECE, _END, "`thread.message.delta`, `thread.run.completed`")
        return _adapting(site, streamed_plan(site, form_of, own), _STREAM)
    done = adapted_plan(known, form_of(known), why)
    if known.also:
        from callmend.targets.workflow.given_bodies import with_further  # noqa: PLC0415  # few are

        done = with_further(done, known, form_of)
    return _adapting(site, done)


def _adapting(site: Site, done: Plan, message: str = ADAPTED) -> Plan:
    notes = (*site.base_notes(), *done.notes)
    return replace(done, message=message, notes=notes, kept=kept_of(site))


def form_of(known: Told) -> Form:
    """What is written for an answer that is adapted."""
    site = known.site
    if known.said.name is not None and known.said.id_path:
        identity = Capture(text(known.said.name) + known.said.id_path)
    elif known.said.workflow_id is not None:
        identity = capture(site.program.source, known.said.workflow_id)
    elif (of_path := path_identity(site, known.said.name or known.said.body)) is not None:
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
        arguments=lambda headers, kept: repeatable_headers(site, headers, BETA, kept),
        polled=b"/threads",
        # A run is asked for by its thread's id too.
        identity=b"`${run.thread_id}" + JOINED + b"${run.id}`",
        joint=JOINED,
    )
