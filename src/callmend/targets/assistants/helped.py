"""A call of the file's own post helper becomes one for `POST /v1/threads/runs`, then polling."""

from __future__ import annotations

from dataclasses import replace

from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.adapted import ADAPTED, BETA, form_of
from callmend.targets.plans import Plan
from callmend.targets.workflow.half import refuse_polling
from callmend.targets.workflow.helped import (
    helped_plan,
    helper_of,
    read_of_helper,
)
from callmend.targets.workflow.helped_clients import ClientCall, repeated_by_client
from callmend.targets.workflow.helped_functions import gives_the_json
from callmend.targets.workflow.helped_headers import HelperCall, check_repeatable
from callmend.targets.workflow.pathid import read_of_path
from callmend.targets.workflow.polls import patient
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.site import Site

#: The functions for what is promised, which ask for the run by what the helper asks by.
_TEMPLATES = {
    Transport.FETCH: "adapter-value.ts",
    Transport.AXIOS: "adapter-axios-value.ts",
    Transport.KY: "adapter-json.ts",
    Transport.GOT: "adapter-json.ts",
}
_BECOMES = (
    "becomes POST /v1/threads/runs by the same function and polling, its answer in the shape that "
    "is read"
)


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    site = patient(Site.of(program, request, settings, names))
    helper = helper_of(site)
    if not gives_the_json(program, helper):
        refuse_polling(site)
        # one module, and the reading of objects, for files that have such a helper only
        from callmend.targets.workflow.enveloped import (  # noqa: PLC0415
            enveloped_plan,
            read_of_envelope,
        )

        within = read_of_envelope(site, helper)
        done = enveloped_plan(within, form_of(within))
        return _told(site, done)
    known = read_of_helper(site, helper)
    done = helped_plan(known, form_of(known), _TEMPLATES[known.kind], _again)
    return _told(site, done)


def _again(known: HelperCall | ClientCall) -> bytes:
    """What sends the requests that follow, where that is no `fetch`, and their headers."""
    if isinstance(known, ClientCall):
        return repeated_by_client(known, BETA)
    check_repeatable(known)
    return repeatable_headers(known.site, known.headers, BETA)


def _told(site: Site, done: Plan) -> Plan:
    notes = (*site.base_notes(), *done.notes)
    return replace(done, message=_BECOMES, notes=notes, kept=read_of_path(site))


def by_ofetch(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call by ofetch; what follows is asked by the platform's `fetch`.

    Raises:
        RefusedError: the call is left, and why.
    """
    # a module, for files of Nuxt only
    from callmend.targets.workflow.ofetched import ofetch_plan  # noqa: PLC0415

    site = Site.of(program, request, settings, names)
    done = ofetch_plan(site, _TEMPLATES[Transport.FETCH], lambda known: (form_of(known), ()))
    return replace(done, message=ADAPTED, kept=read_of_path(site))
