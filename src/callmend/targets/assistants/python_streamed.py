"""The assistants target for Python calls whose answer is a stream, or is to be one."""

from __future__ import annotations

from callmend.languages.python.find import Request
from callmend.languages.python.line_loops import LineLoop
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.python import TARGET, AssistantsCall
from callmend.targets.plans import Plan
from callmend.targets.python_lines import LinesCall
from callmend.targets.python_reading import Names
from callmend.targets.python_stream import StreamedCall


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call whose answer is read as a stream.

    Raises:
        RefusedError: the call is left, and why.
    """
    return _Streamed(program, request, settings, names).streamed()


def plan_lines(
    program: Program, request: Request, settings: Settings, names: Names, loop: LineLoop
) -> Plan:
    """The rewrite of one call the lines of whose stream are read in a loop.

    Raises:
        RefusedError: the call is left, and why.
    """
    return _Lines(program, request, settings, names, loop).planned()


class _Streamed(StreamedCall, AssistantsCall):
    """The target's request with `stream`, its events read to their end."""

    target = TARGET
    becomes = "becomes POST /v1/threads/runs"


class _Lines(LinesCall, AssistantsCall):
    """The target's request with `stream`, its events in the form that the file reads."""

    target = TARGET
    becomes = "becomes POST /v1/threads/runs"
