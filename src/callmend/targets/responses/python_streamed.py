"""The responses target for Python calls whose answer is read as a stream."""

from __future__ import annotations

from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_reading import Names
from callmend.targets.python_stream import StreamedCall
from callmend.targets.responses.python import TARGET, ResponsesCall


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call whose answer is read as a stream.

    Raises:
        RefusedError: the call is left, and why.
    """
    return _Streamed(program, request, settings, names).streamed()


class _Streamed(StreamedCall, ResponsesCall):
    """The target's request with `stream`, its events read to their end."""

    target = TARGET
