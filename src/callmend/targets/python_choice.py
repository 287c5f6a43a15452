"""Which target plans a Python call: the one that the settings name."""

from __future__ import annotations

from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.python import plan as assistants
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names
from callmend.targets.responses.python import plan as responses


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    of_target = assistants if settings.target == "assistants" else responses
    return of_target(program, request, settings, names)
