"""A `new Request(...)` that stands in front of the `fetch` which sends it."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.languages.ecmascript.changes import what_changes
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.tree import is_inside, show
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site


def is_apart(site: Site) -> bool:
    """Whether URL and options of a call stand in another statement than the call."""
    request = site.request
    return request.transport.is_fetch and not is_inside(request.url, request.call)


def refuse_apart(site: Site) -> None:
    """Refuse to put statements between a request and what sends it.

    Raises:
        RefusedError: the request is made in front of the call.
    """
    if is_apart(site):
        raise RefusedError(Reason.BODY_APART, "`new Request(...)` stands before the call")


def check_headers(site: Site, headers: Headers) -> None:
    """Refuse headers of a request that are something else where it is sent.

    Raises:
        RefusedError: naming what is.
    """
    if not is_apart(site):
        return
    program, call = site.program, site.request.call
    for name in program.scopes.names_in(headers.holder):
        if not site.names.visible(name, call):
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(name)}` is not visible here")
    changed = what_changes(program.tree, program.scopes, headers.holder, headers.holder, call)
    if changed is not None:
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, changed)
