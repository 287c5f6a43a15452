"""Dead paths without their host that no call was found for, in a file that names OpenAI's host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, Status, catalogue, match_url
from callmend.languages.ecmascript.find import Certainty, Request, classify
from callmend.languages.ecmascript.scopes import Kind, Scopes
from callmend.languages.ecmascript.sendings import Sendings
from callmend.languages.ecmascript.strays import End, Flow, Path, Stray, Strays
from callmend.languages.ecmascript.transports import (
    Callees,
    Transport,
    imported_from,
    is_own_module,
)
from callmend.languages.ecmascript.tree import (
    FUNCTIONS,
    Tree,
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, Resolver, text_of

_HOST = "api.openai.com"
#: A setting of OpenAI's host, but not of Azure's.
_SETTING = re.compile(rb"(?<![A-Za-z_])OPENAI_(?:API_)?(?:BASE|ENDPOINT|HOST|ORIGIN|URL)")
_URL = re.compile(rb"(?:https?|wss?)://([A-Za-z0-9.-]+)")
#: Hosts that are named beside any API: this machine, and places in documents.
_NO_API = (b"localhost", b"127.0.0.1", b"0.0.0.0", b"openai.com", b"github.com")
_DOCUMENTS = (b"example.com", b"example.org", b"example.net", b"example")
#: What a server's own paths are declared on, and the pages that a program goes to.
_SERVERS = re.compile(rb"(?:app|express|fastify|hono|http|mux|routes?|server|\w*[rR]outer)")
_PAGES = frozenset({b"history", b"location", b"navigation", b"router"})
_GOES_TO = frozenset(
    {b"navigate", b"permanentRedirect", b"redirect", b"require", b"revalidatePath"}
    | {b"revalidateTag"}
)
_ROUTES = frozenset(
    {b"all", b"delete", b"get", b"handle", b"inject", b"on", b"patch", b"post", b"put"}
    | {b"request", b"route", b"use"}
)
#: Packages that take paths of files, and one that asks the server under test.
_OF_THIS_MACHINE = frozenset(
    {"fs", "fs-extra", "fs/promises", "node:fs", "node:fs/promises", "supertest"}
)
#: A base of the request that is answered, or of the page that is shown.
_OWN_BASE = re.compile(rb"\b(?:req|request|location|window)\b")
#: With what the segments of a dead path start.
_SEGMENTS = frozenset(row.path.split("/")[2] for row in catalogue() if row.path)
_START_OF_PATH = re.compile(r"/*(?:v\d+/+)?([^/?#]*)")
#: Under these an array names what a cache holds.
_KEYS_OF_CACHES = frozenset({b"queryKey", b"mutationKey", b"key", b"tags"})
_JOINS = frozenset({b"join", b"resolve"})
#: By these a client of a package may have got its base elsewhere than where it is made.
_BASE_ELSEWHERE = (b"defaults", b"interceptors", b"hooks")


class LostPaths(Strays):
    """Finds the dead paths of one file that neither its requests nor its whole URLs account for.

    A path alone may be the project's own route, or another service's. It is told only in a file
    that names OpenAI's host, where it goes somewhere that this analysis does not see through.
    """

    kinds = Strays.kinds | {"array", "arguments"}

    def __init__(self, tree: Tree, scopes: Scopes, resolver: Resolver, callees: Callees) -> None:
        super().__init__(tree, scopes, resolver, callees)
        self._sendings = Sendings(resolver, callees)
        self._accounted: frozenset[int] = frozenset()

    def beside(self, requests: Iterable[Request], urls: Iterable[Stray]) -> list[Stray]:
        """The dead paths that may be requested and are in none of these, in order."""
        if not self._names_openai:
            return []
        told = list(urls)
        nodes: set[int] = {stray.node.id for stray in told}
        nodes.update(*(request.nodes for request in requests))
        nodes.update(*(self._resolver.value(stray.node).nodes for stray in told))
        self._accounted = frozenset(nodes)
        return self.found(nodes)

    # the file

    @cached_property
    def _hosts(self) -> frozenset[bytes]:
        """The hosts that the file's texts name, in lower case."""
        found = {
            host.lower()
            for node in self._tree.nodes
            if node.type in ("string", "template_string")
            for host in _URL.findall(text(node))
        }
        if any(
            node.type in ("string", "template_string") and _HOST.encode() in text(node)
            for node in self._tree.nodes
        ):
            found.add(_HOST.encode())
        return frozenset(found)

    @cached_property
    def _names_openai(self) -> bool:
        return _HOST.encode() in self._hosts or _SETTING.search(self._tree.data) is not None

    @cached_property
    def _names_others(self) -> bool:
        return any(_is_another(host) for host in self._hosts)

    # what is a path

    def _matched(self, node: Node) -> Endpoint | None:
        if node.type in ("array", "arguments"):
            return self._of_segments(node) if self._holds_segments(node) else None
        if node.type == "new_expression" and self._is_own(node):
            return None
        endpoints = (self._endpoint(found) for found in self._resolver.value(node).texts)
        return self._told(next((e for e in endpoints if e is not None), None))

    def _told(self, endpoint: Endpoint | None) -> Endpoint | None:
        if endpoint is None or endpoint.status is Status.RETIRED:
            return None
        return None if self._names_others and not endpoint.unresolved else endpoint

    def _of_segments(self, array: Node) -> Endpoint | None:
        """The endpoint of a path whose segments stand one by one: `['workflows', 'runs']`."""
        parts = [self._resolver.value(n) for n in items(array) if n.type != "spread_element"]
        if len(parts) < 2 or any(n.id in self._accounted for n in items(array)):
            return None
        texts = [part.texts[0].strip("/") for part in parts]
        starts = [at for at, known in enumerate(texts) if known in _SEGMENTS]
        if not starts or not all(map(_is_in_front, texts[: starts[0]])):
            return None
        if array.type == "arguments" and not self._resolver.function_behind(self._callee(array)):
            # `path.join('api.openai.com', 'v1', ...)`, where folders may have these names.
            if not any(_HOST in known for known in texts[: starts[0]]):
                return None
        return self._told(self._endpoint("/".join(texts[starts[0] :])))

    def _callee(self, arguments: Node) -> Node:
        return field(self._tree.parent(arguments), "function") or arguments

    def _holds_segments(self, node: Node) -> bool:
        around = self._tree.outer(node)[1]
        if around is None or len(node.named_children) < 2:
            return False
        if node.type == "array":
            return around.type != "pair" or key_name(around) not in _KEYS_OF_CACHES
        function = self._callee(node)
        joins = text_of(function, "property") in _JOINS
        return joins or self._resolver.function_behind(function) is not None

    def _endpoint(self, known: str) -> Endpoint | None:
        """The endpoint of a path without a host, or behind one that is not known."""
        path = known.lstrip(HOLE)
        if "://" in path or path.startswith(("//", ".")) or not path.strip("/" + HOLE):
            return None
        if known.startswith(HOLE) and not path.startswith("/"):
            return None
        # A file has many texts, and few that start like a dead path.
        start_of_path = _START_OF_PATH.match(path)
        if start_of_path is None or start_of_path[1] not in _SEGMENTS:
            return None
        for start in ("", "/v1"):
            found = match_url(f"https://{_HOST}{start}/{path.lstrip('/')}", HOLE, "POST")
            if found is not None and found[1] is Match.CERTAIN:
                return found[0]
        return None

    # where it goes

    def _is_dead(self, node: Node) -> bool:
        """Whether an expression may be the dead URL, and is told nowhere else."""
        value = self._resolver.value(node)
        calls = node.type in ("call_expression", "new_expression")
        if node.id in self._accounted or (calls and value.texts == (HOLE,)):
            return False
        matched = classify(value)
        if matched is not None and matched[1] is Certainty.CERTAIN:
            return False
        return any(self._may_be(known) for known in value.texts)

    def _may_be(self, known: str) -> bool:
        if HOLE not in known:
            return self._endpoint(known) is not None
        host = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*)", known)
        head, hole, _ = (host[1] if host is not None else HOLE).lower().partition(HOLE)
        return _HOST.startswith(head) if hole else head == _HOST

    def _given(self, arguments: Node, path: Path) -> Iterator[Flow | End]:
        call = self._tree.parent(arguments)
        if call is None or self._is_own(call) or self._asks_another(call):
            return
        texts = self._resolver.value(call).texts
        if texts != (HOLE,) and not any(map(self._may_be, texts)):
            # `new URL(path, 'https://another.host')`
            return
        for end in super()._given(arguments, path):
            if not isinstance(end, End) or end.lost is None or self._may_ask(end.lost):
                yield end

    def _is_own(self, call: Node) -> bool:
        """Whether a call declares a path of this server, asks it, or goes to a page of it."""
        around = self._tree.parent(call)
        if around is not None and around.type == "decorator":
            return True
        if call.type == "new_expression":
            base = items(field(call, "arguments") or call)[1:]
            return bool(base) and _OWN_BASE.search(text(base[0])) is not None
        function = unwrapped(field(call, "function") or call)
        root_node = self._callees.root(function)
        binding = self._scopes.binding(root_node) if root_node.type == "identifier" else None
        if binding is not None and imported_from(binding) in _OF_THIS_MACHINE:
            return True
        if function.type == "identifier":
            return text(function) in _GOES_TO
        made = self._callees.made(function)
        if made is not None and self._callees.is_mention(made):
            return True
        root = text(root_node).rpartition(b".")[2]
        method = text_of(function, "property")
        if root in _PAGES or method in _GOES_TO:
            return True
        given = items(field(call, "arguments") or call)
        routes = method in _ROUTES and any(unwrapped(n).type in FUNCTIONS for n in given[1:])
        return routes or (method in _ROUTES and _SERVERS.fullmatch(root) is not None)

    def _may_ask(self, call: Node) -> bool:
        """Whether a call that a path is lost in may ask OpenAI: a relative URL asks this server."""
        if call.type != "call_expression":
            return True
        transport = self._callees.transport(called(call))
        sending = self._sendings.of(call, transport)
        if sending is None or sending.url is None:
            return True
        texts = self._resolver.value(sending.url).texts
        if any(known.startswith(HOLE) or "://" in known for known in texts):
            return True
        if transport.is_fetch or transport is Transport.UNDICI_REQUEST:
            return False
        made = sending.made is not None and sending.base is None
        return made or any(word in self._tree.data for word in _BASE_ELSEWHERE)

    def _asks_another(self, call: Node) -> bool:
        """Whether what is called certainly asks another host."""
        function = field(call, "function") or field(call, "constructor") or call
        given = items(field(call, "arguments") or call)
        own = self._resolver.function_behind(function) if call.type == "call_expression" else None
        if own is not None:
            values = self._resolver.arguments(own, given)
            urls = [
                self._resolver.substituted(sending.url, values)
                for node in self._tree.calls
                if is_inside(node, own)
                and node.type == "call_expression"
                and (sending := self._sendings.of(node, self._callees.transport(called(node))))
                and sending.url is not None
            ]
            texts = [known for value in urls for known in value.texts]
            if texts and not any(map(self._may_be, texts)):
                return True
        return self._is_made_for_another(function)

    def _is_made_for_another(self, function: Node) -> bool:
        """Whether what made the client, or its class, names other hosts and not OpenAI's."""
        made = self._callees.made(function)
        if made is None:
            return False
        parts = [made]
        name = field(made, "constructor") or field(made, "function")
        root = None if name is None else self._callees.root(unwrapped(name))
        binding = self._scopes.binding(root) if root is not None else None
        if binding is not None and binding.kind in (Kind.CLASS, Kind.FUNCTION):
            parts.append(binding.declarator)
        hosts = [host.lower() for part in parts for host in self._hosts_in(part)]
        if _HOST.encode() in hosts or b"openai" in text(made).lower():
            return False
        module = None if binding is None else imported_from(binding)
        known = self._callees.transport(function).is_known
        if module is not None and not known and not is_own_module(module):
            # The client of a service that has a package.
            return True
        return any(map(_is_another, hosts))

    def _hosts_in(self, part: Node) -> Iterator[bytes]:
        for node in descendants(part):
            if node.type in ("string", "template_string"):
                yield from _URL.findall(text(node))
            elif node.type in ("identifier", "member_expression"):
                for known in self._resolver.value(node).texts:
                    yield from _URL.findall(known.encode())

    def _shown(self, _parent: Node) -> Iterator[End]:
        """Nothing: in an element a path is one of the site's own pages."""
        yield from ()


def _is_in_front(known: str) -> bool:
    """Whether a part may stand in front of a dead path's segments: a host, the version."""
    return HOLE in known or "openai" in known or known in ("", "v1", "https:", "https")


def _is_another(host: bytes) -> bool:
    own = host.endswith(_NO_API) or host in _DOCUMENTS
    return not own and b"." in host
