"""Dead paths without their host that no call was found for, in a file that names OpenAI's host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import libcst as cst

from callmend.endpoints import Endpoint, Match, Status, catalogue, match_url
from callmend.languages.python.find import Request
from callmend.languages.python.functions import arguments_of, function_called
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition, parameters
from callmend.languages.python.sdk import Owner, owner_of
from callmend.languages.python.strays import HOST, End, Flow, Path, Stray, Strays, name_called
from callmend.languages.python.texts import HOLE
from callmend.languages.python.tree import dotted

#: A setting of OpenAI's host, but not of Azure's.
_SETTING = re.compile(rb"(?<![A-Za-z_])OPENAI_(?:API_)?(?:BASE|ENDPOINT|HOST|ORIGIN|URL)")
_URL = re.compile(r"(?:https?|wss?)://([A-Za-z0-9.-]+)")
#: Hosts that are named beside any API: this machine, and places in documents.
_NO_API = ("localhost", "127.0.0.1", "0.0.0.0", "openai.com", "github.com")  # noqa: S104
_DOCUMENTS = frozenset({"example.com", "example.org", "example.net", "example"})
#: With what the segments of a dead path start.
_SEGMENTS = frozenset(row.path.split("/")[2] for row in catalogue() if row.path)
_START_OF_PATH = re.compile(r"/*(?:v\d+/+)?([^/?#]*)")
#: What a server's own paths are declared on.
_SERVERS = re.compile(r"(?:\w*_)?(?:app|blueprint|bp|mux|router?s?|server|web)")
#: What declares a path of this server, or goes to one.
_OWN = frozenset(
    {
        "APIRoute", "HttpResponseRedirect", "Mount", "RedirectResponse", "Route", "add_api_route",
        "add_get", "add_post", "add_resource", "add_route", "add_url_rule", "include", "path",
        "re_path", "redirect", "reverse", "route", "test_request_context", "url", "url_for",
    }
)  # fmt: skip
_ROUTES = frozenset({"add", "all", "delete", "get", "patch", "post", "put", "request"})
#: What makes a client of the server under test.
_UNDER_TEST = ("APIClient", "ASGITransport", "TestClient", "WSGITransport", "test_client")


class LostPaths(Strays):
    """Finds the dead paths of one file that neither its requests nor its whole URLs account for.

    A path alone may be the project's own route, or another service's. It is told only in a file
    that names OpenAI's host, or where OpenAI's own client is given it, and it goes somewhere that
    this analysis does not see through.
    """

    def __init__(
        self, program: Program, requests: Iterable[Request], urls: Iterable[Stray]
    ) -> None:
        super().__init__(program, requests)
        for stray in urls:
            self._accounted.add(stray.node)
            if isinstance(stray.node, cst.BaseExpression):
                self._accounted |= program.resolver.reached(stray.node)

    def found(self) -> list[Stray]:
        """The strays, in source order."""
        told = super().found()
        return told if self._names_openai else [each for each in told if self._is_sdk(each.lost)]

    # the file

    @cached_property
    def _hosts(self) -> frozenset[str]:
        """The hosts that the file's texts name, in lower case."""
        texts = [node.value for node in self._tree.every(cst.SimpleString)]
        texts += [n.value for n in self._tree.every(cst.FormattedStringText)]
        found = {host.lower() for text in texts for host in _URL.findall(text)}
        return frozenset(found | {HOST for text in texts if HOST in text})

    @cached_property
    def _names_openai(self) -> bool:
        return HOST in self._hosts or _SETTING.search(self._program.source.data) is not None

    @cached_property
    def _names_others(self) -> bool:
        return any(map(_is_another, self._hosts))

    def _is_sdk(self, call: cst.CSTNode | None) -> bool:
        """Whether a call is one of OpenAI's own client: `client.post(path, cast_to=...)`."""
        func = call.func if isinstance(call, cst.Call) else None
        if isinstance(call, cst.Call) and any(
            dotted(a.keyword or a) == "cast_to" for a in call.args
        ):
            return True
        client = func.value if isinstance(func, cst.Attribute) else None
        while client is not None:
            if owner_of(self._program, client) is Owner.OPENAI:
                return True
            client = client.value if isinstance(client, cst.Attribute) else None
        return False

    # what is a path

    def _may_be_url(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.SimpleString):
            value = node.evaluated_value
            return isinstance(value, str) and self._endpoint(value) is not None
        return not isinstance(node, cst.Call)

    def _matched(self, node: cst.BaseExpression) -> Endpoint | None:
        endpoints = map(self._endpoint, self._program.resolver.value(node).texts)
        endpoint = next((each for each in endpoints if each is not None), None)
        if endpoint is None or endpoint.status is Status.RETIRED or endpoint.method == "GET":
            return None
        return None if self._names_others and not endpoint.unresolved else endpoint

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
            found = match_url(f"https://{HOST}{start}/{path.lstrip('/')}", HOLE, "POST")
            if found is not None and found[1] is Match.CERTAIN:
                return found[0]
        return None

    # where it goes

    def _longer(self, around: cst.CSTNode) -> Iterator[Flow | End]:
        text = self._text_around(around)
        if text is not None and text not in self._accounted:
            if any(map(self._may_be, self._program.resolver.value(text).texts)):
                yield Flow(text)

    def _may_be(self, known: str) -> bool:
        """Whether a text may be the dead URL: behind OpenAI's host, or one that is not known."""
        if not known.strip(HOLE):
            return True
        if "://" not in known:
            return self._endpoint(known) is not None
        behind = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", known)
        host = re.split(r"[/?#]", behind)[0].lower()
        return HOST.startswith(host.partition(HOLE)[0]) if HOLE in host else host == HOST

    def _given(self, arg: cst.Arg, path: Path) -> Iterator[Flow | End]:
        call = self._tree.parent(arg)
        if not isinstance(call, cst.Call) or self._is_own(call) or self._asks_another(call):
            return
        function = function_called(self._program, call)
        if function is None or path:
            yield from super()._given(arg, path)
            return
        given = arguments_of(function, call)
        for param in parameters(function):
            if given.get(param.name.value) is arg.value:
                yield from self._named(Definition(param.name.value, param, None), path)

    def _is_own(self, call: cst.Call) -> bool:
        """Whether a call declares a path of this server, asks it, or goes to a page of it."""
        if isinstance(self._tree.parent(call), cst.Decorator) or name_called(call) in _OWN:
            return True
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value not in _ROUTES:
            return False
        receiver = call.func.value
        if _SERVERS.fullmatch(dotted(receiver).rpartition(".")[2]) is not None:
            return True
        return self._is_of_a_test(call) or self._is_under_test(receiver)

    def _is_of_a_test(self, call: cst.Call) -> bool:
        """Whether a test is given what it asks by its framework: the server under test."""
        function = self._tree.function_of(call)
        if not isinstance(function, cst.FunctionDef) or not function.name.value.startswith("test"):
            return False
        root = dotted(call.func).split(".")[0]
        return any(param.name.value == root for param in parameters(function))

    def _is_under_test(self, receiver: cst.BaseExpression) -> bool:
        made = [each.value for each in self._program.resolver.definitions(receiver)]
        return any(
            name in self._tree.source(value)
            for value in made
            if isinstance(value, cst.Call)
            for name in _UNDER_TEST
        )

    def _asks_another(self, call: cst.Call) -> bool:
        """Whether a client certainly asks another host by a call."""
        client = self._program.clients.of(call)
        addressed = None if client is None else self._program.finder.addressed(call, client)
        return addressed is not None and not any(map(self._may_be, addressed[1].texts))


def _is_another(host: str) -> bool:
    own = host.endswith(_NO_API) or host in _DOCUMENTS
    return not own and "." in host
