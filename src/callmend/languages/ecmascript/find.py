"""Finding: every call that is given an endpoint's URL, and what sends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, is_behind_unknown, match_url
from callmend.languages.ecmascript.fetch_likes import FetchLikes
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.paths import Base, Paths
from callmend.languages.ecmascript.request_objects import request_object
from callmend.languages.ecmascript.scopes import Binding, Scopes
from callmend.languages.ecmascript.sendings import BASE_KEYS, URL_KEYS, Sending, Sendings, option
from callmend.languages.ecmascript.transports import Callees, Transport, imported_from
from callmend.languages.ecmascript.tree import (
    Tree,
    called,
    field,
    is_awaited_inside,
    is_inside,
    items,
    member_value,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, Resolver, Value
from callmend.records import record

__all__ = ["Base", "Certainty", "Request", "Sending", "Transport", "classify", "find_requests"]

_FUNCTIONS = frozenset({"array", "arrow_function", "function_expression"})
_VERBS = frozenset({b"delete", b"get", b"head", b"patch", b"post", b"put"})
#: The parts of a URL among the options of a request by `node:https`, and what sends it.
_HOST_KEYS = frozenset({b"host", b"hostname"})
_PATH_KEYS = frozenset({b"path", b"pathname"})
_REQUESTS = frozenset({b"get", b"request"})
#: Declared values that are looked at for whose host they name.
_MOST_SHOWN = 300


class Certainty(Enum):
    """How surely a call goes to the endpoint.

    ``DEFAULT_HOST``: the base of the URL is a setting, and OpenAI's host is the file's own default
    for it. ``CANDIDATES``: the URL is an element of a list that is tried in turn.
    """

    CERTAIN = "certain"
    DEFAULT_HOST = "default-host"
    HOST_UNKNOWN = "host-unknown"
    CANDIDATES = "candidates"
    SOMETIMES = "sometimes"


@record(frozen=True, slots=True)
class Request:
    """A call that is given an endpoint's URL.

    ``call`` is the whole call expression, ``url`` the expression that is the URL, ``constants`` the
    declarations that the URL was followed through, ``nodes`` the ids of the expressions that it was
    put together from. ``path_id`` is the expression that fills the unknown segment of the
    endpoint's path, ``path_text`` the id itself where it is written in the code; ``base`` the
    expression in front of the path. ``sending`` are the other parts, where the transport is known.
    ``candidates`` is the array whose elements the URL may be. ``helper`` is, where a function of
    this file sends what it is given, the call in it that does. ``client`` is, where the client of
    an SDK comes from another file, which one, for a message.
    """

    endpoint: Endpoint
    certainty: Certainty
    transport: Transport
    call: Node
    url: Node
    constants: tuple[Binding, ...] = ()
    nodes: frozenset[int] = frozenset()
    path_id: Node | None = None
    path_text: str | None = None
    base: Base | None = None
    sending: Sending | None = None
    candidates: Node | None = None
    helper: Node | None = None
    client: str = ""


def find_requests(
    tree: Tree, scopes: Scopes, resolver: Resolver, callees: Callees
) -> list[Request]:
    """Every call that is given an endpoint's URL, in source order."""
    finder = _Finder(tree, scopes, resolver, callees)
    found = [request for call in finder.calls if (request := finder.request(call)) is not None]
    found = [r for r in found if not _only_notes(r, found) and not _only_tells(r, tree)]
    given = {request.helper.id for request in found if request.helper is not None}
    # `${BASE}${path}` of a function would be a definition's, were no path given to that.
    found = [r for r in found if r.call.id not in given or not _is_definition(r.endpoint)]
    # `fetch(new Request('...'))` and the like is one request, that of the outer call.
    found.sort(key=lambda request: request.call.start_byte)
    outer: list[Request] = []
    for request in found:
        if not any(is_inside(request.call, other.url) for other in outer[-1:]):
            outer.append(request)
    return outer


@record(frozen=True, slots=True)
class _Call:
    """A call or a `new`, what it calls, and its parts where it certainly sends a request."""

    node: Node
    function: Node
    given: list[Node]
    transport: Transport
    sending: Sending | None


