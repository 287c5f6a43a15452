"""`CallSite`: the language-neutral facts of one dead call, each with its span, or absent."""

from __future__ import annotations

from dataclasses import fields

from callmend.edits import Span
from callmend.reasons import Reason
from callmend.records import record


class RefusedError(Exception):
    """A call that is left: why, and what exactly was met. Never leaves the engine."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.code}: {detail}" if detail else reason.code)
        self.reason = reason
        self.detail = detail


@record(frozen=True, slots=True)
class CallSite:
    """What is known of one dead call; every span is in bytes of the source.

    ``request`` is the call expression, ``guard`` the condition around it, ``response`` the variable
    it is awaited into, ``body`` the variable of the parsed JSON, ``reads`` the expression that
    reads the dead answer, ``result`` what it is assigned to, ``on_missing`` the check behind it.
    """

    endpoint: str
    transport: str
    request: Span
    guard: Span | None = None
    response: Span | None = None
    body: Span | None = None
    reads: Span | None = None
    result: Span | None = None
    on_missing: Span | None = None
    api_key: Span | None = None
    workflow_id: Span | None = None
    message: Span | None = None
    history: Span | None = None
    extra_headers: tuple[Span, ...] = ()

    def facts(self) -> dict[str, Span]:
        """The facts that are present and are one span, by name."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, Span)}
