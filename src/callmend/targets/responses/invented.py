"""A method that OpenAI's SDK never had becomes `responses.create`, read as the file reads it."""

from __future__ import annotations

from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.adapted import form_of
from callmend.targets.workflow.invented import Method, invented_plan
from callmend.targets.workflow.site import Site

_METHOD = Method(
    name=b"responses.create",
    template="adapter-sdk.ts",
    becomes="becomes `responses.create`, its answer in the shape that the file reads",
    # The package has `resources/responses` from this version on: 4.86.2 has none, 4.87.0 has.
    needs="`responses.create` needs the package `openai` from version 4.87 on",
    again=lambda _site, call: [call.named(b"responses.retrieve"), *call.asked()],
    # Behind what may be asked for with it.
    again_options=b", {}, ",
)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a method that never was.

    Raises:
        RefusedError: the call is left, and why.
    """
    site = Site.of(program, request, settings, names)
    if request.transport is Transport.SDK_POST:
        # a module, for files that give the client a path of their own
        from callmend.targets.workflow.sdk_posted import posted_plan  # noqa: PLC0415

        return posted_plan(site, _METHOD, form_of)
    return invented_plan(site, _METHOD, form_of)