class _Finder:
    def __init__(self, tree: Tree, scopes: Scopes, resolver: Resolver, callees: Callees) -> None:
        self._scopes = scopes
        self._resolver = resolver
        self._callees = callees
        self._sendings = Sendings(resolver, callees)
        self._paths = Paths(scopes, resolver)
        self._fetch_likes = FetchLikes(tree, scopes, callees)
        self.calls = [
            self._call(node, function, arguments)
            for node in tree.calls
            if (function := field(node, "function") or field(node, "constructor")) is not None
            and (arguments := field(node, "arguments")) is not None
        ]
        self._sent = [call for call in self.calls if call.sending is not None]

    def _call(self, node: Node, function: Node, arguments: Node) -> _Call:
        if is_awaited_inside(node):
            function = called(node)
        transport = self._callees.transport(function)
        if transport is Transport.OTHER and self._is_like_fetch(function):
            transport = Transport.FETCH
        sending = self._sendings.of(node, transport)
        return _Call(node, function, items(arguments), transport, sending)

    def _is_like_fetch(self, function: Node) -> bool:
        """Whether a function of this file sends what it is given, as `fetch` does."""
        own = self._resolver.function_behind(function)
        return own is not None and self._fetch_likes.is_one(own)

    def request(self, call: _Call) -> Request | None:
        """What a call requests, if its URL is an endpoint's."""
        if self._callees.is_mention(call.node) or self._makes_a_text(call):
            return None
        if self._is_given_to_fetch(call):
            return None
        method = _method(call)
        for url, value in self._urls(call):
            matched = classify(value, method, named=self._names_openai(call, url, value))
            if matched is None:
                continue
            endpoint, certainty = matched
            # What a project's own function makes of a path of its own is not ours to ask.
            if call.transport.is_known or certainty is not Certainty.HOST_UNKNOWN:
                found = self._described(call, url, value, endpoint, certainty)
                return self._through_a_helper(found, call)
        return self._by_a_helper(call) or self._by_a_wrapper(call)

    def _described(
        self, call: _Call, url: Node, value: Value, endpoint: Endpoint, certainty: Certainty
    ) -> Request:
        parts = self._paths.parts(self._one_candidate(url, value, endpoint), endpoint)
        base = parts.base or self._base_of_client(call, certainty)
        return Request(
            endpoint,
            certainty,
            call.transport,
            call.node,
            url,
            value.constants,
            value.nodes,
            parts.id,
            parts.text,
            base,
            call.sending,
            value.candidates,
        )

    def _base_of_client(self, call: _Call, certainty: Certainty) -> Base | None:
        """The base that a client was made with, where that is a setting."""
        sending = call.sending
        if certainty is not Certainty.DEFAULT_HOST or sending is None or sending.made is None:
            return None
        if sending.base is None or not is_inside(sending.base, sending.made):
            return None
        texts = [known for known in self._resolver.value(sending.base).texts if known != HOLE]
        versioned = all(known.rstrip("/").endswith("/v1") for known in texts)
        return Base(sending.base, versioned, slashed=any(k.endswith("/") for k in texts))

    def _one_candidate(self, url: Node, value: Value, endpoint: Endpoint) -> Node:
        """The URL, or of a list of URLs the first that is the endpoint's."""
        for candidate in items(value.candidates) if value.candidates is not None else ():
            inner = unwrapped(candidate)
            members = [member_value(m) for m in items(inner)] if inner.type == "object" else []
            for node in members or (candidate,):
                whole = replace(self._resolver.value(node), candidates=None)
                # A path may stand behind a base.
                for each in (whole, _behind(Value((HOLE,)), whole)):
                    matched = classify(each, named=True)
                    if matched is not None and matched[0] is endpoint:
                        return node
        return url

    def _names_openai(self, call: _Call, url: Node, value: Value) -> bool:
        """Whether the code calls a host that is not known OpenAI's: `OPENAI_BASE_URL`."""
        base = None if call.sending is None else call.sending.base
        shown = [text(node) for node in (url, base) if node is not None]
        shown += [text(binding.declarator)[:_MOST_SHOWN] for binding in value.constants]
        return any(b"openai" in source.lower() for source in shown)

    def _makes_a_text(self, call: _Call) -> bool:
        """Whether a call only makes a URL's text: `new URL('...')`, `'...'.concat('...')`."""
        if call.node.type == "new_expression":
            return self._resolver.builds_url(call.node)
        texts = self._resolver.value(call.node).texts
        if self._resolver.function_behind(call.function) is not None:
            # A function that returns a text here and an answer there sends something.
            return HOLE not in texts
        return any(found != HOLE for found in texts)

    def _is_given_to_fetch(self, call: _Call) -> bool:
        """Whether a call is the `new Request(...)` that another one sends."""
        return call.transport is Transport.REQUEST_OBJECT and any(
            sent.transport.is_fetch
            and len(sent.given) == 1
            and request_object(self._scopes, sent.given[0]) == call.node
            for sent in self._sent
        )

    def _urls(self, call: _Call) -> Iterator[tuple[Node, Value]]:
        """What a call's arguments may give it as its URL."""
        sending = call.sending
        if sending is not None:
            if sending.url is not None and unwrapped(sending.url).type not in _FUNCTIONS:
                value = self._resolver.value(sending.url)
                yield sending.url, value
                if sending.base is not None:
                    yield sending.url, _behind(self._resolver.value(sending.base), value)
            return
        for number, argument in enumerate(call.given):
            inner = unwrapped(argument)
            if inner.type == "object":
                yield from self._option(inner)
            elif (held := self._options_of_a_host(call, inner)) is not None:
                yield from self._option(held)
            elif inner.type not in _FUNCTIONS:
                value = self._resolver.value(argument)
                yield argument, value
                base = self._base(call.function) if number == 0 else None
                if base is not None:
                    yield argument, _behind(base, value)

    def _option(self, options: Node) -> Iterator[tuple[Node, Value]]:
        """The URL among a request's options, behind the base that they name."""
        base = option(options, BASE_KEYS)
        url = option(options, URL_KEYS)
        if url is None:
            yield from self._by_parts(options)
            return
        value = self._resolver.value(url)
        yield url, value
        if base is not None:
            yield url, _behind(self._resolver.value(base), value)

    def _by_parts(self, options: Node) -> Iterator[tuple[Node, Value]]:
        """The URL of `https.request({ hostname, path })`."""
        host, path = option(options, _HOST_KEYS), option(options, _PATH_KEYS)
        if host is not None and path is not None:
            behind = _behind(self._resolver.value(host), self._resolver.value(path))
            yield path, replace(behind, texts=tuple(f"https://{text}" for text in behind.texts))

    def _options_of_a_host(self, call: _Call, given: Node) -> Node | None:
        """The options with a host that a name stands for: `https.request(options, done)`."""
        name = unwrapped(call.function)
        called = text_of(name, "property") or text(name)
        held = self._resolver.constant(given) if called in _REQUESTS else None
        if held is None or held.type != "object" or option(held, _HOST_KEYS) is None:
            return None
        return held

    def _base(self, function: Node) -> Value | None:
        """The URL that a client was made with: `make({ baseURL: '...' })`."""
        root = self._callees.root(unwrapped(function))
        made = None if root == function else self._resolver.constant(root)
        if made is None or made.type not in ("call_expression", "new_expression"):
            return None
        for argument in items(field(made, "arguments") or made):
            base = option(argument, BASE_KEYS) if argument.type == "object" else None
            if base is not None:
                return self._resolver.value(base)
        return None

    # functions of the project that send

    def _own(self, call: _Call) -> tuple[Node, list[_Call]] | None:
        """The function of this file that is called, and the requests in it."""
        if call.sending is not None or not self._sent:
            return None
        own = self._resolver.function_behind(call.function)
        inside = [] if own is None else [s for s in self._sent if is_inside(s.node, own)]
        return (own, inside) if own is not None and inside else None

    def _through_a_helper(self, request: Request, call: _Call) -> Request:
        """A request with the call that sends it, where it is given to a function of this file."""
        own = self._own(call)
        if own is None:
            return request
        return replace(request, transport=Transport.HELPER, helper=own[1][0].node)

    def _by_a_helper(self, call: _Call) -> Request | None:
        """A request whose URL a function of this file puts together from what it is given."""
        own = self._own(call)
        if own is None:
            return None
        given = self._resolver.arguments(own[0], call.given)
        for sent in own[1]:
            url = None if sent.sending is None else sent.sending.url
            if url is None or not given:
                continue
            front = None if sent.sending is None else sent.sending.base
            bases = [] if front is None else [self._resolver.value(front)]
            plain = self._resolver.value(url)
            known = [plain, *(_behind(base, plain) for base in bases)]
            every = [match_url(t, HOLE, _method(sent)) for value in known for t in value.texts]
            if any(match is not None and not _is_definition(match[0]) for match in every):
                # It is dead whatever is given, so that it is found where it stands.
                continue
            whole = self._resolver.substituted(url, given)
            for value in (whole, *(_behind(base, whole) for base in bases)):
                named = self._names_openai(sent, url, value)
                matched = classify(value, _method(sent), named=named)
                if matched is None or (any(every) and _is_definition(matched[0])):
                    # A definition is found where it is asked for, with whatever id.
                    continue
                at = next((n for n in call.given if unwrapped(n).id in value.nodes), call.node)
                found = self._described(call, at, value, *matched)
                base = self._paths.base(url, matched[0], own[0], call.given)
                base = base or self._base_of_client(sent, matched[1])
                if found.path_id is None:
                    parts = self._paths.behind(at, value.texts[0], matched[0])
                    found = replace(found, path_id=parts.id, path_text=parts.text)
                return replace(found, transport=Transport.HELPER, helper=sent.node, base=base)
        return None

    def _by_a_wrapper(self, call: _Call) -> Request | None:
        """A path that is given to a function of another file which is called OpenAI's."""
        if call.transport is not Transport.WRAPPER or not call.given:
            return None
        binding = self._scopes.binding(self._callees.root(unwrapped(call.function)))
        module = None if binding is None else imported_from(binding)
        if b"openai" not in text(call.function).lower() + (module or "").lower().encode():
            return None
        value = self._resolver.value(call.given[0])
        behind = replace(value, texts=tuple(f"{HOLE}/{t.lstrip('/')}" for t in value.texts))
        matched = classify(behind, _method(call), named=True)
        if matched is None or value.texts[0].startswith(HOLE):
            return None
        return self._described(call, call.given[0], value, *matched)


