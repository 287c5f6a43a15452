"""Dead paths that are given to the methods of OpenAI's client that take any path."""

from __future__ import annotations

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, Status, match_url
from callmend.languages.ecmascript.assistants.client import Clients
from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.invented import certainty_of
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.paths import Paths
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sendings import option
from callmend.languages.ecmascript.tree import called, field, items, unwrapped
from callmend.languages.ecmascript.values import HOLE

# https://github.com/openai/openai-node: `client.post('/some/path', { body })`, undocumented
# endpoints; in front of the path stands the client's base, which ends in the version.
_BASE = "https://api.openai.com/v1"
_METHODS = frozenset({b"post", b"request"})
_PATHS = frozenset({b"path"})


def requests_by_path(program: Program) -> list[Request]:
    """Every `client.post(path)` with a dead path, on a client that may be OpenAI's."""
    if b"workflows" not in program.source.data and b"agents" not in program.source.data:
        return []
    clients, paths = Clients(program), Paths(program.scopes, program.resolver)
    found = []
    for call in program.tree.calls:
        function = called(call)
        owner = field(function, "object")
        given = items(field(call, "arguments") or call)
        if text_of(function, "property") not in _METHODS or owner is None or not given:
            continue
        path = _path(given[0])
        endpoint = None if path is None else _endpoint(program, path)
        if endpoint is None or path is None:
            continue
        client = clients.of(owner)
        certainty = certainty_of(program, client, unwrapped(owner))
        if certainty is not None:
            known, parts = program.resolver.value(path), paths.parts(path, endpoint)
            found.append(
                Request(
                    endpoint,
                    certainty,
                    Transport.SDK_POST if path is given[0] else Transport.OTHER,
                    call,
                    path,
                    known.constants,
                    known.nodes,
                    parts.id,
                    parts.text,
                    client=client.shown if client.module else "",
                )
            )
    return found


def _path(given: Node) -> Node | None:
    """The path of `client.post(path)` and of `client.request({ path })`."""
    options = unwrapped(given)
    return option(options, _PATHS) if options.type == "object" else given


def _endpoint(program: Program, path: Node) -> Endpoint | None:
    for known in program.resolver.value(path).texts:
        if known.startswith(HOLE) or "://" in known:
            continue
        behind = "/" + known.lstrip("/").removeprefix("v1/")
        found = match_url(_BASE + behind, HOLE, "POST")
        if found is not None and found[1] is Match.CERTAIN:
            return None if found[0].status is Status.RETIRED else found[0]
    return None
