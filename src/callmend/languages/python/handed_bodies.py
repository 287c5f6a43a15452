"""A request's body that a Python function is handed by the one call of it in its file."""

from __future__ import annotations

import libcst as cst

from callmend.languages.python.literals import is_logged_whole
from callmend.languages.python.program import Program


def handed_in(program: Program, given: cst.BaseExpression) -> cst.BaseExpression | None:
    """What the only call of a function gives a parameter that is sent as it is, or None.

    A call in another file sends a body of the dead endpoint: it got no answer before either.
    """
    definitions = program.resolver.definitions(given) if isinstance(given, cst.Name) else []
    function = program.tree.around(given, cst.FunctionDef)
    if len(definitions) != 1 or function is None:
        return None
    param = definitions[0].node
    mine, maybe = program.flow.uses(definitions[0])
    uses = [use for use in (*mine, *maybe) if not is_logged_whole(program, use)]
    callers = program.sites.of(function)
    if not isinstance(param, cst.Param) or uses != [given]:
        return None
    if not callers.closed or len(callers.calls) != 1:
        return None
    return program.sites.argument(callers.calls[0], function, param)
