"""The responses target for made-up methods of OpenAI's Python library."""

from __future__ import annotations

from collections.abc import Sequence

from callmend.languages.python.program import Program
from callmend.languages.python.sdk import SdkCall
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.python_invented import InventedCall
from callmend.targets.python_reading import Names
from callmend.targets.responses.python_adapted import Adapted


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
    """`responses.create`, its answer in the shape that the file reads."""

    method = "responses.create"
    again = "responses.retrieve"
    # `openai/resources/responses` is in the package from this version on: 1.65.5 has none.
    needs = "`responses.create` needs the package `openai` from version 1.66 on"
    whole = "answered"
