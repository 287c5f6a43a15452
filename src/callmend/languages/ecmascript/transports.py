"""What a call does with a URL: which function sends it, and which only mention it."""

from __future__ import annotations

from enum import Enum

from tree_sitter import Node

from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.given_fetch import is_events_fetch, is_given_fetch
from callmend.languages.ecmascript.loaded import choices, required
from callmend.languages.ecmascript.members import text_of
from callmend.languages.ecmascript.scopes import Binding, Kind, Scopes
from callmend.languages.ecmascript.sources import Sources
from callmend.languages.ecmascript.tree import ancestors_of, field, items, key_name, text, unwrapped
from callmend.languages.modules import package_of

#: Packages that export the platform's fetch by contract: as their default, and as `fetch`.
FETCH_PACKAGES = frozenset({"node-fetch", "cross-fetch", "isomorphic-fetch"})
_UNDICI = "undici"
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
#: What answers the program's own client with an object: `NextResponse.json({ url })`.
_ANSWERS = frozenset({b"NextResponse", b"Response"})
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
    """What sends the request.

    ``HELPER`` is a function of the same file that sends what it is given, ``WRAPPER`` one that is
    imported from the project's other files, ``SDK`` a method of OpenAI's SDK that never was,
    ``SDK_POST`` its `post`, which takes any path.
    ``REQUEST_OBJECT`` is a `new Request(...)`, which something else sends.
    """

    FETCH = "fetch"
    NODE_FETCH = "node-fetch"
    UNDICI_FETCH = "undici-fetch"
    UNDICI_REQUEST = "undici-request"
    AXIOS = "axios"
    KY = "ky"
    GOT = "got"
    OFETCH = "ofetch"
    WEBSOCKET = "websocket"
    SDK = "sdk"
    SDK_POST = "sdk-post"
    HELPER = "helper"
    WRAPPER = "wrapper"
    REQUEST_OBJECT = "request-object"
    SHADOWED_FETCH = "shadowed-fetch"
    OTHER = "other"

    @property
    def is_fetch(self) -> bool:
        """Whether it is the platform's fetch, or one with the same contract."""
        return self in (Transport.FETCH, Transport.NODE_FETCH, Transport.UNDICI_FETCH)

    @property
    def is_client(self) -> bool:
        """Whether it is the client of a package, which throws on an HTTP error by itself."""
        return self in _CLIENTS.values()

    @property
    def is_known(self) -> bool:
        """Whether it is known where its URL is among what it is given."""
        return self.is_fetch or self in _CLIENTS.values() or self in _KNOWN


#: Packages whose default export is a client, and a function that sends a request itself.
_CLIENTS = {"axios": Transport.AXIOS, "ky": Transport.KY, "got": Transport.GOT}
_UNDICI_EXPORTS = {b"fetch": Transport.UNDICI_FETCH, b"request": Transport.UNDICI_REQUEST}
_KNOWN = (Transport.UNDICI_REQUEST, Transport.WEBSOCKET)
#: What waits for a value of an Observable.
_OBSERVERS = frozenset({b"firstValueFrom", b"lastValueFrom"})
#: Methods that make a client of its own.
_MAKERS = frozenset({b"create", b"extend"})
_MOST_STEPS = 8


