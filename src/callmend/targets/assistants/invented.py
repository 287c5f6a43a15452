"""A method that OpenAI's SDK never had becomes `beta.threads.createAndRunPoll`, read as before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.client_uses import may_be_asked_again
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.identity import environment_name
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.tree import called, show, text, unwrapped
from callmend.reasons import Reason
from callmend.settings import Settings
from callmend.targets.assistants.adapted import BETA, form_of
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.invented import Made, Method, invented_plan
from callmend.targets.workflow.pathid import read_of_path
from callmend.targets.workflow.polls import patient
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told

#: As often as the specification's own polling asks; the package waits five seconds.
_INTERVAL = b"pollIntervalMs: 1000"
_CAST = b" as any)"


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a method that never was.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = patient(Site.of(program, request, settings, names))
    if request.transport is Transport.SDK_POST:
        # a module, for files that give the client a path of their own
        from callmend.targets.workflow.sdk_posted import posted_plan  # noqa: PLC0415

        return replace(posted_plan(site, _METHOD, _form), kept=read_of_path(site))
    return replace(invented_plan(site, _METHOD, _form), kept=read_of_path(site))


def _form(known: Told) -> tuple[Form, Sequence[Note]]:
    """What is written, with an id that the SDK's types take."""
    site = known.site
    form = form_of(known)
    given = known.said.workflow_id or site.request.path_id
    # A cast around the options of `client.post` goes with them.
    posted = site.request.transport is Transport.SDK_POST
    cast = called(site.request.call) if posted else site.request.call
    typed = site.style.types and _CAST not in text(cast)
    # An id in a cast or with a `!` has its type; `x as string!` would not even parse.
    bare = given is not None and unwrapped(given) == given and given.type != "call_expression"
    if typed and bare and given is not None and environment_name(given):
        form = replace(form, members=(form.members[0] + b"!", *form.members[1:]))
    return form, ()


def _given(site: Site, call: Made) -> tuple[bytes, bytes]:
    """The client, which the messages are asked of, and how the run is polled.

    Raises:
        RefusedError: the client may be another one the second time.
    """
    client = unwrapped(call.client)
    if has_effects(client) and not may_be_asked_again(site.program, client):
        raise RefusedError(Reason.SDK_INVENTED, f"`{show(client)}` would be asked for twice")
    options = _INTERVAL
    if site.program.scopes.scope_at(call.node).lookup(b"AbortSignal") is None:
        limit = str(site.settings.poll_timeout * 1000).encode()
        options += b", signal: AbortSignal.timeout(" + limit + b")"
    return b", " + call.owner, b"{ " + options + b" }"


def _again(site: Site, call: Made) -> list[Edit]:
    """The run by its path: the method for it takes other arguments from version 5 on."""
    where = call.asked_by
    quote = site.style.quote
    beta = quote + b"OpenAI-Beta" + quote + b": " + quote + BETA + quote
    path = b"`/threads/${" + text(call.run_id or call.arguments[0]) + b"}`"
    given = path + b", { headers: { " + beta + b" } }"
    return [call.named(b"get"), Edit(where.start, where.end, given)]


_METHOD = Method(
    name=b"beta.threads.createAndRunPoll",
    template="adapter-sdk.ts",
    becomes="becomes `beta.threads.createAndRunPoll`, its answer in the shape that the file reads",
    # 4.36.0 sends `OpenAI-Beta: assistants=v1` with it, 4.37.0 `assistants=v2`.
    needs="`beta.threads.createAndRunPoll` needs the package `openai` from version 4.37 on",
    again=_again,
    given=_given,
    own_beta=True,
)
