"""What a body gets later, behind its literal, and whether that may go."""

from __future__ import annotations

from collections.abc import Sequence

from callmend.calls import RefusedError
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.growing import Growth
from callmend.languages.ecmascript.inputs import is_without_counterpart
from callmend.languages.ecmascript.statements import joins_its_neighbours
from callmend.languages.ecmascript.tree import descendants, field, show
from callmend.reasons import Reason


def check_growths(growths: Sequence[Growth]) -> None:
    """Refuse what the body gets later and is more than a member without a counterpart.

    Raises:
        RefusedError: naming it.
    """
    for growth in growths:
        named = is_without_counterpart(growth.name)
        alone = not joins_its_neighbours(growth.statement)
        simple = not any(n.type == "comment" for n in descendants(growth.statement))
        condition = field(growth.statement, "condition")
        parts = [growth.value] if condition is None else [growth.value, condition]
        if not named or not alone or not simple or any(map(has_effects, parts)):
            raise RefusedError(Reason.BODY_FIELD, f"`{show(growth.statement)}`")
