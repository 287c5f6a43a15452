"""The parts of a request: options, headers and body, and in the body the id, message, history."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.built_bodies import Built, built_body
from callmend.languages.ecmascript.effects import is_list_chain, may_differ
from callmend.languages.ecmascript.given_options import GivenOptions
from callmend.languages.ecmascript.growing import (
    Growth,
    grown_object,
    optional_members,
)
from callmend.languages.ecmascript.header_names import all_named, plain_name, refuse_spellings
from callmend.languages.ecmascript.inputs import is_without_counterpart
from callmend.languages.ecmascript.made_bodies import body_made_for
from callmend.languages.ecmascript.made_headers import MadeHeaders, check_kept, made_headers
from callmend.languages.ecmascript.messages import MessageReader
from callmend.languages.ecmascript.metadata import no_texts
from callmend.languages.ecmascript.objects import Literal, object_at, object_behind, uses_of_literal
from callmend.languages.ecmascript.options import Options, read_options
from callmend.languages.ecmascript.providers import provided
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.scopes import Scopes, is_declared_exported
from callmend.languages.ecmascript.sent_headers import Headers, listed_pairs
from callmend.languages.ecmascript.tree import (
    ancestors_of,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import Resolver, text_of
from callmend.reasons import Reason
from callmend.records import record

_ID_KEYS = frozenset({b"workflow_id", b"workflowId", b"assistant_id"})
_INPUT_KEYS = frozenset({b"input", b"inputs", b"thread"})
_MESSAGE_KEYS = frozenset(
    {
        b"message",
        b"user_message",
        b"userMessage",
        b"text",
        b"query",
        b"question",
        b"prompt",
        b"input_as_text",
        b"content",
    }
)
_HISTORY_KEYS = frozenset(
    {b"conversation_history", b"conversationHistory", b"history", b"messages", b"chat_history"}
)
#: Fields of the dead body that `POST /v1/threads/runs` has too, with the same meaning
#: (CreateThreadAndRunRequest in the OpenAPI document).
_KEPT_KEYS = frozenset(
    {b"instructions", b"metadata", b"model", b"stream", b"temperature", b"top_p"}
)


@record(frozen=True, slots=True)
class Envelope:
    """What a request is sent with: its options, its headers, the object literal of its body.

    ``growths`` are the members that this literal gets later. ``name`` is the expression that is
    sent as JSON where the literal is a variable's that something else reads too. ``built`` is the
    body where more than such members is assigned to it.
    """

    options: Node
    headers: Headers
    body: Node
    growths: tuple[Growth, ...] = ()
    name: Node | None = None
    built: Built | None = None

    def refuse_growths(self) -> None:
        """Refuse a body that gets members later, or that something else reads too.

        Raises:
            RefusedError: naming the first one's statement, or the variable.
        """
        if self.growths:
            raise RefusedError(Reason.BODY_FIELD, f"`{show(self.growths[0].statement)}`")
        if self.name is not None:
            raise RefusedError(Reason.BODY_SHARED, f"`{show(self.name)}`")


@record(frozen=True, slots=True)
class RequestParts:
    """What a fetch call is given; every node is an expression or an object's member.

    ``workflow_id`` is the body's member that names the workflow, None where the URL does.
    ``input`` is the body's member that holds message and history. ``message`` and ``history`` are
    the expressions as they stand in the body.
    """

    options: Node
    headers: Headers
    body: Node
    workflow_id: Node | None
    input: Node
    message: Node
    history: Node | None


class Chosen(Protocol):
    """What stands for the parts of a request that are taken from a list's elements."""

    def chosen(self, node: Node) -> Node | None:
        """The expression in the entry that stays; None for what comes from elsewhere."""


