"""Which HTTP client sends a request: the call's function, or the session or client behind it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property

import libcst as cst

from callmend.languages.python.app_states import kept_in_state
from callmend.languages.python.callers import CallSites
from callmend.languages.python.doubles import is_double
from callmend.languages.python.flow import Flow
from callmend.languages.python.prepared import BUILDERS, sent_by
from callmend.languages.python.scopes import Definition
from callmend.languages.python.tree import dotted, is_none
from callmend.languages.python.values import Resolver, key_of
from callmend.records import record

#: Functions that parse the JSON of what a client gives.
JSON_PARSERS = frozenset(
    {"json.loads", "json.load", "orjson.loads", "ujson.loads", "simplejson.loads"}
)


class Library(Enum):
    """An HTTP library whose calls are understood."""

    REQUESTS = "requests"
    HTTPX = "httpx"
    AIOHTTP = "aiohttp"
    URLLIB = "urllib"


#: What makes a session or client, by its full name, and whether its calls are awaited.
_MAKERS = {
    "requests.Session": (Library.REQUESTS, False),
    "requests.session": (Library.REQUESTS, False),
    "requests.sessions.Session": (Library.REQUESTS, False),
    "httpx.Client": (Library.HTTPX, False),
    "httpx.AsyncClient": (Library.HTTPX, True),
    "aiohttp.ClientSession": (Library.AIOHTTP, True),
    "aiohttp.client.ClientSession": (Library.AIOHTTP, True),
}
_FUNCTIONS = {
    "requests": Library.REQUESTS,
    "requests.api": Library.REQUESTS,
    "httpx": Library.HTTPX,
}
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request"})
_URLLIB = frozenset({"urllib.request.Request", "urllib.request.urlopen"})
#: What names the function that a parameter's value is asked of.
_INJECTIONS = frozenset({"fastapi.Depends", "fastapi.Security"})
#: Decorators that keep what a function returns for its next call.
_CACHES = frozenset({"cache", "cache_resource", "lru_cache"})
_FIXTURES = frozenset({"pytest.fixture", "pytest_asyncio.fixture"})
#: What a session is asked to send by, and what decides on a request behind that.
_SENDING = _METHODS | {
    "_request",
    "build_request",
    "merge_environment_settings",
    "prepare_request",
    "send",
    "stream",
}
#: Where headers of a session are set, by a name that means it there only.
_Home = cst.FunctionDef | cst.ClassDef
_CONNECTIONS = frozenset({"http.client.HTTPSConnection", "http.client.HTTPConnection"})


@record(frozen=True, slots=True)
class Client:
    """What sends a request.

    ``receiver`` is the module, session or client as it stands in the call, ``method`` the called
    name. ``maker`` is the call that made the session or client where it is known, ``holder`` the
    ``with`` item that holds it open, if one does. ``awaited`` tells that calls are awaited.
    ``function`` tells a function of the library (``requests.post``) from a method of a session.
    The method ``stream``, httpx's, gives a response whose bytes are still to be read.
    ``given`` tells that a caller may hand in another session or client than the one of ``maker``.
    """

    library: Library
    receiver: cst.BaseExpression | None
    method: str
    awaited: bool
    function: bool
    maker: cst.Call | None = None
    holder: cst.WithItem | None = None
    given: bool = False

    @property
    def is_told_the_method(self) -> bool:
        """Whether the call is given the HTTP method first, and the URL behind it."""
        built = self.method in BUILDERS and self.library is not Library.URLLIB
        return built or self.method in ("request", "stream")

    @property
    def is_sent_later(self) -> bool:
        """Whether the call only builds the request, which another call sends."""
        return self.method in BUILDERS and self.library is not Library.URLLIB

    @property
    def transport(self) -> str:
        """A word for the report."""
        return self.library.value


class Clients:
    """Tells which client a call uses."""

    def __init__(self, flow: Flow, resolver: Resolver) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._tree = flow.tree
        self._resolver = resolver

    @cached_property
    def sites(self) -> CallSites:
        """The calls of the file's own functions; few files ask for them."""
        return CallSites(self._scopes)

    def of(self, call: cst.Call) -> Client | None:
        """The client of a call that sends a request, or None where it is none that is known."""
        name = self._scopes.imported(call.func)
        if name in _URLLIB:
            receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
            return Client(Library.URLLIB, receiver, name.rsplit(".", 1)[1], False, True)
        module, _, method = name.rpartition(".")
        if module in _FUNCTIONS and (method in _METHODS or name == "httpx.stream"):
            receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
            return Client(_FUNCTIONS[module], receiver, method, False, True)
        if name in ("requests.Request", "requests.models.Request"):
            return self._prepared(call)
        known = {*_METHODS, "stream", "build_request"}
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in known:
            return self._method(call.func)
        return None

    def _method(self, func: cst.Attribute) -> Client | None:
        method = func.attr.value
        made = self._made(func.value, 0)
        if made is None:
            return None
        library, awaited, maker, holder = made
        if method in ("stream", "build_request") and library is not Library.HTTPX:
            return None
        given = maker is not None and self._may_be_given(func.value, 0)
        return Client(library, func.value, method, awaited, False, maker, holder, given)

    def _prepared(self, call: cst.Call) -> Client | None:
        """The session that sends a request which a call builds."""
        sender = sent_by(self._flow, call)
        if sender is None or not isinstance(sender.func, cst.Attribute):
            return None
        made = self._made(sender.func.value, 0)
        if made is None or made[0] is not Library.REQUESTS:
            return None
        return Client(made[0], sender.func.value, "Request", made[1], False, *made[2:])

    def _may_be_given(self, node: cst.BaseExpression, depth: int) -> bool:
        """Whether `client or httpx.Client()` stands behind a receiver, or a parameter."""
        if isinstance(node, cst.BooleanOperation):
            return True
        definitions = self._resolver.definitions(node)
        if any(isinstance(d.node, cst.Param) and d.value is None for d in definitions):
            return True
        values = [definition.value for definition in definitions]
        return depth < 7 and any(
            self._may_be_given(value, depth + 1) for value in values if value is not None
        )

    def _made(
        self, node: cst.BaseExpression, depth: int
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        """What a receiver is: by the call that made it, or by an annotation."""
        if isinstance(node, cst.Await):
            node = node.expression
        if isinstance(node, cst.Call):
            known = _MAKERS.get(self._scopes.imported(node.func))
            if known is not None:
                return (*known, node, None)
            owner = self._resolver.class_named(node.func)
            if owner is not None:
                return self._of_subclass(owner, node)
            returned = self.returned(node)
            return None if returned is None or depth > 6 else self._made(returned, depth + 1)
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            return self._given_or_made(node, depth)
        own = self._own_class(node)
        if own is not None:
            return self._of_subclass(own, None)
        definitions = self._resolver.definitions(node)
        kept = None if definitions or depth > 6 else kept_in_state(self._tree, node)
        if kept is not None:
            of_state = self._made(kept[1], depth + 1)
            return None if of_state is None else (*of_state[:3], None)
        found = [self._defined(definition, depth) for definition in definitions]
        # `self.session = None` at first, the session later: every known maker has to agree.
        made = [f for f, d in zip(found, definitions, strict=True) if not is_none(d.value)]
        if not made or all(one is None for one in made):
            return self._declared(node) if isinstance(node, cst.Attribute) else None
        first = made[0]
        if first is not None and all(one is not None and one[:2] == first[:2] for one in made):
            return first if len(made) == 1 else (*first[:2], None, None)
        return None

    def _own_class(self, node: cst.BaseExpression) -> cst.ClassDef | None:
        """The class whose object `self` is, where a receiver is that."""
        owner = self._resolver.class_of(node) if isinstance(node, cst.Name) else None
        named = owner is not None and isinstance(node, cst.Name) and owner.name.value == node.value
        return None if named else owner

    def _of_subclass(
        self, owner: cst.ClassDef, call: cst.Call | None
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        """What a class of this file is that is made of a session and sends as that does.

        ``call`` makes an object of it, where it is seen. What its own `__init__` gives that of the
        session is what makes it, too.
        """
        names = [self._scopes.imported(base.value) for base in owner.bases]
        known = [_MAKERS[name] for name in names if name in _MAKERS]
        bound = self._scopes.bound(owner)
        if len(known) != 1 or len(names) != 1 or bound.keys() & _SENDING:
            return None
        own = [found.node for found in bound.get("__init__", [])]
        inner = [
            node
            for init in own
            for node in self._tree.below(init)
            if isinstance(node, cst.Call) and self._tree.source(node.func) == "super().__init__"
        ]
        if own and len(inner) != 1:
            return None
        return (*known[0], inner[0] if own else call, None)

    def _given_or_made(
        self, node: cst.BooleanOperation, depth: int
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        """What `session or requests.Session()` is: a parameter is taken for what it falls back to.

        That of the fallback is taken for the other's as well: the file has its headers from it.
        """
        made = None if depth > 6 else self._made(node.right, depth + 1)
        given = self._resolver.definitions(node.left)
        if made is None or len(given) != 1 or not isinstance(given[0].node, cst.Param):
            return None
        if given[0].node.annotation is not None:
            annotated = self._defined(given[0], depth + 1)
            if annotated is None or annotated[:2] != made[:2]:
                return None
        return (*made[:3], None)

    def _declared(
        self, node: cst.Attribute
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        """What a field of a class is that is only declared: `client: httpx.AsyncClient`."""
        owner = self._resolver.class_of(node.value) if isinstance(node.value, cst.Name) else None
        for inner in () if owner is None else self._tree.below(owner.body):
            if isinstance(inner, cst.AnnAssign) and dotted(inner.target) == node.attr.value:
                known = _MAKERS.get(self._annotated(inner.annotation.annotation))
                return None if known is None else (*known, None, None)
        return None

    def _function(self, call: cst.Call) -> cst.FunctionDef | None:
        """The function of this file that a call calls by its name."""
        name = call.func
        found = self._flow.every(name.value, name) if isinstance(name, cst.Name) else []
        only = found[0].node if len(found) == 1 else None
        return only if isinstance(only, cst.FunctionDef) else None

    def returned(self, call: cst.Call) -> cst.BaseExpression | None:
        """What a function of this file returns when it is called so, if that is one expression."""
        function = self._function(call)
        if function is None or not self._is_called_as_it_is(function):
            return None
        returns = [n for n in self._tree.own(function) if isinstance(n, cst.Return)]
        return returns[0].value if len(returns) == 1 else None

    def _is_called_as_it_is(self, function: cst.FunctionDef) -> bool:
        """Whether decorators do no more than keep what a function returns."""
        made = (decorator.decorator for decorator in function.decorators)
        names = (dotted(each.func if isinstance(each, cst.Call) else each) for each in made)
        return all(name.rsplit(".", 1)[-1] in _CACHES for name in names)

    def _defined(
        self, definition: Definition, depth: int
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        node = definition.node
        annotation = None
        if isinstance(node, cst.Param) and definition.value is None and depth <= 6:
            handed = self._handed(node, depth)
            if handed is not None:
                return handed
            provided = self.provided(node)
            made = None if provided is None else self._made(provided, depth + 1)
            if made is not None:
                return (*made[:3], None)
        if isinstance(node, (cst.Param, cst.AnnAssign)):
            annotation = node.annotation
        if annotation is not None:
            known = _MAKERS.get(self._annotated(annotation.annotation))
            if known is not None:
                maker = definition.value if isinstance(definition.value, cst.Call) else None
                return (*known, maker, None)
        if definition.value is None or depth > 6:
            return None
        made = self._made(definition.value, depth + 1)
        if made is not None and isinstance(node, cst.WithItem):
            return (*made[:3], node)
        return made

    def _handed(
        self, param: cst.Param, depth: int
    ) -> tuple[Library, bool, cst.Call | None, cst.WithItem | None] | None:
        """What every call in this file hands a function as a parameter, where all agree."""
        found = [self._made(given, depth + 1) for given in self._arguments(param)]
        first = found[0] if found else None
        if first is None or any(one is None or one[:2] != first[:2] for one in found):
            return None
        same = all(one is not None and one[2] is first[2] for one in found)
        return (*first[:2], first[2] if same else None, None)

    def _arguments(self, param: cst.Param) -> list[cst.BaseExpression]:
        """What the calls in this file hand a function as a parameter; empty if one is not seen."""
        function = self._function_of(param)
        if function is None:
            return []
        calls = [c for c in self.sites.of(function).calls if self.sites.called(c) is function]
        found = [self.sites.argument(call, function, param) for call in calls]
        return [] if None in found else [given for given in found if given is not None]

    def provided(self, param: cst.Param) -> cst.BaseExpression | None:
        """What a framework gives a parameter by a function of this file, if that is one thing."""
        function = self._provider(param)
        given = [
            node.value
            for node in (() if function is None else self._tree.own(function))
            if isinstance(node, (cst.Return, cst.Yield))
        ]
        only = given[0] if len(given) == 1 else None
        return only if isinstance(only, cst.BaseExpression) else None

    def _provider(self, param: cst.Param) -> cst.FunctionDef | None:
        """The function of FastAPI's `Depends(function)`, or pytest's fixture of this name."""
        for node in self._declared_by(param):
            if isinstance(node, cst.Call) and self._scopes.imported(node.func) in _INJECTIONS:
                function = self._function(cst.Call(node.args[0].value)) if node.args else None
                kept = function is not None and self._is_called_as_it_is(function)
                return function if kept else None
        taker = self._function_of(param)
        if taker is None or not (taker.name.value.startswith("test") or self._is_fixture(taker)):
            return None
        # `@pytest.mark.parametrize("api", ...)` gives another one than the fixture.
        if any(param.name.value in self._tree.source(each) for each in taker.decorators):
            return None
        found = self._flow.every(param.name.value, taker)
        only = found[0].node if len(found) == 1 else None
        is_fixture = isinstance(only, cst.FunctionDef) and self._is_fixture(only)
        return only if is_fixture and isinstance(only, cst.FunctionDef) else None

    def _declared_by(self, param: cst.Param) -> Iterator[cst.CSTNode]:
        """The default of a parameter, and what is below its annotation or the name of one."""
        if param.default is not None:
            yield param.default
        if param.annotation is not None:
            yield from self._tree.below(self._resolver.single(param.annotation.annotation))

    def _is_fixture(self, function: cst.FunctionDef) -> bool:
        made = (decorator.decorator for decorator in function.decorators)
        names = (each.func if isinstance(each, cst.Call) else each for each in made)
        return any(self._scopes.imported(name) in _FIXTURES for name in names)

    def _annotated(self, node: cst.BaseExpression) -> str:
        """The full name of an annotation; of `X | None` and `Optional[X]` that of X."""
        if isinstance(node, cst.SimpleString):
            return str(node.raw_value)
        if isinstance(node, cst.BinaryOperation):
            return self._annotated(node.left) or self._annotated(node.right)
        if isinstance(node, cst.Subscript) and len(node.slice) == 1:
            if self._scopes.imported(node.value).endswith("Optional"):
                index = node.slice[0].slice
                return self._annotated(index.value) if isinstance(index, cst.Index) else ""
        return self._scopes.imported(node)

    def keyword(self, maker: cst.Call | None, name: str) -> cst.BaseExpression | None:
        """A keyword argument of the call that made a session or client."""
        if maker is not None:
            for arg in maker.args:
                if arg.keyword is not None and arg.keyword.value == name:
                    return arg.value
        return None

    def base_url(self, client: Client) -> cst.BaseExpression | None:
        """The base that a client puts before a path: httpx's and aiohttp's."""
        found = self.keyword(client.maker, "base_url")
        if found is None and client.library is Library.AIOHTTP and client.maker is not None:
            first = client.maker.args[0] if client.maker.args else None
            found = first.value if first is not None and first.keyword is None else None
        return found

    def default_headers(self, client: Client) -> set[str]:
        """The lower-case names of the headers that a session or client sends with each request."""
        return {name for name, _ in self.defaults(client)}

    def defaults(self, client: Client) -> Iterator[tuple[str, cst.CSTNode]]:
        """The same names, each with the element or the assignment that sets it."""
        given = self.keyword(client.maker, "headers")
        if given is not None:
            yield from self._names(given)
        if client.receiver is None or client.function:
            return
        for path, home in self._paths(client.receiver):
            for node in self._tree.nodes if path else ():
                if home is not None and not self._tree.is_inside(node, home):
                    continue
                if isinstance(node, cst.Call):
                    if dotted(node.func) == f"{path}.headers.update" and node.args:
                        yield from self._names(node.args[0].value)
                elif isinstance(node, cst.Assign):
                    for target in node.targets:
                        yield from self._assigned(target.target, node, path)

    def _paths(self, receiver: cst.BaseExpression) -> list[tuple[str, _Home | None]]:
        """What a session is called: where it is used, and where it is made."""
        own = self._own_class(receiver)
        found: list[tuple[str, _Home | None]] = [(dotted(receiver), own)]
        made = receiver
        if not isinstance(receiver, cst.Call):
            definitions = self._resolver.definitions(receiver)
            only = definitions[0] if len(definitions) == 1 else None
            made = receiver if only is None or only.value is None else only.value
            kept = kept_in_state(self._tree, made)
            if kept is not None:
                found.append((dotted(kept[0]), None))
                made = kept[1]
            if only is not None and isinstance(only.node, cst.Param) and made is receiver:
                handed = self._arguments(only.node)
                provided = self.provided(only.node)
                handed += [] if provided is None else [provided]
                found += [(dotted(each), self._function_of(each)) for each in handed]
        if isinstance(made, cst.BooleanOperation):
            made = made.right  # `session or make_session()`
        if isinstance(made, cst.Call):
            owner = self._resolver.class_named(made.func)
            found += [] if owner is None else [("self", owner)]
            returned = self.returned(made)
            if returned is not None:
                found.append((dotted(returned), self._function(made)))
        return found

    def _function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        function = self._tree.function_of(node)
        return function if isinstance(function, cst.FunctionDef) else None

    def _assigned(
        self, target: cst.BaseExpression, assign: cst.Assign, path: str
    ) -> Iterator[tuple[str, cst.CSTNode]]:
        if dotted(target) == f"{path}.headers":
            yield from self._names(assign.value)
        elif isinstance(target, cst.Subscript) and dotted(target.value) == f"{path}.headers":
            index = target.slice[0].slice
            if isinstance(index, cst.Index):
                name = self._resolver.text(index.value)
                if name is not None:
                    yield name.lower(), assign

    def _names(self, node: cst.BaseExpression) -> Iterator[tuple[str, cst.CSTNode]]:
        literal = self._resolver.single(node)
        for element in literal.elements if isinstance(literal, cst.Dict) else ():
            key = key_of(element)
            if key is not None:
                yield key.lower(), element

    def connected(self, call: cst.Call) -> cst.BaseExpression | None:
        """The host of a connection of `http.client` whose `request` is called; None elsewhere."""
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "request":
            return None
        made = self._resolver.single(call.func.value)
        if not isinstance(made, cst.Call) or self._scopes.imported(made.func) not in _CONNECTIONS:
            return None
        return made.args[0].value if made.args else None

    def is_double(self, call: cst.Call) -> bool:
        """Whether a call sets up or checks a test double instead of sending a request."""
        return is_double(self._resolver, self._scopes, call)
