"""Finding call sites in Python: every call whose URL may be that of a dead endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property

import libcst as cst

from callmend.endpoints import Endpoint, Match, is_behind_unknown, match_url
from callmend.languages.python.clients import Client, Clients, Library
from callmend.languages.python.flow import Flow
from callmend.languages.python.scopes import Definition, Scopes
from callmend.languages.python.texts import HOLE
from callmend.languages.python.tree import Tree, dotted
from callmend.languages.python.values import Resolver, Value
from callmend.records import record


class Certainty(Enum):
    """How surely a call goes to a dead endpoint.

    ``DEFAULT_HOST``: the base of the URL is a setting, and OpenAI's host is the file's own default
    for it.
    """

    CERTAIN = "certain"
    DEFAULT_HOST = "default-host"
    SOMETIMES = "sometimes"
    HOST_UNKNOWN = "host-unknown"


@record(frozen=True, slots=True)
class Request:
    """One call of a dead endpoint.

    ``url`` is the argument that names it, ``client`` None where what sends it is not known.
    ``constants`` are the definitions through which the URL was found. ``loop`` is the one that
    tries the URLs of a list in turn.
    """

    endpoint: Endpoint
    certainty: Certainty
    call: cst.Call
    url: cst.BaseExpression
    client: Client | None
    constants: tuple[Definition, ...]
    loop: cst.For | None = None


#: What takes a URL and sends nothing.
_HARMLESS = frozenset(
    {
        "dict",
        "format",
        "isinstance",
        "len",
        "print",
        "re.compile",
        "re.match",
        "repr",
        "str",
        "string.Template",
        "urljoin",
    }
)
_HARMLESS_METHODS = frozenset(
    {
        "append", "critical", "debug", "endswith", "error", "exception", "format", "info", "join",
        "log", "replace", "rstrip", "split", "startswith", "strip", "warning", "write", "get",
        "encode", "add", "update", "setdefault", "count", "find", "index", "removeprefix",
    }
)  # fmt: skip


#: What calls a host OpenAI's, but not Azure's.
_NAMED = re.compile(r"(?<!azure)(?<!azure_)openai", re.IGNORECASE)
_MOST_SHOWN = 300
#: A method that sends what it is given, by its name: `_request`, `api_post`, `post_json`.
_WRAPPERS = re.compile(r"_(?:fetch|post|request|send)|(?:fetch|post|request|send)_")


class Finder:
    """Finds the requests of one file."""

    def __init__(self, tree: Tree, scopes: Scopes, flow: Flow, resolver: Resolver) -> None:
        self._tree = tree
        self._scopes = scopes
        self._flow = flow
        self._resolver = resolver
        self.clients = Clients(flow, resolver)

    def requests(self) -> list[Request]:
        """Every call that sends to a dead endpoint, in the order of the file."""
        calls = self._tree.every(cst.Call)
        found = [request for call in calls for request in self._in(call)]
        # `urlopen(Request(url))`: the inner call names the URL, and is the request.
        return sorted(found, key=lambda request: self._tree.chars(request.call))

    def _in(self, call: cst.Call) -> Iterator[Request]:
        client = self.clients.of(call)
        if client is None:
            yield from self._unknown(call)
            return
        addressed = self.addressed(call, client)
        known = None
        if addressed is not None:
            named = self._names_openai(client, *addressed)
            known = self.matched(addressed[1].texts, named=named)
        if addressed is not None and known is None and self._is_handed_in(client):
            paths = [text for text in addressed[1].texts if text.lstrip("/") != text]
            known = self.matched(tuple(HOLE + path for path in paths))
        if addressed is not None and known is not None:
            url, value = addressed
            yield Request(*known, call, url, client, value.constants, self._loop(url))

    def _names_openai(self, client: Client, url: cst.BaseExpression, value: Value) -> bool:
        """Whether the code calls a host that is not known OpenAI's: `OPENAI_BASE_URL`."""
        bases = [url, self.clients.base_url(client), *(each.value for each in value.constants)]
        return any(
            _NAMED.search(self._tree.source(node)[:_MOST_SHOWN])
            for node in bases
            if node is not None
        )

    def _loop(self, url: cst.BaseExpression) -> cst.For | None:
        """The loop whose name is the URL, one of a list of the file."""
        found = self._resolver.definitions(url) if isinstance(url, cst.Name) else []
        node = found[0].node if len(found) == 1 else None
        return node if isinstance(node, cst.For) and self._resolver.tried(node) else None

    def _is_handed_in(self, client: Client) -> bool:
        """Whether a client's base is not seen, in a file that names OpenAI's host."""
        if client.function or client.maker is not None:
            return False
        return self._names_host

    @cached_property
    def _names_host(self) -> bool:
        """Whether the file names OpenAI's host."""
        strings = self._tree.every(cst.SimpleString)
        return any("//api.openai.com" in node.value for node in strings)

    def addressed(
        self,
        call: cst.Call,
        client: Client,
        given: Mapping[Definition, tuple[str, ...]] | None = None,
    ) -> tuple[cst.BaseExpression, Value] | None:
        """The argument of a client's call that is the URL, and the texts that it may stand for.

        ``given`` are the texts of parameters, where they are known.
        """
        url = url_of(call, client)
        if url is None:
            return None
        value = self._resolver.value(url, given)
        base = self.clients.base_url(client)
        if base is None:
            return url, value
        bases = self._resolver.value(base)
        # A client that is handed in has a base of its own.
        every = (*bases.texts, HOLE) if client.given else bases.texts
        texts = tuple(_based(b, t, client) for b in every for t in value.texts)
        return url, Value(texts, (*value.constants, *bases.constants))

    def match(
        self, call: cst.Call, client: Client, given: Mapping[Definition, tuple[str, ...]]
    ) -> tuple[Endpoint, Certainty] | None:
        """The endpoint that a client's call names where its function is given these texts."""
        addressed = self.addressed(call, client, given)
        return None if addressed is None else self.matched(addressed[1].texts)

    def matched(
        self, texts: tuple[str, ...], *, named: bool = False
    ) -> tuple[Endpoint, Certainty] | None:
        """The endpoint that a URL's texts name, if any of them does, and how surely.

        ``named`` tells that the code calls a host that is not known OpenAI's.
        """
        matches = [match_url(text, HOLE, named=named) for text in texts]
        found = [match for match in matches if match is not None]
        if not found:
            return None
        certain = [endpoint for endpoint, match in found if match is Match.CERTAIN]
        endpoint = certain[0] if certain else found[0][0]
        alike = all(each.starts_a_run for each in certain)
        known = [(each, Match.CERTAIN) for each in (certain if alike else certain[:1])]
        others = [t for t, match in zip(texts, matches, strict=True) if match not in known]
        if certain and others and all(is_behind_unknown(text, HOLE, certain) for text in others):
            return endpoint, Certainty.DEFAULT_HOST
        unknown = any(not text.strip(HOLE) for text in texts)
        if unknown or any(match is Match.HOST_UNKNOWN for _, match in found):
            return endpoint, Certainty.HOST_UNKNOWN
        return endpoint, Certainty.SOMETIMES if others else Certainty.CERTAIN

    def _unknown(self, call: cst.Call) -> Iterator[Request]:
        """A dead URL given to a function that is no client of ours."""
        if self.clients.is_double(call) or self._is_harmless(call):
            return
        host = self.clients.connected(call)
        if host is not None and len(call.args) > 1:
            # `http.client`: the host was given before, the path is given here.
            path = call.args[1].value
            texts = self._resolver.value(path).texts
            hosts = self._resolver.value(host).texts
            known = self.matched(tuple(f"https://{h}{t}" for h in hosts for t in texts))
            if known is not None:
                yield Request(*known, call, path, None, ())
            return
        for arg in call.args:
            if not isinstance(
                arg.value,
                (
                    cst.SimpleString,
                    cst.FormattedString,
                    cst.ConcatenatedString,
                    cst.Name,
                    cst.Attribute,
                    cst.BinaryOperation,
                    cst.Subscript,
                ),
            ):
                continue
            if isinstance(arg.value, (cst.Name, cst.Attribute)) and not self._resolver.definitions(
                arg.value
            ):
                continue
            value = self._resolver.value(arg.value)
            known = self.matched(value.texts)
            handed = known is None and self._is_wrapper(call)
            if handed:
                behind = tuple(f"{HOLE}/{text.lstrip('/')}" for text in value.texts)
                known = self.matched(behind, named=True)
            if known is None:
                continue
            endpoint, certainty = known
            if certainty is Certainty.CERTAIN or handed or self._sends(call):
                yield Request(endpoint, certainty, call, arg.value, None, value.constants)
                return

    def _is_wrapper(self, call: cst.Call) -> bool:
        """Whether another file's function is called by whose name it sends to OpenAI's host."""
        if isinstance(self._tree.parent(call), cst.Decorator) or self._is_own(call.func):
            return False
        name = f"{self._scopes.imported(call.func)}.{dotted(call.func)}".lower()
        if "openai" in name:
            return True
        last = name.rsplit(".", 1)[-1]
        known = _WRAPPERS.search(last) if isinstance(call.func, cst.Attribute) else "post" in last
        return self._names_host and bool(known)

    def _is_own(self, function: cst.BaseExpression) -> bool:
        """Whether a function or method is one of this file, which is looked into elsewhere."""
        name, scope = dotted(function), self._scopes.scope_of
        first, _, rest = name.partition(".")
        if first in ("self", "cls"):
            owner = self._tree.around(function, cst.ClassDef)
            return owner is not None and rest in self._scopes.bound(owner)
        found = scope(first, function)
        nodes = [] if found is None else self._scopes.bound(found)[first]
        return any(isinstance(each.node, (cst.FunctionDef, cst.ClassDef)) for each in nodes)

    def _is_harmless(self, call: cst.Call) -> bool:
        name = self._scopes.imported(call.func) or dotted(call.func)
        if isinstance(self._tree.parent(call), cst.Raise):
            return True
        if name in _HARMLESS or name.endswith(("urljoin", "getenv")):
            return True
        if isinstance(call.func, cst.Attribute):
            method = call.func.attr.value
            if method == "get":
                # A GET of the dead endpoint, or `os.environ.get(name, default)`.
                return not self._asks_for_a_run(call)
            return method in _HARMLESS_METHODS
        return name.endswith(("URL", "Field", "config")) or self._is_class(call)

    def _asks_for_a_run(self, call: cst.Call) -> bool:
        """Whether a call's first argument is the URL of a run that never was."""
        first = call.args[0].value if call.args else None
        known = None if first is None else self.matched(self._resolver.value(first).texts)
        return known is not None and known[0].part and known[0].method == "GET"

    def _is_class(self, call: cst.Call) -> bool:
        """Whether a class is made, by the convention for names: it may keep the URL."""
        name = dotted(call.func).rsplit(".", 1)[-1]
        return bool(name) and name[0].isupper() and name.endswith(("Settings", "Config"))

    def _sends(self, call: cst.Call) -> bool:
        return isinstance(call.func, cst.Attribute) and call.func.attr.value in ("post", "request")


def url_of(call: cst.Call, client: Client) -> cst.BaseExpression | None:
    """The argument of a client's call that is the URL."""
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in ("url", "str_or_url", "fullurl"):
            return arg.value
    plain = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    position = 1 if client.is_told_the_method else 0
    if len(plain) <= position:
        return None
    url = plain[position]
    if client.library is Library.URLLIB and client.method == "urlopen":
        # `urlopen(request)`: the Request is the call that names the URL.
        if isinstance(url, cst.Call) or not isinstance(
            url, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
        ):
            return None
    return url


def _based(base: str, path: str, client: Client) -> str:
    """What a client makes of its base and a path: httpx appends, an absolute URL goes alone."""
    if "://" in path:
        return path
    del client
    return base.rstrip("/") + "/" + path.lstrip("/")