class Callees:
    """Reads the called functions of one file."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._sources = Sources(scopes)
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
        if self._is_an_answer(call, function, root):
            return True
        if text(root) in _HANDLERS:
            binding = self._scopes.binding(root)
            module = None if binding is None else imported_from(binding)
            return module is not None and module.split("/")[0] == _HANDLERS_PACKAGE
        return text(root) in _MENTIONS

    def _is_an_answer(self, call: Node, function: Node, root: Node) -> bool:
        """Whether a call is `res.json({...})`: a handler answers its client, and tells the URL."""
        if function.type != "member_expression" or text_of(function, "property") != b"json":
            return False
        arguments = field(call, "arguments")
        given = [] if arguments is None else items(arguments)
        if not given or unwrapped(given[0]).type != "object":
            return False
        binding = self._scopes.binding(root)
        if text(root) in _ANSWERS:
            return binding is None or imported_from(binding) is not None
        return binding is not None and binding.kind is Kind.PARAMETER

    def transport(self, function: Node) -> Transport:
        """What a called function is."""
        around = function.parent
        function = unwrapped(function)
        if around is not None and around.type == "new_expression":
            if text(function) == b"WebSocket" and self._is_websocket(function):
                return Transport.WEBSOCKET
            plain = text(function) == b"Request" and self._scopes.binding(function) is None
            return Transport.REQUEST_OBJECT if plain else Transport.OTHER
        if function.type == "identifier":
            return self._named(function)
        if function.type != "member_expression":
            return Transport.OTHER
        owner = field(function, "object")
        if owner is None:
            return Transport.OTHER
        of_undici = self._of_undici(unwrapped(owner), text_of(function, "property"))
        if of_undici is not None:
            return of_undici
        if text_of(function, "property") == b"fetch":
            if text(owner) in _FETCH_OWNERS and self._scopes.binding(owner) is None:
                return Transport.FETCH
            if owner.type == "identifier" and is_events_fetch(owner, self._scopes.binding(owner)):
                return Transport.FETCH
        if around is not None and self.observer(around) is not None:
            return Transport.AXIOS
        client = self._client(unwrapped(owner), 0)
        return self._elsewhere(self.root(function)) if client is None else client

    def observer(self, call: Node) -> Node | None:
        """The call of rxjs that waits for what a call of Nest's `HttpService` gives.

        `firstValueFrom(this.http.post(...))`, whose value is axios' response.
        """
        function = field(call, "function")
        owner = None if function is None else field(function, "object")
        node, arguments = self._scopes.tree.outer(call)
        around = None if arguments is None else arguments.parent
        waits = field(around, "function")
        if owner is None or waits is None or around is None or field(around, "arguments") is None:
            return None
        binding = self._scopes.binding(unwrapped(waits)) if waits.type == "identifier" else None
        if (
            binding is None
            or imported_from(binding) != "rxjs"
            or items(arguments or around) != [node]
        ):
            return None
        named = imported_name(binding) in _OBSERVERS
        return around if named and self._is_http_service(owner) else None

    def made(self, function: Node) -> Node | None:
        """The call that made the client which a function or its owner is: `axios.create(...)`."""
        function = unwrapped(function)
        node: Node | None = function
        if function.type == "member_expression":
            node = field(function, "object")
        for _ in range(_MOST_STEPS):
            if node is None:
                return None
            node = unwrapped(node)
            if node.type in ("call_expression", "new_expression"):
                return node
            node = self._value(node)
        return None

    def _named(self, name: Node) -> Transport:
        binding = self._scopes.binding(name)
        if text(name) == b"fetch" and binding is None:
            return Transport.FETCH
        if text(name) == b"$fetch" and binding is None:
            return Transport.OFETCH  # Nuxt has it without an import
        module = None if binding is None else imported_from(binding)
        if binding is not None and module is not None:
            exported = imported_name(binding)
            if module == "ofetch" and exported in (b"$fetch", b"ofetch"):
                return Transport.OFETCH
            loaded = _fetch_of(module, exported)
            if loaded is not None:
                return loaded
            if module == _UNDICI and exported == b"request" and text(name) != b"fetch":
                return Transport.UNDICI_REQUEST
        if binding is not None and is_given_fetch(name, binding):
            return Transport.FETCH
        chosen = None if binding is None else self._chosen(binding, frozenset())
        if chosen is not None:
            return chosen
        if text(name) == b"fetch":
            return Transport.SHADOWED_FETCH
        client = self._client(name, 0)
        return self._elsewhere(name) if client is None else client

    def _chosen(self, binding: Binding, seen: frozenset[int]) -> Transport | None:
        """The fetch that a name stands for: `globalThis.fetch || require('node-fetch')`.

        Where it may be several, one that does no more than any of them.
        """
        declarator = binding.declarator
        is_plain = declarator.type != "variable_declarator" or (
            field(declarator, "name") == binding.name_node
        )
        if binding.name_node.id in seen or not is_plain:
            return None
        values = [_assigned(write) for write in binding.writes]
        if declarator.type == "function_declaration":
            values.append(declarator)
        elif declarator.type == "variable_declarator":
            values.extend(v for v in (field(declarator, "value"),) if v is not None)
        else:
            return None
        found: set[Transport | None] = set()
        for value in values:
            if value is None:
                return None
            for choice in choices(value):
                if choice.module is not None:
                    module = text(choice.module)[1:-1].decode("utf-8", "replace")
                    found.add(_fetch_of(package_of(module), choice.export))
                else:
                    found.add(self._fetch_by(choice.node, seen | {binding.name_node.id}))
        if not found or None in found:
            return None
        return next((t for t in (Transport.NODE_FETCH, Transport.FETCH) if t in found), found.pop())

    def _fetch_by(self, node: Node, seen: frozenset[int]) -> Transport | None:
        """The fetch that an expression is: the platform's, or another name for one."""
        if node.type == "identifier":
            binding = self._scopes.binding(node)
            if binding is None:
                return Transport.FETCH if text(node) == b"fetch" else None
            module = imported_from(binding)
            if module is not None:
                return _fetch_of(module, imported_name(binding))
            return self._chosen(binding, seen)
        owner = field(node, "object")
        is_platforms = (
            node.type == "member_expression"
            and text_of(node, "property") == b"fetch"
            and owner is not None
            and text(owner) in _FETCH_OWNERS
            and self._scopes.binding(owner) is None
        )
        return Transport.FETCH if is_platforms else None

    def _of_undici(self, owner: Node, name: bytes) -> Transport | None:
        """`undici.request`, where the whole package has that name."""
        binding = self._scopes.binding(owner) if owner.type == "identifier" else None
        if binding is None or binding.writes or imported_from(binding) != _UNDICI:
            return None
        whole = imported_name(binding) in (b"", b"default")
        return _UNDICI_EXPORTS.get(name) if whole else None

    def _client(self, node: Node, depth: int) -> Transport | None:
        """The transport whose client an expression is: its package's own, or one made of it."""
        if depth > _MOST_STEPS:
            return None
        if node.type == "call_expression":
            function = field(node, "function")
            if function is None or text_of(function, "property") not in _MAKERS:
                return None
            owner = field(function, "object")
            return None if owner is None else self._client(unwrapped(owner), depth + 1)
        if node.type == "identifier":
            binding = self._scopes.binding(node)
            if binding is None:
                return Transport.AXIOS if text(node) == b"axios" else None
            module = imported_from(binding)
            if module is not None:
                is_default = imported_name(binding) in (b"", b"default", module.encode())
                return _CLIENTS.get(module) if is_default else None
        if text_of(node, "property") == b"axiosRef":
            return Transport.AXIOS if self._is_http_service(field(node, "object") or node) else None
        value = self._value(node)
        return None if value is None else self._client(unwrapped(value), depth + 1)

    def _is_http_service(self, node: Node) -> bool:
        """Whether a field or a parameter is typed as the `HttpService` of Nest."""
        node = unwrapped(node)
        binding = self._scopes.binding(node) if node.type == "identifier" else None
        declared = field_of_class(node) if binding is None else binding.declarator
        annotation = None if declared is None else field(declared, "type")
        kind = items(annotation)[0] if annotation is not None and items(annotation) else None
        known = None if kind is None else self._scopes.root.bindings.get(text(kind))
        if known is None or imported_from(known) != "@nestjs/axios":
            return False
        return imported_name(known) == b"HttpService"

    def _value(self, node: Node) -> Node | None:
        """What a name or `this.NAME` stands for, if it is set to one thing only."""
        if node.type == "identifier":
            binding = self._scopes.binding(node)
            if binding is None or binding.writes:
                return None
            declarator = binding.declarator
            plain = field(declarator, "name") == binding.name_node
            is_variable = declarator.type == "variable_declarator" and plain
            return field(declarator, "value") if is_variable else None
        fields = self._sources.fields(node)
        return fields[0] if fields is not None and len(fields) == 1 else None

    def _elsewhere(self, root: Node) -> Transport:
        """A function, or what it is a member of, that another file of the project exports."""
        binding = self._scopes.binding(root) if root.type == "identifier" else None
        module = None if binding is None else imported_from(binding)
        own = module is not None and is_own_module(module)
        return Transport.WRAPPER if own else Transport.OTHER

    def _is_websocket(self, name: Node) -> bool:
        binding = self._scopes.binding(name)
        return binding is None or imported_from(binding) == "ws"


