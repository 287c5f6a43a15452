"""The responses target for Python calls whose reading stays as it is."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.find import Request
from callmend.languages.python.inputs import Kind
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_adapt import AdaptedCall, planned
from callmend.targets.python_reading import Names
from callmend.targets.responses.python import TARGET, ResponsesCall


def plan(
    program: Program, request: Request, settings: Settings, names: Names, why: RefusedError
) -> Plan:
    """The rewrite of one call that cannot be read in place.

    Raises:
        RefusedError: the call is left, and why.
    """
    return planned(Adapted, program, request, settings, names, why)


class Adapted(AdaptedCall, ResponsesCall):
    """`POST /v1/responses`."""

    target = TARGET
    live = "answered"
    polled = "/responses"

    def _asked(self, key: str) -> tuple[str, str]:
        name = self._quoted("input", key) + ": "
        if self._said.kind is Kind.MESSAGES or self._said.history is not None:
            return name, self._message_list(key)
        return name, self._said_source()
