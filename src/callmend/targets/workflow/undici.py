"""Calls that undici's `request` sends: which they are, and what of them is not followed."""

from __future__ import annotations

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.find import Transport
from callmend.languages.ecmascript.readings import Readings
from callmend.languages.ecmascript.tree import items, key_name, show, show_line
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

#: Why such an answer is not read in place.
BY_UNDICI = "undici's `request` gives its answer in parts"
#: Options beside which the request is sent, and its answer given, as it is read here.
_OPTIONS = frozenset(
    {
        b"blocking", b"body", b"bodyTimeout", b"dispatcher", b"headers", b"headersTimeout",
        b"idempotent", b"method", b"reset", b"signal",
    }
)  # fmt: skip


def is_by_undici(site: Site) -> bool:
    """Whether undici's `request` sends a call."""
    return site.request.transport is Transport.UNDICI_REQUEST


def refuse_in_place(site: Site) -> None:
    """Refuse to read an answer in place that comes in parts.

    Raises:
        RefusedError: undici's `request` gives it.
    """
    if is_by_undici(site):
        if site.settings.stream:
            raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, BY_UNDICI)


def check_undici(options: Node, readings: Readings) -> None:
    """Refuse options that change what is sent or given back, and parts that are not followed.

    Raises:
        RefusedError: naming one.
    """
    for member in items(options):
        if key_name(member) not in _OPTIONS:
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(member)}`")
    if readings.lost:
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(readings.lost[0]))