def _is_definition(endpoint: Endpoint) -> bool:
    """Whether what is asked for is a workflow as such, and no run of one."""
    return endpoint.method == "GET" and not endpoint.part


def _method(call: _Call) -> str | None:
    """The method of a request in upper case, None where it is not known."""
    if call.sending is not None:
        return call.sending.verb
    name = text_of(unwrapped(call.function), "property")
    if name in _VERBS:
        return name.decode().upper()
    for argument in call.given:
        options = unwrapped(argument)
        method = option(options, frozenset({b"method"})) if options.type == "object" else None
        if method is not None and unwrapped(method).type == "string":
            return text(unwrapped(method))[1:-1].decode("utf-8", "replace").upper()
    return None


def _only_notes(request: Request, others: list[Request]) -> bool:
    """`tried.push({ url, status })`: a list of what was tried, by another call that sends it."""
    if request.candidates is None or request.transport is not Transport.OTHER:
        return False
    function = field(request.call, "function")
    if function is None or text_of(unwrapped(function), "property") not in (b"push", b"unshift"):
        return False
    sent = [other for other in others if other.transport is not Transport.OTHER]
    return any(other.candidates == request.candidates for other in sent)


def _only_tells(request: Request, tree: Tree) -> bool:
    """`new Response(JSON.stringify({ url, said }))`: what the file's own client is told."""
    if text_of(request.call, "function") != b"JSON.stringify":
        return False
    _, arguments = tree.outer(request.call)
    around = None if arguments is None else tree.parent(arguments)
    if arguments is None or around is None or arguments.type != "arguments":
        return False
    method = text_of(field(around, "function") or around, "property")
    made = text_of(around, "constructor")
    return made in (b"NextResponse", b"Response") or method in (b"end", b"send")


