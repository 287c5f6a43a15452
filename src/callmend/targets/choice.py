"""Which target plans a call: the one that the settings name."""

from __future__ import annotations

from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.program import Program
from callmend.settings import Settings
from callmend.targets.plans import Plan


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan | None:
    """The rewrite of one call; None when it is migrated already.

    Raises:
        RefusedError: the call is left, and why.
    """
    # A target is imported when it is written to: each of them is a dozen modules.
    if settings.target == "assistants":
        if request.transport in (Transport.SDK, Transport.SDK_POST):
            from callmend.targets.assistants.invented import plan as made_up  # noqa: PLC0415

            return made_up(program, request, settings, names)
        if request.transport is Transport.HELPER:
            from callmend.targets.assistants.helped import plan as by_helper  # noqa: PLC0415

            return by_helper(program, request, settings, names)
        if request.transport is Transport.OFETCH:
            from callmend.targets.assistants.helped import by_ofetch  # noqa: PLC0415

            return by_ofetch(program, request, settings, names)
        from callmend.targets.assistants.plan import plan as assistants  # noqa: PLC0415

        return assistants(program, request, settings, names)
    if request.endpoint.id == "threads-runs":
        return None
    if request.transport in (Transport.SDK, Transport.SDK_POST):
        from callmend.targets.responses.invented import plan as invented  # noqa: PLC0415

        return invented(program, request, settings, names)
    if request.transport is Transport.HELPER:
        from callmend.targets.responses.helped import plan as helped  # noqa: PLC0415

        return helped(program, request, settings, names)
    if request.transport is Transport.OFETCH:
        from callmend.targets.responses.helped import by_ofetch as fetched  # noqa: PLC0415

        return fetched(program, request, settings, names)
    from callmend.targets.responses.workflow import plan as responses  # noqa: PLC0415

    return responses(program, request, settings, names)
