"""The assistants target for Python calls whose reading stays as it is."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.python import TARGET, AssistantsCall
from callmend.targets.plans import Plan
from callmend.targets.python_adapt import AdaptedCall, planned
from callmend.targets.python_reading import Names


def plan(
    program: Program, request: Request, settings: Settings, names: Names, why: RefusedError
) -> Plan:
    """The rewrite of one call that cannot be read in place.

    Raises:
        RefusedError: the call is left, and why.
    """
    return planned(Adapted, program, request, settings, names, why)


class Adapted(AdaptedCall, AssistantsCall):
    """`POST /v1/threads/runs`, polled in the function."""

    target = TARGET
    live = "run"
    polled = "/threads"
    # A run is asked for by its thread's id too.
    identity = 'f"{thread_id}/runs/{run_id}"'

    def _asked(self, key: str) -> tuple[str, str]:
        messages = f"{{{self._quoted('messages', key)}: {self._message_list(key)}}}"
        return self._quoted("thread", key) + ": ", messages
