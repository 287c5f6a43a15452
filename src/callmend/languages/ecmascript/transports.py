"""What a call does with a URL: which function sends it, and which only mention it."""

from __future__ import annotations

from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.tree import ancestors_of, field, items, key_name, text, unwrapped
from callmend.languages.ecmascript.values import text_of

#: Packages that export the platform's fetch by contract: as their default, and as `fetch`.
_FETCH_PACKAGES = frozenset({"node-fetch", "cross-fetch", "isomorphic-fetch"})
#: Those that export it as `fetch` only.
_FETCH_AMONG_OTHERS = frozenset({"undici"})
_FETCH_OWNERS = frozenset({b"window", b"globalThis", b"self", b"global"})
#: What names a URL without requesting it: logs, assertions and test doubles.
_MENTIONS = frozenset(
    {
        b"assert",
        b"chai",
        b"console",
        b"cy",
        b"describe",
        b"expect",
        b"fetchMock",
        b"it",
        b"jest",
        b"log",
        b"logger",
        b"mock",
        b"nock",
        b"sinon",
        b"test",
        b"vi",
    }
)
#: Names of a test double's handlers that may as well be a client's: those of this package only.
_HANDLERS = frozenset({b"http", b"rest"})
_HANDLERS_PACKAGE = "msw"
#: What a browser under test is told to expect.
_PAGE_METHODS = frozenset({b"route", b"unroute", b"waitForRequest", b"waitForResponse"})
_LOGS = frozenset({b"console", b"log", b"logger"})
#: Methods that look for a text in another, or for a value in a list.
_QUESTIONS = frozenset(
    {
        b"endsWith",
        b"equals",
        b"has",
        b"includes",
        b"indexOf",
        b"lastIndexOf",
        b"localeCompare",
        b"match",
        b"search",
        b"startsWith",
        b"test",
    }
)
_CHAIN = frozenset({"member_expression", "call_expression", "subscript_expression"})


class Transport(Enum):
    """What sends the request."""

    FETCH = "fetch"
    SHADOWED_FETCH = "shadowed-fetch"
    OTHER = "other"


class Callees:
    """Reads the called functions of one file."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._roots: dict[int, Node] = {}

    def root(self, function: Node) -> Node:
        """What a chain of members and calls starts with: `a` of `a.b(c).d`."""
        passed: list[Node] = []
        node = function
        while node.type in _CHAIN and node.id not in self._roots:
            inner = field(node, "object") or field(node, "function")
            if inner is None:
                break
            passed.append(node)
            node = unwrapped(inner)
        node = self._roots.get(node.id, node)
        # Chains are asked for at each of their calls, so what is known is kept.
        self._roots.update((each.id, node) for each in passed)
        return node

    def is_mention(self, call: Node) -> bool:
        """Whether a call or a `new` only names what it is given, and requests nothing."""
        function = unwrapped(field(call, "function") or field(call, "constructor") or call)
        if call.type == "new_expression":
            return text_of(call, "constructor").endswith((b"Error", b"Exception"))
        if function.type == "import":
            return True
        if function.type == "member_expression":
            method, owner = text_of(function, "property"), field(function, "object")
            if method in _QUESTIONS or (owner is not None and _last_name(owner) in _LOGS):
                return True
            if method in _PAGE_METHODS and owner is not None and text(owner) == b"page":
                return True
        root = self.root(function)
        if text(root) in _HANDLERS:
            binding = self._scopes.binding(root)
            module = None if binding is None else imported_from(binding)
            return module is not None and module.split("/")[0] == _HANDLERS_PACKAGE
        return text(root) in _MENTIONS

    def transport(self, function: Node) -> Transport:
        """What a called function is."""
        function = unwrapped(function)
        if function.type == "identifier" and text(function) == b"fetch":
            binding = self._scopes.binding(function)
            if binding is None or _is_platform_fetch(binding):
                return Transport.FETCH
            return Transport.SHADOWED_FETCH
        if function.type == "member_expression":
            owner = field(function, "object")
            if owner is not None and text_of(function, "property") == b"fetch":
                if text(owner) in _FETCH_OWNERS and self._scopes.binding(owner) is None:
                    return Transport.FETCH
        return Transport.OTHER


def _last_name(node: Node) -> bytes:
    node = unwrapped(node)
    return text_of(node, "property") if node.type == "member_expression" else text(node)


def imported_from(binding: Binding) -> str | None:
    """The module that a name is imported or required from."""
    module: Node | None = None
    if binding.kind is Kind.IMPORT:
        nodes = (binding.declarator, *ancestors_of(binding.declarator))
        statement = next((n for n in nodes if n.type == "import_statement"), None)
        module = field(statement, "source")
    elif binding.declarator.type == "variable_declarator":
        module = _required(field(binding.declarator, "value"))[0]
    return None if module is None else text(module)[1:-1].decode("utf-8", "replace")


def _required(value: Node | None) -> tuple[Node | None, bytes]:
    """The module of `require('m')` or `await import('m')`, and the member that is read from it."""
    member = b""
    while value is not None:
        value = unwrapped(value)
        if value.type == "member_expression":
            member, value = text_of(value, "property"), field(value, "object")
        elif value.type == "await_expression":
            value = items(value)[0] if items(value) else None
        elif value.type == "call_expression" and text_of(value, "function") in (
            b"require",
            b"import",
        ):
            given = items(field(value, "arguments") or value)
            return (given[0] if len(given) == 1 and given[0].type == "string" else None), member
        else:
            break
    return None, member


def _is_platform_fetch(binding: Binding) -> bool:
    """`import fetch from 'node-fetch'`, `const { fetch } = require('undici')` and the like."""
    module = imported_from(binding)
    name = _imported_name(binding)
    if module in _FETCH_AMONG_OTHERS:
        return name == b"fetch"
    return module in _FETCH_PACKAGES and name in (b"", b"default", b"fetch")


def _imported_name(binding: Binding) -> bytes:
    """The export that a name stands for; empty for the module's default, or the module itself."""
    declarator = binding.declarator
    if binding.kind is Kind.IMPORT:
        return text_of(declarator, "name") if declarator.type == "import_specifier" else b""
    pattern = field(declarator, "name")
    if pattern is None or pattern == binding.name_node:
        return _required(field(declarator, "value"))[1]
    for part in items(pattern):
        value = field(part, "value") if part.type == "pair_pattern" else part
        if value == binding.name_node:
            return key_name(part) or b"?"
    return b"?"