def _behind(base: Value, path: Value) -> Value:
    """The URLs of paths behind a client's base."""
    texts = tuple(
        f"{start.rstrip('/')}/{end.lstrip('/')}" for start in base.texts for end in path.texts
    )
    return replace(
        path,
        texts=texts,
        constants=(*base.constants, *path.constants),
        nodes=base.nodes | path.nodes,
    )


def classify(
    value: Value, method: str | None = None, *, named: bool = False
) -> tuple[Endpoint, Certainty] | None:
    """The endpoint that an expression's texts name, if any of them does.

    ``method`` is the request's, None where it is not known; ``named`` tells that the code calls a
    host that is not known OpenAI's.
    """
    # An id that falls back to nothing leaves `/workflows//runs`, which is no other endpoint.
    emptied = {url.replace(f"/{HOLE}/", "//") for url in value.texts if f"/{HOLE}/" in url}
    texts = [url for url in value.texts if url not in emptied]
    matches = [match_url(url, HOLE, method, named=named) for url in texts]
    known = [match for match in matches if match is not None]
    if not known:
        return None
    certain = [endpoint for endpoint, match in known if match is Match.CERTAIN]
    endpoint = certain[0] if certain else known[0][0]
    if value.candidates is not None:
        return endpoint, Certainty.CANDIDATES
    others = [
        url
        for url, match in zip(texts, matches, strict=True)
        if match is None or match[1] is not Match.CERTAIN
    ]
    if not certain or any(match is Match.HOST_UNKNOWN for _, match in known):
        defaults = certain and all(is_behind_unknown(url, HOLE, certain) for url in others)
        return endpoint, Certainty.DEFAULT_HOST if defaults else Certainty.HOST_UNKNOWN
    if others and all(is_behind_unknown(url, HOLE, certain) for url in others):
        return endpoint, Certainty.DEFAULT_HOST
    several = len({found.id for found in certain}) > 1
    if others or (several and not all(found.starts_a_run for found in certain)):
        return endpoint, Certainty.SOMETIMES
    return endpoint, Certainty.CERTAIN


def show_callee(request: Request) -> str:
    """What is called, for a message."""
    function = field(request.call, "function") or field(request.call, "constructor")
    return "" if function is None else text(function).decode("utf-8", "replace")
