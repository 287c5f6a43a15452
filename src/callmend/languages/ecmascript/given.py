"""Whether a condition above makes certain that a value is there, whose type lets it be missing."""

from __future__ import annotations

import re

from tree_sitter import Node

from callmend.languages.ecmascript.changes import compact, what_changes
from callmend.languages.ecmascript.guards import guards_of
from callmend.languages.ecmascript.scopes import Scopes
from callmend.languages.ecmascript.tree import field, operands, text, unwrapped

_PLACES = frozenset({"identifier", "member_expression", "shorthand_property_identifier"})
#: What is true only of a value that is there, as the tokens around it (`@`).
_THERE = (
    rb"@(?: \??\. length(?: > 0| >= 1)?)?",
    rb"Array \. isArray \( @ \)",
    rb"@ !==? (?:null|undefined)",
)
#: What is true of every value that is not there.
_MISSING = (
    rb"! @(?: \?\. length| \. length)?",
    rb"! Array \. isArray \( @ \)",
    rb"@ ===? (?:null|undefined)",
)


def is_given(scopes: Scopes, node: Node) -> bool:
    """Whether code comes here only with a value: behind `if (!turns?.length) return ...`."""
    inner = unwrapped(node)
    if inner.type not in _PLACES:
        return False
    root = inner
    while root.type == "member_expression":
        root = unwrapped(field(root, "object") or root)
    for guard in guards_of(scopes.tree, scopes, inner):
        condition = guard.condition
        if text(root) not in compact(condition).split():
            continue
        others = (n for n in scopes.names_in(condition) if text(n) == text(root))
        if any(scopes.binding(name) != scopes.binding(root) for name in others):
            continue
        if what_changes(scopes.tree, scopes, inner, condition, inner) is not None:
            continue
        forms, operator = (_THERE, b"&&") if guard.holds else (_MISSING, b"||")
        place = re.escape(compact(inner))
        known = [re.compile(form.replace(b"@", place)) for form in forms]
        for part in operands(condition, operator):
            if any(form.fullmatch(compact(part)) for form in known):
                return True
    return False
