"""Which target plans a call: the one that the settings name."""

from __future__ import annotations

from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.plan import plan as assistants
from callmend.targets.plans import Plan
from callmend.targets.responses.workflow import plan as responses


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    if settings.target == "assistants":
        return assistants(program, request, settings, names)
    if request.endpoint.id == "threads-runs":
        return None
    return responses(program, request, settings, names)
