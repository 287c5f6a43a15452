"""A function of a Python file that posts what it is given to a path, and what a call gives it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client
from callmend.languages.python.find import Request, url_of
from callmend.languages.python.functions import arguments_of, function_called
from callmend.languages.python.literals import Literal, LiteralReader
from callmend.languages.python.program import Program
from callmend.languages.python.request import CARRIED
from callmend.languages.python.scopes import parameters
from callmend.languages.python.tree import dotted, unawaited
from callmend.reasons import Reason
from callmend.records import record

_BODIES = ("json", "data", "content")


@record(frozen=True, slots=True)
class Posting:
    """A call of such a function.

    ``path`` and ``body`` are what it is given, ``client`` what sends it. ``parsed`` tells that the
    function gives the answer's JSON back, else its response; ``awaited`` that it is awaited.
    ``function`` sends its request by ``inner``; ``names`` are its parameters for the path, the body
    and the method, the last ones where there are such. ``carried`` are the arguments with which it
    reaches the host, as in ``RequestParts``.
    """

    call: cst.Call
    path: cst.BaseExpression
    body: Literal
    client: Client
    parsed: bool
    awaited: bool
    function: cst.FunctionDef
    inner: cst.Call
    names: tuple[str, str | None, str | None]
    carried: tuple[cst.Arg, ...]


@record(frozen=True, slots=True)
class Asked:
    """A call of a function of the file that asks by GET and gives the JSON; as in ``Posting``."""

    call: cst.Call
    path: cst.BaseExpression
    client: Client
    awaited: bool
    function: cst.FunctionDef
    inner: cst.Call
    names: tuple[str, str | None, str | None]


def posting_of(program: Program, request: Request) -> Posting:
    """What a call gives a function of the file that posts it.

    Raises:
        RefusedError: the function is none that does this and no more, for certain.
    """
    return _Reader(program, request).posting()


def asked_of(program: Program, request: Request) -> Asked:
    """What a call gives a function of the file that asks for it.

    Raises:
        RefusedError: the function is none that does this and no more, for certain.
    """
    return _Reader(program, request).asked()


class _Reader:
    def __init__(self, program: Program, request: Request) -> None:
        self._program = program
        self._tree = program.tree
        self._request = request
        self._call = request.call
        self._refused = RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{program.tree.show(request.call.func)}`"
        )

    def posting(self) -> Posting:
        """The call's parts."""
        function, inner, client, path = self._sender("POST")
        given = arguments_of(function, self._call)
        value, body_name = self._body(function, inner, given)
        body = LiteralReader(self._program, self._call).body(value)
        if body is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(self._call)}`")
        return Posting(
            self._call, self._request.url, body, client, self._gives_json(function, inner),
            function.asynchronous is not None, function, inner,
            (path, body_name, self._method_name(inner, client, given)),
            self._carried(function, inner, given),
        )  # fmt: skip

    def asked(self) -> Asked:
        """The parts of a call that only asks."""
        function, inner, client, path = self._sender("GET")
        given = arguments_of(function, self._call)
        method = self._method_name(inner, client, given)
        if set(given) - {path, method} - CARRIED or not self._gives_json(function, inner):
            raise self._refused
        return Asked(
            self._call, self._request.url, client, function.asynchronous is not None, function,
            inner, (path, None, method),
        )  # fmt: skip

    def _sender(self, method: str) -> tuple[cst.FunctionDef, cst.Call, Client, str]:
        """The function, the request that it sends, and its parameter for the path."""
        function = function_called(self._program, self._call)
        sent = [] if function is None else list(self._sent(function))
        if function is None or len(sent) != 1:
            raise self._refused
        inner, client = sent[0]
        given = arguments_of(function, self._call)
        url = url_of(inner, client)
        known = () if url is None else self._program.resolver.value(url).constants
        named = {each.name for each in known if isinstance(each.node, cst.Param)}
        paths = [n for n, value in given.items() if value is self._request.url and n in named]
        if not paths or not self._sends(inner, client, given, method):
            raise self._refused
        return function, inner, client, paths[0]

    def _sent(self, function: cst.FunctionDef) -> Iterator[tuple[cst.Call, Client]]:
        """The calls of clients in the function."""
        for node in self._tree.own(function.body):
            client = self._program.clients.of(node) if isinstance(node, cst.Call) else None
            if isinstance(node, cst.Call) and client is not None:
                yield node, client

    def _sends(
        self, inner: cst.Call, client: Client, given: dict[str, cst.BaseExpression], method: str
    ) -> bool:
        """Whether the request is one by a method."""
        if client.method != "request":
            return client.method == method.lower()
        first = self._method(inner, client)
        if isinstance(first, cst.Name):
            first = given.get(first.value, first)
        return first is not None and (self._program.resolver.text(first) or "").upper() == method

    def _method_name(
        self, inner: cst.Call, client: Client, given: dict[str, cst.BaseExpression]
    ) -> str | None:
        """The parameter that is the method."""
        method = self._method(inner, client)
        name = method.value if isinstance(method, cst.Name) else None
        return name if name in given else None

    def _carried(
        self, function: cst.FunctionDef, inner: cst.Call, given: dict[str, cst.BaseExpression]
    ) -> tuple[cst.Arg, ...]:
        """The arguments that further requests are given too, those of the call's that it adds."""
        own = {p.name.value for p in parameters(function)} & given.keys()
        args = [*inner.args, *(a for a in self._call.args if _keyword(a) not in own)]
        return tuple(arg for arg in args if _keyword(arg) in CARRIED)

    def _method(self, inner: cst.Call, client: Client) -> cst.BaseExpression | None:
        """The expression of the method, where it is given as one."""
        if client.method != "request":
            return None
        named = [a for a in inner.args if a.keyword is not None and a.keyword.value == "method"]
        first = [*named, *inner.args][:1]
        return first[0].value if first else None

    def _body(
        self, function: cst.FunctionDef, inner: cst.Call, given: dict[str, cst.BaseExpression]
    ) -> tuple[cst.BaseExpression, str | None]:
        """What the call gives for the request's body, and the name of the parameter for it."""
        passed = function.params.star_kwarg
        for arg in inner.args:
            value = arg.value
            if arg.keyword is not None and arg.keyword.value in _BODIES:
                if isinstance(value, cst.Call) and value.args:
                    name = self._program.scopes.imported(value.func)
                    value = value.args[0].value if name == "json.dumps" else value
                if isinstance(value, cst.Name) and value.value in given:
                    if any(p.name.value == value.value for p in parameters(function)):
                        return given[value.value], value.value
            elif arg.star == "**" and passed is not None and dotted(value) == passed.name.value:
                if "json" in given:
                    return given["json"], None
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(self._call)}`")

    def _gives_json(self, function: cst.FunctionDef, inner: cst.Call) -> bool:
        """Whether the function gives the answer's JSON back.

        Raises:
            RefusedError: it gives back neither that nor the response, or now this and now that.
        """
        returned = [n for n in self._tree.own(function.body) if isinstance(n, cst.Return)]
        kinds = {self._kind(each.value, inner) for each in returned}
        if len(kinds) != 1 or None in kinds:
            raise self._refused
        if any(isinstance(n, (cst.Yield, cst.Lambda)) for n in self._tree.own(function.body)):
            raise self._refused
        return kinds.pop() == "json"

    def _kind(self, node: cst.BaseExpression | None, inner: cst.Call) -> str | None:
        """What an expression is of the request: its response, or the JSON of it."""
        for _ in range(8):
            if node is None:
                return None
            node = unawaited(node)
            if node is inner:
                return "response"
            if isinstance(node, cst.Name):
                found = self._program.resolver.definitions(node)
                node = found[0].value if len(found) == 1 else None
                continue
            if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
                is_json = node.func.attr.value == "json" and not node.args
                of = self._kind(node.func.value, inner) if is_json else None
                return "json" if of == "response" else None
            return None
        return None


def _keyword(arg: cst.Arg) -> str:
    """The name of a keyword argument, empty for any other."""
    return "" if arg.keyword is None else arg.keyword.value
