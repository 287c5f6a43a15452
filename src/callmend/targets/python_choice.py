"""Which target plans a Python call: the one that the settings name."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.find import Request
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.assistants.python import plan as assistants
from callmend.targets.assistants.python_adapted import plan as assistants_adapted
from callmend.targets.assistants.python_streamed import plan as assistants_streamed
from callmend.targets.assistants.python_streamed import plan_lines as assistants_lines
from callmend.targets.plans import Plan
from callmend.targets.python_lines import line_loop
from callmend.targets.python_polls import refuse_polling
from callmend.targets.python_reading import Names
from callmend.targets.responses.python import plan as responses
from callmend.targets.responses.python_adapted import plan as responses_adapted
from callmend.targets.responses.python_streamed import plan as responses_streamed
from callmend.targets.responses.python_streamed import plan_lines as responses_lines


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    to_assistants = settings.target == "assistants"
    in_place = assistants if to_assistants else responses
    adapted = assistants_adapted if to_assistants else responses_adapted
    is_dead = request.endpoint.id != "threads-runs"
    loop = line_loop(program, request) if is_dead else None
    if loop is not None:
        refuse_polling(program)
        lines = assistants_lines if to_assistants else responses_lines
        return lines(program, request, settings, names, loop)
    if settings.stream and is_dead:
        refuse_polling(program)
        streamed = assistants_streamed if to_assistants else responses_streamed
        return streamed(program, request, settings, names)
    before = list(names.modules)
    try:
        if is_dead:
            refuse_polling(program)
        return in_place(program, request, settings, names)
    except RefusedError as refused:
        names.modules[:] = before
        return adapted(program, request, settings, names, refused)
