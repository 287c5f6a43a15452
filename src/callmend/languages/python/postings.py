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
    """

    call: cst.Call
    path: cst.BaseExpression
    body: Literal
    client: Client
    parsed: bool
    awaited: bool


def posting_of(program: Program, request: Request) -> Posting:
    """What a call gives a function of the file that posts it.

    Raises:
        RefusedError: the function is none that does this and no more, for certain.
    """
    return _Reader(program, request).posting()


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
        function = function_called(self._program, self._call)
        sent = [] if function is None else list(self._sent(function))
        if function is None or len(sent) != 1:
            raise self._refused
        inner, client = sent[0]
        given = arguments_of(function, self._call)
        url = url_of(inner, client)
        known = () if url is None else self._program.resolver.value(url).constants
        named = {each.name for each in known if isinstance(each.node, cst.Param)}
        if not any(value is self._request.url for name, value in given.items() if name in named):
            raise self._refused
        if not self._posts(inner, client, given):
            raise self._refused
        body = LiteralReader(self._program, self._call).body(self._body(function, inner, given))
        if body is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(self._call)}`")
        if b"OpenAI-Beta" in self._program.source.data:
            raise RefusedError(Reason.BETA_HEADER, "`OpenAI-Beta`")
        awaited = function.asynchronous is not None
        parsed = self._gives_json(function, inner)
        return Posting(self._call, self._request.url, body, client, parsed, awaited)

    def _sent(self, function: cst.FunctionDef) -> Iterator[tuple[cst.Call, Client]]:
        """The calls of clients in the function."""
        for node in self._tree.own(function.body):
            client = self._program.clients.of(node) if isinstance(node, cst.Call) else None
            if isinstance(node, cst.Call) and client is not None:
                yield node, client

    def _posts(self, inner: cst.Call, client: Client, given: dict[str, cst.BaseExpression]) -> bool:
        """Whether the request is a POST."""
        if client.method != "request":
            return client.method == "post"
        first = inner.args[0].value if inner.args else None
        for arg in inner.args:
            if arg.keyword is not None and arg.keyword.value == "method":
                first = arg.value
        if isinstance(first, cst.Name):
            first = given.get(first.value, first)
        return first is not None and (self._program.resolver.text(first) or "").upper() == "POST"

    def _body(
        self, function: cst.FunctionDef, inner: cst.Call, given: dict[str, cst.BaseExpression]
    ) -> cst.BaseExpression:
        """What the call gives for the request's body."""
        passed = function.params.star_kwarg
        for arg in inner.args:
            value = arg.value
            if arg.keyword is not None and arg.keyword.value in _BODIES:
                if isinstance(value, cst.Call) and value.args:
                    name = self._program.scopes.imported(value.func)
                    value = value.args[0].value if name == "json.dumps" else value
                if isinstance(value, cst.Name) and value.value in given:
                    if any(p.name.value == value.value for p in parameters(function)):
                        return given[value.value]
            elif arg.star == "**" and passed is not None and dotted(value) == passed.name.value:
                if "json" in given:
                    return given["json"]
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
