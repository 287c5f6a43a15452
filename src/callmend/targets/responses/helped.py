"""A call of the file's own post helper becomes one for `POST /v1/responses` by the same helper."""

from __future__ import annotations

from dataclasses import replace

from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.adapted import SHAPED, form_of
from callmend.targets.responses.workflow import BECOMES
from callmend.targets.workflow.half import refuse_polling
from callmend.targets.workflow.helped import (
    helped_plan,
    helper_of,
    read_of_helper,
)
from callmend.targets.workflow.helped_functions import gives_the_json
from callmend.targets.workflow.site import Site

_BECOMES = "becomes POST /v1/responses by the same function, its answer in the shape that is read"


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    site = Site.of(program, request, settings, names)
    helper = helper_of(site)
    if not gives_the_json(program, helper):
        refuse_polling(site)
        # one module, and the reading of objects, for files that have such a helper only
        from callmend.targets.workflow.enveloped import (  # noqa: PLC0415
            enveloped_plan,
            read_of_envelope,
        )

        within = read_of_envelope(site, helper)
        form, decided = form_of(within)
        done = enveloped_plan(within, form)
        return replace(done, message=_BECOMES, notes=(*decided, *done.notes))
    known = read_of_helper(site, helper)
    form, decided = form_of(known)
    done = helped_plan(known, form, "adapter-sdk.ts")
    return replace(done, message=_BECOMES, notes=(*decided, *done.notes))


def by_ofetch(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call by ofetch.

    Raises:
        RefusedError: the call is left, and why.
    """
    # a module, for files of Nuxt only
    from callmend.targets.workflow.ofetched import ofetch_plan  # noqa: PLC0415

    site = Site.of(program, request, settings, names)
    return replace(ofetch_plan(site, "adapter-sdk.ts", form_of), message=f"{BECOMES}, {SHAPED}")
