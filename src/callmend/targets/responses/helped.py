"""A call of the file's own post helper becomes one for `POST /v1/responses` by the same helper."""

from __future__ import annotations

from dataclasses import replace

from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.workflow import form_of
from callmend.targets.workflow.helped import helped_plan, read_of_helper
from callmend.targets.workflow.site import Site

_BECOMES = "becomes POST /v1/responses by the same function, its answer in the shape that is read"


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    known = read_of_helper(Site.of(program, request, settings, names))
    form, decided = form_of(known)
    done = helped_plan(known, form, "adapter-sdk.ts")
    return replace(done, message=_BECOMES, notes=(*decided, *done.notes))
