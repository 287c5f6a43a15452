"""The assistants target for made-up methods of OpenAI's Python library."""

from __future__ import annotations

from collections.abc import Sequence

from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.settings import Settings
from callmend.targets.assistants.python_adapted import Adapted
from callmend.targets.plans import Plan
from callmend.targets.python_invented import InventedCall
from callmend.targets.python_reading import Names


def plan(
    program: Program,
    call: SdkCall,
    every: Sequence[SdkCall],
    settings: Settings,
    names: Names,
) -> tuple[Plan, list[SdkCall]]:
    """The rewrite of one call, and the calls that ask for its answer again.

    Raises:
        RefusedError: the call is left, and why.
    """
    invented = _Invented(program, call, every, settings, names)
    return invented.invented(), invented.polls


class _Invented(InventedCall, Adapted):
    """`beta.threads.create_and_run`, its answer in the shape that the file reads."""

    method = "beta.threads.create_and_run"
    # 1.20.0 sends `OpenAI-Beta: assistants=v1` with it, 1.21.0 `assistants=v2`.
    needs = "`beta.threads.create_and_run` needs the package `openai` from version 1.21 on"
    waits_by_client = True
