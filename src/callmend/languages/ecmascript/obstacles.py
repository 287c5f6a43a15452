"""Why a dead call that was found is left, as far as its URL and what sends it decide that."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.find import Certainty, Request, Transport, show_callee
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sources import default_of
from callmend.languages.ecmascript.tree import show, text
from callmend.reasons import Reason

_SESSIONS = ("workflows-sessions", "workflows-id-sessions")
_TRANSPORTS = {
    Transport.SHADOWED_FETCH: Reason.FETCH_SHADOWED,
    Transport.WEBSOCKET: Reason.WEBSOCKET,
    Transport.WRAPPER: Reason.WRAPPER_ELSEWHERE,
    Transport.SDK: Reason.SDK_INVENTED,
}


def refuse_host(request: Request) -> None:
    """Refuse a request whose host is not certain.

    A base that is a setting with OpenAI's host as the file's own default goes on deciding, as what
    is written keeps it; where that is not certain it is refused too.

    Raises:
        RefusedError: the host is not known.
    """
    if request.transport is Transport.WRAPPER and request.certainty is Certainty.HOST_UNKNOWN:
        raise RefusedError(Reason.WRAPPER_ELSEWHERE, f"`{show_callee(request)}`")
    if request.client and request.certainty is Certainty.HOST_UNKNOWN:
        raise RefusedError(Reason.CLIENT_UNKNOWN, request.client)
    others = (Transport.AXIOS, Transport.HELPER, Transport.KY, Transport.GOT)
    by_us = request.transport.is_fetch or request.transport in others
    kept = request.base is not None and by_us
    if request.certainty is Certainty.HOST_UNKNOWN or (
        request.certainty is Certainty.DEFAULT_HOST and not kept
    ):
        shown = text(request.url).decode("utf-8", "replace")
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{shown}`")


def refuse_url(program: Program, request: Request) -> None:
    """Refuse a request whose URL is not certain, or for which there is nothing to write at all.

    Raises:
        RefusedError: the URL is only sometimes the endpoint's, or the endpoint has no counterpart.
    """
    if request.certainty is Certainty.SOMETIMES:
        raise RefusedError(Reason.URL_NOT_CERTAIN, _what_decides(program, request.url))
    if request.endpoint.id in _SESSIONS:
        raise RefusedError(Reason.NO_SESSIONS, f"`{show(request.url)}`")
    if request.endpoint.part and request.endpoint.method == "GET":
        raise RefusedError(Reason.PART_OF_A_FLOW, f"`{show(request.url)}`")
    if request.endpoint.method == "GET":
        raise RefusedError(Reason.DEFINITION_READ, f"`{show(request.url)}`")


def _what_decides(program: Program, url: Node) -> str:
    """The URL that may be another one, and that a caller may give it where one may."""
    shown = f"`{show(url)}`"
    binding = program.scopes.binding(url) if url.type == "identifier" else None
    if binding is None or default_of(program.scopes, binding) is None:
        return shown
    return f"{shown} is a parameter's default, and a caller may give another one"


def refuse_transport(program: Program, request: Request) -> None:
    """Refuse a request that is not sent by the platform's fetch, or a package's client.

    Raises:
        RefusedError: something else sends it.
    """
    if request.transport is Transport.REQUEST_OBJECT:
        detail = "`Request` apart from its `fetch`: give `fetch` the URL and the options"
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, detail)
    by_undici = request.transport is Transport.UNDICI_REQUEST
    if not request.transport.is_fetch and not request.transport.is_client and not by_undici:
        reason = _TRANSPORTS.get(request.transport, Reason.UNKNOWN_TRANSPORT)
        detail = f"`{show_callee(request)}`"
        if reason is Reason.UNKNOWN_TRANSPORT:
            # a module, for calls by a sender that few files have
            from callmend.languages.ecmascript.senders import sender_of  # noqa: PLC0415

            sender = sender_of(program, request.call)
            detail += f": {sender}" if sender else ""
        raise RefusedError(reason, detail)
