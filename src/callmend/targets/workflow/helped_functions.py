"""The function of the file that a call is given to, and whether it gives the answer's JSON."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sources import returned
from callmend.languages.ecmascript.tree import called, field, items, unwrapped
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.workflow.posted import Sent


def called_helper(program: Program, request: Request) -> Sent | None:
    """The function that a call calls, with the request in it, if it is what holds that itself."""
    own = program.resolver.function_behind(called(request.call))
    if own is None or request.helper is None:
        return None
    return Sent(own, request.helper) if program.tree.function_of(request.helper) == own else None


def gives_the_json(program: Program, helper: Sent) -> bool:
    """Whether a function gives the JSON of the answer; else it gives a thing of its own.

    Raises:
        RefusedError: it returns nothing.
    """
    results = returned(helper.function)
    if results is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, "the function returns nothing")
    for result in results:
        call = unwrapped(result)
        if call.type == "await_expression":
            call = unwrapped(items(call)[0])
        callee = field(call, "function")
        owner = None if callee is None else field(callee, "object")
        if callee is None or owner is None or text_of(callee, "property") != b"json":
            return False
        response = unwrapped(owner)
        if response.type == "identifier":
            response = program.resolver.constant(response) or response
        response = unwrapped(response)
        if response.type == "await_expression":
            response = unwrapped(items(response)[0])
        if response != helper.sent:
            return False
    return True
