"""Where each way to send a request has its URL, method, headers and body."""

from __future__ import annotations

from tree_sitter import Node

from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.transports import Callees, Transport
from callmend.languages.ecmascript.tree import (
    called,
    field,
    items,
    key_name,
    member_value,
    unwrapped,
)
from callmend.languages.ecmascript.values import Resolver, text_of
from callmend.records import record

#: Options that hold a request's URL, or the part of it that all requests of a client start with.
URL_KEYS = frozenset({b"url", b"uri", b"endpoint"})
BASE_KEYS = frozenset({b"baseURL", b"baseUrl", b"prefixUrl", b"prefix"})
#: Methods of a client that are named like the request's own.
_VERBS = frozenset({b"delete", b"get", b"head", b"options", b"patch", b"post", b"put"})
#: Those of axios that have no body, so that their second argument is the options.
_BODYLESS = frozenset({b"delete", b"get", b"head", b"options"})
_BODIES = {
    Transport.AXIOS: (b"data",),
    Transport.KY: (b"json", b"body"),
    Transport.GOT: (b"json", b"body", b"form"),
}


@record(frozen=True, slots=True)
class Sending:
    """The parts of one request, as its transport takes them; None where one is not given.

    ``url``, ``headers`` and ``body`` are expressions (behind their keys where they are options),
    ``method`` the expression that names the method, ``verb`` the method in upper case where it is
    known. ``options`` is the object literal that holds the rest: an argument, or what a constant
    that is given stands for. ``base`` is the URL in front of ``url``, from the options or from
    what made the client, ``made`` the call that made the client.
    """

    url: Node | None
    method: Node | None = None
    verb: str | None = None
    headers: Node | None = None
    body: Node | None = None
    options: Node | None = None
    base: Node | None = None
    made: Node | None = None


class Sendings:
    """Reads the requests of one file."""

    def __init__(self, resolver: Resolver, callees: Callees) -> None:
        self._resolver = resolver
        self._callees = callees

    def of(self, call: Node, transport: Transport) -> Sending | None:
        """The parts of a call by a transport that is known; None for any other."""
        function = called(call) if call.type == "call_expression" else field(call, "constructor")
        given = items(field(call, "arguments") or call)
        if function is None or any(node.type == "spread_element" for node in given):
            return Sending(given[0]) if given and transport.is_known else None
        if transport.is_fetch or transport is Transport.UNDICI_REQUEST:
            return self._like_fetch(given_to(self._resolver.scopes, call))
        if transport is Transport.WEBSOCKET:
            return Sending(given[0] if given else None)
        if transport not in _BODIES:
            return None
        return self._by_a_client(unwrapped(function), given, transport)

    def _like_fetch(self, given: list[Node]) -> Sending:
        """`fetch(url, { method, headers, body })`."""
        url = given[0] if given else None
        options = self._object(given[1]) if len(given) > 1 else None
        found = self._from(options, (b"body",))
        verb = found.verb
        if len(given) < 2 or (options is not None and found.method is None and _is_plain(options)):
            verb = "GET"
        return Sending(url, found.method, verb, found.headers, found.body, options)

    def _by_a_client(self, function: Node, given: list[Node], transport: Transport) -> Sending:
        """`axios.post(url, data, options)`, `axios(options)`, `ky.post(url, options)`."""
        name = text_of(function, "property") if function.type == "member_expression" else b""
        made = self._callees.made(function)
        url = given[0] if given else None
        options = None if url is None else self._object(url)
        if options is not None:
            # `axios({ url, method, data })`, `axios.request({ ... })`, `got({ url })`.
            found = self._from(options, _BODIES[transport])
            url = option(options, URL_KEYS)
        else:
            has_body = transport is Transport.AXIOS and name in _VERBS - _BODYLESS
            at = 2 if has_body else 1
            options = self._object(given[at]) if len(given) > at else None
            found = self._from(options, _BODIES[transport])
            if has_body and len(given) > 1:
                found = Sending(None, found.method, found.verb, found.headers, given[1])
        verb = found.verb
        if name in _VERBS:
            verb = name.decode().upper()
        elif verb is None and found.method is None:
            verb = "GET"
        base = None if options is None else option(options, BASE_KEYS)
        return Sending(
            url,
            found.method,
            verb,
            found.headers,
            found.body,
            options,
            base or self._set_base(function) or self._base(made),
            made,
        )

    def _from(self, options: Node | None, bodies: tuple[bytes, ...]) -> Sending:
        """Method, headers and body among a request's options."""
        if options is None:
            return Sending(None)
        method = option(options, frozenset({b"method"}))
        verb = None
        if method is not None:
            texts = self._resolver.value(method).texts
            verb = texts[0].upper() if len(texts) == 1 and texts[0].isalpha() else None
        body = next((b for key in bodies if (b := option(options, frozenset({key})))), None)
        return Sending(None, method, verb, option(options, frozenset({b"headers"})), body)

    def _object(self, node: Node) -> Node | None:
        """The object literal that an argument is, or that its constant holds."""
        inner = unwrapped(node)
        if inner.type != "object":
            found = self._resolver.constant(inner)
            inner = inner if found is None else found
        return inner if inner.type == "object" else None

    def _base(self, made: Node | None) -> Node | None:
        for argument in items(field(made, "arguments") or made) if made is not None else ():
            options = self._object(argument)
            base = None if options is None else option(options, BASE_KEYS)
            if base is not None:
                return base
        return None

    def _set_base(self, function: Node) -> Node | None:
        """What the file sets `axios.defaults.baseURL` to, once and as it is loaded.

        None where it is set to several things, or later than that.
        """
        owner = self._callees.root(function)
        binding = self._resolver.binding(owner)
        found = []
        for use in () if binding is None else binding.references:
            # `axios` / `.defaults` / `.baseURL` / the assignment / its statement
            chain: list[Node] = [use]
            while len(chain) < 5 and chain[-1].parent is not None:
                chain.append(chain[-1].parent)
            if len(chain) < 5 or text_of(chain[2], "property") not in BASE_KEYS:
                continue
            _, defaults, base, assignment, statement = chain
            if text_of(defaults, "property") != b"defaults" or field(assignment, "left") != base:
                continue
            found.append(field(assignment, "right") if _is_at_the_top(statement) else None)
        return found[0] if len(found) == 1 else None


def _is_at_the_top(statement: Node) -> bool:
    """Whether a statement is one of the file itself."""
    around = statement.parent
    is_one = statement.type == "expression_statement"
    return is_one and around is not None and around.type == "program"


def option(options: Node, keys: frozenset[bytes]) -> Node | None:
    """The value of the first option with one of these keys."""
    for member in items(options):
        if member.type in ("pair", "shorthand_property_identifier") and key_name(member) in keys:
            return member_value(member)
    return None


def _is_plain(options: Node) -> bool:
    """Whether all of an object's members are there to be read."""
    return all(key_name(n) is not None and n.type != "spread_element" for n in items(options))
