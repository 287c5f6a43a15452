"""Finding: every call that is given an endpoint's URL, and what sends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, match_url
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.transports import Callees, Transport
from callmend.languages.ecmascript.tree import (
    Tree,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, Resolver, Value

__all__ = ["Certainty", "Request", "Transport", "classify", "find_requests"]

#: Options that hold a request's URL, or the part of it that all requests of a client start with.
_URL_KEYS = frozenset({b"url", b"uri", b"endpoint"})
_BASE_KEYS = frozenset({b"baseURL", b"baseUrl", b"prefixUrl", b"prefix"})
_FUNCTIONS = frozenset({"array", "arrow_function", "function_expression"})


class Certainty(Enum):
    """How surely a call goes to the endpoint."""

    CERTAIN = "certain"
    HOST_UNKNOWN = "host-unknown"
    SOMETIMES = "sometimes"


@dataclass(frozen=True, slots=True)
class Request:
    """A call that is given an endpoint's URL.

    ``call`` is the whole call expression, ``url`` the expression that is the URL, ``constants`` the
    declarations that the URL was followed through, ``nodes`` the ids of the expressions that it was
    put together from.
    """

    endpoint: Endpoint
    certainty: Certainty
    transport: Transport
    call: Node
    url: Node
    constants: tuple[Binding, ...]
    nodes: frozenset[int] = frozenset()


def find_requests(
    tree: Tree, scopes: Scopes, resolver: Resolver, callees: Callees
) -> list[Request]:
    """Every call that is given an endpoint's URL, in source order."""
    finder = _Finder(scopes, resolver, callees)
    found = []
    for match in tree.matches("calls"):
        request = finder.request(match["call"][0], match["function"][0], match["arguments"][0])
        if request is not None:
            found.append(request)
    # `fetch(new Request('...'))` and the like is one request, that of the outer call.
    found.sort(key=lambda request: request.call.start_byte)
    outer: list[Request] = []
    for request in found:
        if not any(is_inside(request.call, other.url) for other in outer[-1:]):
            outer.append(request)
    return outer


class _Finder:
    def __init__(self, scopes: Scopes, resolver: Resolver, callees: Callees) -> None:
        self._scopes = scopes
        self._resolver = resolver
        self._callees = callees

    def request(self, call: Node, function: Node, arguments: Node) -> Request | None:
        """What a call requests, if its URL is an endpoint's."""
        if self._callees.is_mention(call) or self._makes_a_text(call):
            return None
        transport = self._callees.transport(function)
        for url, value in self._urls(function, items(arguments), transport):
            matched = classify(value)
            if matched is None:
                continue
            endpoint, certainty = matched
            # What a project's own function makes of a path of its own is not ours to ask.
            if transport is Transport.FETCH or certainty is not Certainty.HOST_UNKNOWN:
                return Request(
                    endpoint, certainty, transport, call, url, value.constants, value.nodes
                )
        return None

    def _makes_a_text(self, call: Node) -> bool:
        """Whether a call only makes a URL's text: `new URL('...')`, `'...'.concat('...')`."""
        if call.type == "new_expression":
            return self._resolver.builds_url(call)
        return any(text_ != HOLE for text_ in self._resolver.value(call).texts)

    def _urls(
        self, function: Node, given: list[Node], transport: Transport
    ) -> Iterator[tuple[Node, Value]]:
        """What a call's arguments may give it as its URL."""
        if transport is Transport.FETCH:
            given = given[:1]
        for number, argument in enumerate(given):
            inner = unwrapped(argument)
            if inner.type == "object":
                yield from self._option(inner)
            elif inner.type not in _FUNCTIONS:
                value = self._resolver.value(argument)
                yield argument, value
                base = self._base(function) if number == 0 else None
                if base is not None:
                    yield argument, _behind(base, value)

    def _option(self, options: Node) -> Iterator[tuple[Node, Value]]:
        """The URL among a request's options, behind the base that they name."""
        base = _option_of(options, _BASE_KEYS)
        url = _option_of(options, _URL_KEYS)
        if url is None:
            return
        value = self._resolver.value(url)
        yield url, value
        if base is not None:
            yield url, _behind(self._resolver.value(base), value)

    def _base(self, function: Node) -> Value | None:
        """The URL that a client was made with: `axios.create({ baseURL: '...' })`."""
        root = self._callees.root(unwrapped(function))
        made = None if root == function else self._resolver.constant(root)
        if made is None or made.type not in ("call_expression", "new_expression"):
            return None
        for argument in items(field(made, "arguments") or made):
            base = _option_of(argument, _BASE_KEYS) if argument.type == "object" else None
            if base is not None:
                return self._resolver.value(base)
        return None


def _option_of(options: Node, keys: frozenset[bytes]) -> Node | None:
    for member in items(options):
        if member.type in ("pair", "shorthand_property_identifier") and key_name(member) in keys:
            return member_value(member)
    return None


def _behind(base: Value, path: Value) -> Value:
    """The URLs of paths behind a client's base."""
    texts = tuple(
        f"{start.rstrip('/')}/{end.lstrip('/')}" for start in base.texts for end in path.texts
    )
    return Value(texts, (*base.constants, *path.constants), base.nodes | path.nodes)


def classify(value: Value) -> tuple[Endpoint, Certainty] | None:
    """The endpoint that an expression's texts name, if any of them does."""
    matches = [match_url(url, HOLE) for url in value.texts]
    known = [match for match in matches if match is not None]
    if not known:
        return None
    for endpoint, match in known:
        if match is Match.HOST_UNKNOWN:
            return endpoint, Certainty.HOST_UNKNOWN
    if len(known) < len(matches) or len({endpoint.id for endpoint, _ in known}) > 1:
        return known[0][0], Certainty.SOMETIMES
    return known[0][0], Certainty.CERTAIN


def show_callee(request: Request) -> str:
    """What is called, for a message."""
    function = field(request.call, "function") or field(request.call, "constructor")
    return "" if function is None else text(function).decode("utf-8", "replace")
