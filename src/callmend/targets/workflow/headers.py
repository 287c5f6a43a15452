"""The headers of a request: the beta header that the new endpoint wants, or does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.growing import growth_of
from callmend.languages.ecmascript.made_headers import MadeHeaders
from callmend.languages.ecmascript.providers import uses_of_headers
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.statements import (
    appended_member,
    member_removal,
    removals,
    starts_its_line,
)
from callmend.languages.ecmascript.tree import (
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

_NAME = b"OpenAI-Beta"
_JSON = (b"Content-Type", b"application/json")


class HeaderEdits:
    """Plans the edits of one request's headers.

    ``senders`` are requests of functions that send dead calls and nothing else.
    """

    def __init__(self, site: Site, headers: Headers, senders: Sequence[Node] = ()) -> None:
        self._site = site
        self._source = site.program.source
        self._headers = headers
        self._senders = senders
        self.notes: list[Note] = []
        #: The expressions that are not evaluated any more.
        self.gone: list[Node] = []

    @property
    def _is_shared(self) -> bool:
        """Whether something else than dead calls has these headers too."""
        headers = self._headers
        if not headers.shared:
            return False
        value = member_value(headers.holder)
        origins = [] if headers.options is None else [headers.options, *headers.through]
        if not origins or unwrapped(value).type != "object":
            origins.append(value)
        return any(map(self._is_used_elsewhere, origins))

    def _is_used_elsewhere(self, value: Node) -> bool:
        program = self._site.program
        uses = uses_of_headers(program.scopes, value)
        dead = [r.call for r in program.requests if r.endpoint.id != "threads-runs"]
        # What sends the dead calls of a helper is none of them itself.
        dead += [self._site.request.call, *self._senders]
        # `headers['OpenAI-Project'] = id;` adds to the headers and sends them nowhere.
        return uses is None or not all(
            growth_of(use) is not None or any(is_inside(use, call) for call in dead) for use in uses
        )

    def edits(self, beta: bytes | None, *, sends_json: bool = True) -> Iterator[Edit]:
        """The edits after which the beta header has this value, or is not there (None).

        Where JSON is sent and nothing says so, that is added: OpenAI refuses it otherwise.

        Raises:
            RefusedError: another request has the same headers, and would be changed too.
        """
        headers = self._headers
        quote = self._site.style.quote
        if headers.made is not None:
            yield from self._in_statements(headers.made, beta, sends_json=sends_json)
            return
        added = []
        if sends_json and not headers.hides and b"content-type" not in headers.by_name:
            added.append(self._member(*_JSON))
            self.notes.append(Note(span(headers.obj), "added: the header Content-Type"))
        if beta is None:
            yield from self._without(added)
            return
        member = self._member(_NAME, beta)
        given = headers.value(b"openai-beta")
        alone = self._lone_spread()
        # A request of the same headers may want the one edit and not the other.
        together, apart = ([], added) if headers.shared or headers.is_list else (added, [])
        if given is not None and text(given)[1:-1] == beta:
            yield from self._added(added)
        elif alone is not None:
            yield self._instead_of(alone, [member, *together])
            yield from self._added(apart)
        elif self._is_shared or b"openai-beta" in headers.spread:
            spelt = headers.by_name.get(b"openai-beta")
            if spelt is not None and key_name(spelt) != _NAME:
                # Two spellings of one header are sent as one with both values.
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(spelt)}`")
            yield from self._added([*added, member])
        elif given is not None:
            self.notes.append(Note(span(given), f"the header OpenAI-Beta was {show(given)}"))
            own = text(given)[:1] if given.type == "string" else quote
            value = self._joint.join([own + beta + own, *together])
            yield Edit(given.start_byte, given.end_byte, value)
            yield from self._added(apart)
        else:
            yield from self._added([*added, member])

    def _in_statements(
        self, made: MadeHeaders, beta: bytes | None, *, sends_json: bool
    ) -> Iterator[Edit]:
        """The edits of headers that statements put together."""
        headers, quote = self._headers, self._site.style.quote
        if headers.shared and self._is_used_elsewhere(made.asked):
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(made.asked)}` is shared")
        added = []
        if sends_json and b"content-type" not in headers.by_name:
            added.append(_JSON)
        given = headers.value(b"openai-beta")
        setting = next((s for s in made.settings if s.name == b"openai-beta"), None)
        if given is None and beta is not None:
            added.append((_NAME, beta))
        elif given is not None and beta is not None and text(given)[1:-1] != beta:
            self.notes.append(Note(span(given), f"the header OpenAI-Beta was {show(given)}"))
            yield Edit(given.start_byte, given.end_byte, quote + beta + quote)
        elif given is not None and beta is None:
            self.notes.append(Note(span(given), f"the header OpenAI-Beta: {show(given)} went"))
            member = headers.by_name[b"openai-beta"]
            if setting is not None:
                yield from removals(self._source, [setting.statement])
            elif made.literal is not None:
                yield member_removal(self._source, made.literal, member)
        if not added:
            return
        literal = made.literal
        if literal is not None and items(literal):
            members = [self._member(name, value) for name, value in added]
            yield from appended_member(self._source, literal, self._joint.join(members))
            return
        last = [s.statement for s in made.settings if s.certain][-1]
        yield self._set_behind(made, last, added)

    def _set_behind(
        self, made: MadeHeaders, last: Node, added: Sequence[tuple[bytes, bytes]]
    ) -> Edit:
        """More statements that set headers behind the last one."""
        quote, source = self._site.style.quote, self._source
        name, setter = text(made.name), b"set"
        if made.is_object:
            setter = text_of(field(items(last)[0], "function") or last, "property")
        end = b";" if text(last).endswith(b";") else b""
        joint = source.eol_at(last.start_byte) + source.indent_at(last.start_byte)
        lines = b""
        for header, value in added:
            key, quoted = quote + header + quote, quote + value + quote
            call = b"." + setter + b"(" + key + b", " + quoted + b")"
            lines += joint + name + (call if made.is_object else b"[" + key + b"] = " + quoted)
            lines += end
        return Edit(last.end_byte, last.end_byte, lines)

    def where(self, condition: bytes, beta: bytes, function: Node) -> Iterator[Edit]:
        """The edits after which the beta header is sent where a condition holds, and only there.

        ``function`` is where the condition can be asked.

        Raises:
            RefusedError: the headers are no literal, and cannot be spread into one.
        """
        if self._headers.is_list:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(self._headers.obj)}`")
        member = self._member(_NAME, beta)
        added = b"...(" + condition + b" ? { " + member + b" } : {})"
        if is_inside(self._headers.obj, function) and not self._is_shared:
            yield from appended_member(self._source, self._headers.obj, added)
        else:
            yield from self._beside([added])

    def _member(self, name: bytes, value: bytes) -> bytes:
        """A header as code, as the others are: `'Name': 'value'`, or `['Name', 'value']`."""
        quote = self._site.style.quote
        name, value = quote + name + quote, quote + value + quote
        return b"[%b, %b]" % (name, value) if self._headers.is_list else name + b": " + value

    def _lone_spread(self) -> Node | None:
        """`...BETA` that brings the beta header and nothing else, to these headers alone."""
        headers = self._headers
        spread = headers.spread.get(b"openai-beta")
        if spread is None or headers.hides or self._is_shared:
            return None
        named = unwrapped(items(spread)[0]).type == "identifier"
        literal = headers.by_name[b"openai-beta"].parent
        return spread if named and literal is not None and len(items(literal)) == 1 else None

    def _instead_of(self, spread: Node, members: Sequence[bytes]) -> Edit:
        """Other headers, or none, in place of a constant that others may spread too."""
        member = self._headers.by_name[b"openai-beta"]
        self.gone.append(items(spread)[0])
        self.notes.append(Note(span(member), f"the header {show(member)} went"))
        if members:
            return Edit(spread.start_byte, spread.end_byte, self._joint.join(members))
        return member_removal(self._source, self._headers.obj, spread)

    @property
    def _joint(self) -> bytes:
        """What stands between two headers."""
        first = items(self._headers.obj)[0]
        if not starts_its_line(self._source, first):
            return b", "
        return (
            b","
            + self._source.eol_at(first.start_byte)
            + (self._source.indent_at(first.start_byte))
        )

    def _added(self, members: Sequence[bytes]) -> Iterator[Edit]:
        """More headers: behind those of the literal, or beside it where it is not to be changed."""
        if not members:
            return
        headers = self._headers
        if not self._is_shared:
            yield from appended_member(self._source, headers.obj, self._joint.join(members))
            return
        yield from self._beside(members)

    def _beside(self, members: Sequence[bytes]) -> Iterator[Edit]:
        """A literal with the headers' own in it, and more behind them."""
        holder, options = self._headers.holder, self._headers.options
        if self._headers.is_list:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(holder)}` is shared")
        if options is not None:
            own = text(unwrapped(options))
            spread = b"headers: { ..." + own + b".headers, " + b", ".join(members) + b" }"
            if self._headers.within is not None:
                yield from appended_member(self._source, self._headers.within, spread)
                return
            whole = b"{ ..." + own + b", " + spread + b" }"
            yield Edit(options.start_byte, options.end_byte, whole)
            return
        value = unwrapped(member_value(holder))
        if value.type == "new_expression":
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(value)}` is shared")
        spread = b"{ ..." + text(value) + b", " + b", ".join(members) + b" }"
        key = b"headers: " if holder.type == "shorthand_property_identifier" else b""
        target = member_value(holder) if holder.type == "pair" else holder
        yield Edit(target.start_byte, target.end_byte, key + spread)

    def _without(self, added: Sequence[bytes]) -> Iterator[Edit]:
        headers = self._headers
        member = headers.by_name.get(b"openai-beta")
        if member is None:
            yield from self._added(added)
            return
        alone = self._lone_spread()
        if alone is not None:
            yield self._instead_of(alone, [] if headers.shared else added)
            yield from self._added(added if headers.shared else [])
            return
        spread = headers.spread.get(b"openai-beta")
        shared = self._is_shared or (
            spread is not None and self._is_used_elsewhere(items(spread)[0])
        )
        # A call of a function may bring it in a literal of its own.
        literal = member.parent
        if shared or literal is None:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(member)}` is shared")
        self.notes.append(Note(span(member), f"the header {show(member)} went"))
        if added and spread is None and not headers.shared:
            yield Edit(member.start_byte, member.end_byte, self._joint.join(added))
            return
        yield member_removal(self._source, *_alone_in(literal, member, headers.obj))
        yield from self._added(added)


def _alone_in(literal: Node, member: Node, own: Node) -> tuple[Node, Node]:
    """A header and the literal to take it from, or all headers that a call of a function gives."""
    pair = literal.parent
    around = None if pair is None else pair.parent
    if literal == own or len(items(literal)) > 1 or pair is None or around is None:
        return literal, member
    plain = pair.type == "pair" and key_name(pair) == b"headers" and around.type == "object"
    plain = plain and all(node.type != "comment" for node in descendants(pair))
    return (around, pair) if plain else (literal, member)
