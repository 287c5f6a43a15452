"""The headers of a request: the beta header that the new endpoint wants, or does not know."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.objects import uses_of_literal
from callmend.languages.ecmascript.request import Headers
from callmend.languages.ecmascript.statements import appended_member, member_removal
from callmend.languages.ecmascript.tree import (
    is_inside,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

_NAME = b"OpenAI-Beta"


class HeaderEdits:
    """Plans the edits of one request's headers."""

    def __init__(self, site: Site, headers: Headers) -> None:
        self._site = site
        self._source = site.program.source
        self._headers = headers
        self.notes: list[Note] = []

    @property
    def _is_shared(self) -> bool:
        """Whether something else than dead calls has these headers too."""
        headers = self._headers
        return headers.shared and self._is_used_elsewhere(member_value(headers.holder))

    def _is_used_elsewhere(self, value: Node) -> bool:
        program = self._site.program
        uses = uses_of_literal(program.scopes, value)
        dead = [r.call for r in program.requests if r.endpoint.id != "threads-runs"]
        return uses is None or not all(any(is_inside(use, call) for call in dead) for use in uses)

    def edits(self, beta: bytes | None) -> Iterator[Edit]:
        """The edits after which the beta header has this value, or is not there (None).

        Raises:
            RefusedError: another request has the same headers, and would be changed too.
        """
        if beta is None:
            yield from self._without()
            return
        headers = self._headers
        quote = self._site.style.quote
        value = quote + beta + quote
        member = quote + _NAME + quote + b": " + value
        given = headers.value(b"openai-beta")
        if given is not None and text(given)[1:-1] == beta:
            return
        if self._is_shared or b"openai-beta" in headers.spread:
            spelt = headers.by_name.get(b"openai-beta")
            if spelt is not None and key_name(spelt) != _NAME:
                # Two spellings of one header are sent as one with both values.
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(spelt)}`")
            if not self._is_shared:
                yield from appended_member(self._source, headers.obj, member)
                return
            name = text(unwrapped(member_value(headers.holder)))
            spread = b"{ ..." + name + b", " + member + b" }"
            key = b"" if headers.holder.type == "pair" else b"headers: "
            holder = headers.holder
            target = member_value(holder) if holder.type == "pair" else holder
            yield Edit(target.start_byte, target.end_byte, key + spread)
        elif given is not None:
            self.notes.append(Note(span(given), f"the header OpenAI-Beta was {show(given)}"))
            own = text(given)[:1] if given.type == "string" else quote
            yield Edit(given.start_byte, given.end_byte, own + beta + own)
        else:
            yield from appended_member(self._source, headers.obj, member)

    def _without(self) -> Iterator[Edit]:
        headers = self._headers
        member = headers.by_name.get(b"openai-beta")
        if member is None:
            return
        spread = headers.spread.get(b"openai-beta")
        shared = self._is_shared or (
            spread is not None and self._is_used_elsewhere(items(spread)[0])
        )
        literal = headers.obj if spread is None else member.parent
        if shared or literal is None:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(member)}` is shared")
        self.notes.append(Note(span(member), f"the header {show(member)} went"))
        yield member_removal(self._source, literal, member)