def _last_name(node: Node) -> bytes:
    node = unwrapped(node)
    return text_of(node, "property") if node.type == "member_expression" else text(node)


def is_own_module(module: str) -> bool:
    """Whether a module is a file of the project, by its name."""
    return module.startswith((".", "@/", "~", "#", "$lib"))


def _fetch_of(module: str, exported: bytes) -> Transport | None:
    """The transport that a package's export is, where it is a fetch."""
    if module in FETCH_PACKAGES and exported in (b"", b"default", b"fetch"):
        return Transport.NODE_FETCH if module == "node-fetch" else Transport.FETCH
    return Transport.UNDICI_FETCH if module == _UNDICI and exported == b"fetch" else None


def _assigned(write: Node) -> Node | None:
    """What `NAME = value` sets a name to; None where it is set in another way."""
    parent = write.parent
    is_plain = parent is not None and parent.type == "assignment_expression"
    return field(parent, "right") if is_plain and field(parent, "left") == write else None


def imported_from(binding: Binding) -> str | None:
    """The module that a name is imported or required from: a package without its registry."""
    module = module_of(binding)
    return None if module is None else package_of(module)


def module_of(binding: Binding) -> str | None:
    """The module that a name is imported or required from, as the file spells it."""
    module: Node | None = None
    if binding.kind is Kind.IMPORT:
        nodes = (binding.declarator, *ancestors_of(binding.declarator))
        statement = next((n for n in nodes if n.type == "import_statement"), None)
        module = field(statement, "source")
    elif binding.declarator.type == "variable_declarator":
        module = required(field(binding.declarator, "value"))[0]
    return None if module is None else text(module)[1:-1].decode("utf-8", "replace")


def imported_name(binding: Binding) -> bytes:
    """The export that a name stands for; empty for the module's default, or the module itself."""
    declarator = binding.declarator
    if binding.kind is Kind.IMPORT:
        return text_of(declarator, "name") if declarator.type == "import_specifier" else b""
    pattern = field(declarator, "name")
    if pattern is None or pattern == binding.name_node:
        return required(field(declarator, "value"))[1]
    for part in items(pattern):
        value = field(part, "value") if part.type == "pair_pattern" else part
        if value == binding.name_node:
            return key_name(part) or b"?"
    return b"?"
