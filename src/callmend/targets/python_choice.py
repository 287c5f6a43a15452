"""Which target plans a Python call: the one that the settings name."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.python.find import Request
from callmend.languages.python.line_loops import LineLoop
from callmend.languages.python.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_comments import check_comments
from callmend.targets.python_lines import line_loop
from callmend.targets.python_polls import refuse_polling
from callmend.targets.python_reading import Names


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    if request.client is None and settings.target == "responses":
        from callmend.targets.responses.python_posted import plan as posted  # noqa: PLC0415

        return posted(program, request, settings, names)
    if request.client is None:
        from callmend.targets.assistants.python_posted import plan as by_runs  # noqa: PLC0415

        return by_runs(program, request, settings, names)
    if request.endpoint.id == "threads-runs":
        return _once(program, request, settings, names)
    loop = line_loop(program, request)
    if loop is not None or settings.stream:
        refuse_polling(program)
        return _streamed(program, request, settings, names, loop)
    return _once(program, request, settings, names)


def _once(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of a call whose answer comes in one piece, in place or adapted."""
    # A target is imported when it is written to.
    if settings.target == "assistants":
        from callmend.targets.assistants.python import plan as in_place  # noqa: PLC0415
        from callmend.targets.assistants.python_adapted import plan as adapted  # noqa: PLC0415
    else:
        from callmend.targets.responses.python import plan as in_place  # noqa: PLC0415
        from callmend.targets.responses.python_adapted import plan as adapted  # noqa: PLC0415
    before = list(names.modules)
    try:
        if request.endpoint.id != "threads-runs":
            refuse_polling(program)
        done = in_place(program, request, settings, names)
        check_comments(program, () if done is None else done.edits)
    except RefusedError as refused:
        names.modules[:] = before
        return adapted(program, request, settings, names, refused)
    return done


def _streamed(
    program: Program, request: Request, settings: Settings, names: Names, loop: LineLoop | None
) -> Plan:
    """The rewrite of a call whose answer is a stream, read by a loop over its lines or whole."""
    if settings.target == "assistants":
        from callmend.targets.assistants.python_streamed import plan as whole  # noqa: PLC0415
        from callmend.targets.assistants.python_streamed import plan_lines  # noqa: PLC0415
    else:
        from callmend.targets.responses.python_streamed import plan as whole  # noqa: PLC0415
        from callmend.targets.responses.python_streamed import plan_lines  # noqa: PLC0415
    if loop is not None:
        return plan_lines(program, request, settings, names, loop)
    return whole(program, request, settings, names)