class RequestReader:
    """Reads the parts of one request.

    ``listed`` are those of them that a list holds; ``given`` those that the call of the function
    brings, in which the request stands.
    """

    def __init__(
        self,
        scopes: Scopes,
        call: Node,
        listed: Chosen | None = None,
        given: GivenOptions | None = None,
    ) -> None:
        self._scopes = scopes
        self._resolver = Resolver(scopes)
        self._listed = listed
        self._given = given
        self._call = call
        self._messages = MessageReader(scopes, call)

    def read(self) -> RequestParts:
        """The parts of a `fetch(url, {...})`.

        Raises:
            RefusedError: a part is missing or cannot be followed.
        """
        sent = self.envelope()
        sent.refuse_growths()
        if sent.headers.made is not None:
            check_kept(self._scopes, sent.headers.made)
        return self._body(sent.options, sent.headers, sent.body)

    def envelope(self, *, building: bool = False) -> Envelope:
        """Options, headers and body of a `fetch(url, {...})`, whatever the body says.

        ``building``: the body may be put together by assignments.

        Raises:
            RefusedError: a part is missing or cannot be followed.
        """
        given = given_to(self._scopes, self._call)
        if len(given) < 2:
            raise RefusedError(Reason.NOT_A_POST)
        literal = object_behind(self._scopes, given[1])
        if literal is None or literal.shared:
            raise RefusedError(_OPTIONS, f"`{show(given[1])}`")
        given_options = read_options(self._scopes, literal.node)
        by_name = given_options.by_name
        self._check_method(by_name.get(b"method"))
        headers = self._headers_among(given_options, literal.node)
        if b"body" not in by_name:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, "the request has no body")
        if b"body" in given_options.spread:
            raise RefusedError(_OPTIONS, f"`{show(by_name[b'body'])}` is spread into the call's")
        sent = self._json(by_name[b"body"])
        built = self._built(sent)
        if built is not None:
            if not building:
                raise RefusedError(Reason.BODY_FIELD, f"`{show(built.assigned[0].statement)}`")
            return Envelope(literal.node, headers, built.literal, (), sent, built)
        made = body_made_for(self._scopes, sent) if building else None
        body, growths, name = self._sent(sent) if made is None else (made, (), None)
        return Envelope(literal.node, headers, body, growths, name)

    def headers_of(self) -> Headers:
        """Only the headers of a `fetch(url, {...})`.

        Raises:
            RefusedError: there are none, or they cannot be followed.
        """
        given = given_to(self._scopes, self._call)
        literal = object_behind(self._scopes, given[1]) if len(given) > 1 else None
        if literal is None:
            raise RefusedError(_OPTIONS)
        found = self._headers_among(read_options(self._scopes, literal.node), literal.node)
        if literal.shared and found.options is None:
            # Other calls have the same options.
            return replace(found, shared=True, options=given[1])
        return found

    def _headers_among(self, options: Options, literal: Node) -> Headers:
        holder = options.by_name.get(b"headers")
        if holder is None:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        found = listed_pairs(self._scopes, self._resolver, holder) or self.headers(holder)
        spread = options.spread.get(b"headers")
        if spread is None:
            return found
        return replace(
            found, shared=True, options=spread[0], within=literal, through=tuple(spread[1:])
        )

    def _check_method(self, member: Node | None) -> None:
        if member is None:
            raise RefusedError(Reason.NOT_A_POST, "no method is given, which means GET")
        texts = self._resolver.value(member_value(member)).texts
        if len(texts) != 1 or texts[0].upper() != "POST":
            raise RefusedError(Reason.NOT_A_POST, f"`{show(member)}`")

    def headers(self, holder: Node, *, keyed: bool = False) -> Headers:
        """The headers behind the options' `headers` member.

        ``keyed``: what sends the request may bring the key, so that it need not be here.

        Raises:
            RefusedError: they are no object literal, or carry no Authorization.
        """
        literal = self._literal(member_value(holder)) or self._grown(member_value(holder))
        made = made_headers(self._scopes, member_value(holder)) if literal is None else None
        if made is not None:
            return self._made(holder, made, keyed=keyed)
        if literal is None:
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(holder)}`")
        by_name: dict[bytes, Node] = {}
        spread: dict[bytes, Node] = {}
        hidden: Node | None = None
        for item in items(literal.node):
            own = None if self._given is None else self._given.brought(item)
            inner = self._spread(item) if own is None else None
            if (name := plain_name(item)) is not None:
                by_name[name] = item
                spread.pop(name, None)
            elif own is not None:
                brought = {name.lower(): member for name, member in own.items()}
                refuse_spellings(by_name, brought)
                by_name |= brought
                for name in brought:
                    spread.pop(name, None)
            elif inner is not None:
                by_name |= inner
                spread |= dict.fromkeys(inner, item)
            else:
                # A spread or a computed name may be any header, and replaces those before it.
                hidden = item
        if keyed and hidden is None and b"authorization" not in by_name:
            return Headers(holder, literal.node, by_name, literal.shared, spread)
        if b"authorization" not in by_name:
            raise RefusedError(
                Reason.NO_AUTHORIZATION if hidden is None else Reason.HEADERS_NOT_UNDERSTOOD
            )
        given = spread.get(b"authorization", by_name[b"authorization"])
        if hidden is not None and hidden.start_byte > given.start_byte:
            detail = f"`{show(hidden)}` may replace the key"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        return Headers(holder, literal.node, by_name, literal.shared, spread, hidden is not None)

    def _made(self, holder: Node, made: MadeHeaders, *, keyed: bool) -> Headers:
        """The headers of a variable that statements fill.

        Raises:
            RefusedError: what is in them first, or whether one of its own is set, is not certain.
        """
        first = {} if made.literal is None else all_named(made.literal)
        uncertain = [s for s in made.settings if not s.certain and s.name in _OWN_HEADERS]
        if first is None or uncertain:
            shown = uncertain[0].statement if uncertain else made.first
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(shown)}`")
        by_name = first | {s.name: s.value for s in made.settings}
        if b"authorization" not in by_name and not keyed:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        return Headers(holder, made.literal or made.first, by_name, made.shared, {}, made=made)

    def _grown(self, node: Node) -> Literal | None:
        """The literal of headers of another place, or that others which do not matter join."""
        inner = unwrapped(node)
        grown = grown_object(self._scopes, inner) or provided(self._scopes, inner)
        if grown is None or any(g.name.lower() in _OWN_HEADERS for g in grown.growths):
            return None
        return grown.literal

    def _optional(self, item: Node) -> dict[bytes, Node] | None:
        """The headers that `...(project ? { 'OpenAI-Project': project } : {})` may bring."""
        called = unwrapped(items(item)[0]).type == "call_expression"
        members = optional_members(self._scopes, item)
        # Further requests repeat the spread, which has to bring the same headers then.
        if members is None or (not called and may_differ(item)):
            return None
        if any(name.lower() in _OWN_HEADERS for name in members):
            return None
        return {name.lower(): member for name, member in members.items()}

    def _spread(self, item: Node) -> dict[bytes, Node] | None:
        """The headers that `...auth` brings, where `auth` is a literal of this file."""
        if item.type != "spread_element":
            return None
        given = items(item)[0]
        literal = object_behind(self._scopes, given)
        if literal is None:
            found = self._optional(item)
            return self._provided(given) if found is None else found
        return all_named(literal.node)

    def _provided(self, node: Node) -> dict[bytes, Node] | None:
        """The headers that `...this.headers` or `...authHeaders()` brings."""
        found = provided(self._scopes, node)
        named = None if found is None else all_named(found.literal.node)
        if found is None or named is None:
            return None
        later = {growth.name.lower(): growth.value for growth in found.growths}
        return None if later.keys() & _OWN_HEADERS else named | later

    def chosen(self, node: Node) -> Node:
        """An expression, or what it stands for in the entry of a list that stays."""
        found = None if self._listed is None else self._listed.chosen(node)
        return node if found is None else found

    def _literal(self, node: Node) -> Literal | None:
        """The object literal of headers, also one of `new Headers(...)`."""
        node = self.chosen(node)
        inner = unwrapped(node)
        if inner.type == "new_expression" and text_of(inner, "constructor") == b"Headers":
            given = items(field(inner, "arguments") or inner)
            return object_behind(self._scopes, given[0]) if len(given) == 1 else None
        return object_behind(self._scopes, node)

    def _built(self, sent: Node) -> Built | None:
        """The body behind a name that assignments put together, more than a plain one's grow."""
        if unwrapped(sent).type != "identifier" or self.own_object(sent) is not None:
            return None
        if object_at(self._scopes, sent, self._call) is not None:
            return None
        grown = grown_object(self._scopes, sent)
        if grown is not None and not grown.literal.shared:
            if all(is_without_counterpart(growth.name) for growth in grown.growths):
                return None
        return built_body(self._scopes, sent)

    def _json(self, holder: Node) -> Node:
        """The expression that is sent as JSON."""
        call = unwrapped(member_value(holder))
        if call.type in ("identifier", "shorthand_property_identifier"):
            binding = self._scopes.binding(call)
            if binding is None or len(binding.references) != 1 or is_declared_exported(binding):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(holder)}`")
            call = self._resolver.constant(call) or call
        if call.type == "string" and b"".join(text(call)[1:-1].split()) == b"{}":
            raise RefusedError(Reason.NO_MESSAGE, "the body says nothing")
        given = items(field(call, "arguments") or call)
        if text_of(call, "function") != b"JSON.stringify" or not given:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(holder)}`")
        if len(given) > 1 and text(unwrapped(given[1])) not in (b"null", b"undefined"):
            detail = f"`{show(given[1])}` decides what of the body is sent"
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, detail)
        return given[0]

    def _sent(self, sent: Node) -> tuple[Node, tuple[Growth, ...], Node | None]:
        """The object literal that is sent as JSON, and the members that it gets before.

        With it the expression that stands for it where something else reads its variable too.
        """
        literal = self.own_object(sent)
        if literal is not None:
            return literal, (), None
        kept = object_at(self._scopes, sent, self._call)
        if kept is not None:
            return kept, (), sent
        grown = grown_object(self._scopes, sent)
        if grown is None or grown.literal.shared:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(sent)}`")
        return grown.literal.node, grown.growths, None

    def own_object(self, node: Node) -> Node | None:
        """The object literal that an expression stands for in this request and in no other."""
        chosen = self.chosen(node)
        literal = object_behind(self._scopes, chosen)
        if literal is not None and literal.shared and chosen != node:
            # The other entries of the list go, so that what they share is this one's own.
            uses = uses_of_literal(self._scopes, chosen)
            array = next((n for n in ancestors_of(chosen) if n.type == "array"), chosen)
            if uses is not None and all(is_inside(use, array) for use in uses):
                return literal.node
        return None if literal is None or literal.shared else literal.node

    def _body(self, options: Node, headers: Headers, body: Node) -> RequestParts:
        workflow_id = found_input = None
        for item in items(body):
            name = key_name(item)
            if item.type == "spread_element":
                # What it may bring is for the reader of whole inputs.
                raise RefusedError(Reason.BODY_FIELD, f"`{show(item)}`")
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
            if name in _ID_KEYS and workflow_id is None:
                workflow_id = item
            elif name in _INPUT_KEYS and found_input is None:
                found_input = item
            elif name == b"stream" and text(member_value(item)) != b"false":
                raise RefusedError(Reason.STREAMING, f"`{show(item)}`")
            elif name not in _KEPT_KEYS or no_texts(self._scopes, self._call, item):
                raise RefusedError(Reason.BODY_FIELD, f"`{name.decode('utf-8', 'replace')}`")
        if found_input is None:
            raise RefusedError(Reason.NO_MESSAGE, "the body has no `input`")
        message, history = self._input(found_input)
        if workflow_id is not None:
            _check_order(member_value(workflow_id), message, history)
        return RequestParts(options, headers, body, workflow_id, found_input, message, history)

    def _input(self, member: Node) -> tuple[Node, Node | None]:
        value = unwrapped(member_value(member))
        if value.type != "object":
            if not self._messages.is_text(value):
                raise RefusedError(Reason.NO_MESSAGE, f"`{show(member)}`")
            return value, None
        message = history = None
        for item in items(value):
            name = key_name(item)
            if name is None or item.type not in ("pair", "shorthand_property_identifier"):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(item)}`")
            if name in _MESSAGE_KEYS and message is None:
                message = member_value(item)
            elif name in _HISTORY_KEYS and history is None:
                history = member_value(item)
            else:
                raise RefusedError(Reason.BODY_FIELD, f"`input.{name.decode('utf-8', 'replace')}`")
        if message is None:
            raise RefusedError(Reason.NO_MESSAGE, f"`{show(member)}`")
        self._messages.check_text(message)
        if history is not None:
            self._messages.check_messages(history)
        return message, history


def _check_order(workflow_id: Node, message: Node, history: Node | None) -> None:
    """Refuse what is not computed in its order any more: the new code has the id behind the list.

    Raises:
        RefusedError: computing one of id, message and history may change another of them.
    """
    spoken = [message] if history is None or is_list_chain(history) else [message, history]
    if may_differ(workflow_id) and any(may_differ(node) for node in spoken):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, "the id is computed before the message")
    if history is None or not may_differ(message) or history.start_byte < message.start_byte:
        return
    names = {text(n) for n in descendants(message) if n.type == "identifier"}
    if history.type not in ("identifier", "shorthand_property_identifier") or (
        text(history) in names
    ):
        detail = "the message is computed before the history"
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, detail)


#: Headers that decide what is asked and who asks.
_OWN_HEADERS = frozenset({b"authorization", b"content-type", b"openai-beta"})
_OPTIONS = Reason.OPTIONS_NOT_UNDERSTOOD
