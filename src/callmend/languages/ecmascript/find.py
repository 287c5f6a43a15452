"""Finding: every call whose URL resolves to an endpoint of the catalogue, and what sends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from callmend.endpoints import Endpoint, Match, match_url
from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.tree import Tree, field, items, text, unwrapped
from callmend.languages.ecmascript.values import HOLE, Resolver, Value

#: Packages whose default or named export `fetch` is the platform's fetch by contract.
_FETCH_PACKAGES = frozenset({"node-fetch", "cross-fetch", "undici", "isomorphic-fetch"})
_FETCH_OWNERS = frozenset({b"window", b"globalThis", b"self", b"global"})
#: What names a URL without requesting it: logs, assertions and test doubles.
_MENTIONS = frozenset(
    {
        "assert",
        "chai",
        "console",
        "cy",
        "describe",
        "expect",
        "fetchMock",
        "http",
        "it",
        "jest",
        "log",
        "logger",
        "mock",
        "nock",
        "page",
        "rest",
        "sinon",
        "test",
        "vi",
    }
)


class Certainty(Enum):
    """How surely a call goes to the endpoint."""

    CERTAIN = "certain"
    HOST_UNKNOWN = "host-unknown"
    SOMETIMES = "sometimes"


class Transport(Enum):
    """What sends the request."""

    FETCH = "fetch"
    SHADOWED_FETCH = "shadowed-fetch"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Request:
    """A call that is given an endpoint's URL.

    ``call`` is the whole call expression, ``url`` the argument that is the URL, ``constants`` the
    declarations that the URL was followed through.
    """

    endpoint: Endpoint
    certainty: Certainty
    transport: Transport
    call: Node
    url: Node
    constants: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ExportedUrl:
    """An endpoint's URL in an exported constant: its calls stand in files that are not read."""

    endpoint: Endpoint
    name: Node


def find_requests(tree: Tree, scopes: Scopes) -> list[Request]:
    """Every call that is given an endpoint's URL, in source order."""
    resolver = Resolver(scopes)
    found = []
    for match in tree.matches("calls"):
        call, function = match["call"][0], match["function"][0]
        if _is_mention(function):
            continue
        for argument in items(match["arguments"][0]):
            request = _request(call, function, argument, resolver, scopes)
            if request is not None:
                found.append(request)
                break
    # `fetch(new URL('...'))` is one request, that of the outer call.
    inside = {r.url.id for r in found}
    kept = [r for r in found if not (r.call.type == "new_expression" and r.call.id in inside)]
    kept = [r for r in kept if not (r.call.type == "new_expression" and _builds_url(r.call))]
    return sorted(kept, key=lambda r: r.call.start_byte)


def _builds_url(call: Node) -> bool:
    constructor = field(call, "constructor")
    return constructor is not None and text(constructor) == b"URL"


def _request(
    call: Node, function: Node, argument: Node, resolver: Resolver, scopes: Scopes
) -> Request | None:
    if argument.type in ("object", "array", "arrow_function", "function_expression"):
        return None
    value = resolver.value(argument)
    matched = classify(value)
    if matched is None:
        return None
    transport = _transport(function, scopes)
    if transport is not Transport.FETCH and matched[1] is not Certainty.CERTAIN:
        return None
    return Request(matched[0], matched[1], transport, call, argument, value.constants)


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


def _is_mention(function: Node) -> bool:
    root = function
    while root.type in ("member_expression", "call_expression", "subscript_expression"):
        root = field(root, "object") or field(root, "function") or root
        if root.type not in ("member_expression", "call_expression", "subscript_expression"):
            break
    return text(root).decode("utf-8", "replace") in _MENTIONS


def _transport(function: Node, scopes: Scopes) -> Transport:
    function = unwrapped(function)
    if function.type == "identifier" and text(function) == b"fetch":
        binding = scopes.binding(function)
        if binding is None or _is_platform_fetch(binding):
            return Transport.FETCH
        return Transport.SHADOWED_FETCH
    if function.type == "member_expression":
        owner, name = field(function, "object"), field(function, "property")
        if owner is not None and name is not None and text(name) == b"fetch":
            if text(owner) in _FETCH_OWNERS and scopes.binding(owner) is None:
                return Transport.FETCH
    return Transport.OTHER


def _is_platform_fetch(binding: Binding) -> bool:
    """`import fetch from 'node-fetch'`, `const fetch = require('node-fetch')` and the like."""
    if binding.kind is Kind.IMPORT:
        statement: Node | None = binding.declarator
        while statement is not None and statement.type != "import_statement":
            statement = statement.parent
        module = field(statement, "source")
    else:
        required = field(binding.declarator, "value")
        if required is None or text(required)[:8] != b"require(":
            return False
        given = items(field(required, "arguments") or required)
        module = given[0] if given else None
    return module is not None and text(module)[1:-1].decode("utf-8", "replace") in _FETCH_PACKAGES


def find_exported_urls(tree: Tree, scopes: Scopes, requests: list[Request]) -> list[ExportedUrl]:
    """Exported constants whose text is an endpoint's URL and that no call of this file uses."""
    resolver = Resolver(scopes)
    used = {id(binding) for request in requests for binding in request.constants}
    found = []
    for binding in scopes.root.bindings.values():
        if id(binding) in used or binding.declarator.type != "variable_declarator":
            continue
        value = field(binding.declarator, "value")
        if value is None or not is_exported(tree, binding):
            continue
        for node in _strings(value):
            matched = classify(resolver.value(node))
            if matched is not None and matched[1] is Certainty.CERTAIN:
                found.append(ExportedUrl(matched[0], node))
                break
    return found


def _strings(value: Node) -> list[Node]:
    """The value itself, or the values of an object literal."""
    value = unwrapped(value)
    if value.type != "object":
        return [value]
    pairs = [field(pair, "value") for pair in items(value) if pair.type == "pair"]
    return [node for node in pairs if node is not None]


def is_exported(tree: Tree, binding: Binding) -> bool:
    """Whether other files can see the name."""
    if any(node.type == "export_statement" for node in tree.ancestors(binding.declarator)):
        return True
    return any(
        (
            (parent := tree.parent(use)) is not None
            and parent.type in ("export_specifier", "export_statement")
        )
        or _is_commonjs_export(tree, use)
        for use in binding.references
    )


def _is_commonjs_export(tree: Tree, use: Node) -> bool:
    """`module.exports = X`, `module.exports = { X }`, `exports.X = X`."""
    for parent in tree.ancestors(use):
        if parent.type == "assignment_expression":
            left = field(parent, "left")
            return left is not None and text(left).startswith((b"module.exports", b"exports."))
        if parent.type not in ("object", "pair"):
            return False
    return False
