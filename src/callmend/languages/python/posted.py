"""Dead paths that a Python file gives to a function of its own, which puts the base in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import libcst as cst

from callmend.endpoints import Endpoint
from callmend.languages.python.clients import Client
from callmend.languages.python.find import Certainty, Request, url_of
from callmend.languages.python.functions import arguments_of, functions_meant
from callmend.languages.python.program import Program
from callmend.languages.python.scopes import Definition

#: Functions through which a path is handed on: `ask` calls `post`, which calls `_request`.
_MOST_HANDED = 3
#: The endpoint that a request is sent to where its path has these texts.
_Match = Callable[[tuple[str, ...]], tuple[Endpoint, Certainty] | None]


def posted_requests(program: Program) -> list[Request]:
    """The calls of the file's own functions by which one of them sends to a dead endpoint.

    Each stands for the request that the function sends; what sends it is not told.
    """
    return _Posted(program).requests()


class _Posted:
    """Follows the parameters in URLs back to the calls that give them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._resolver = program.resolver
        self._calls = program.tree.every(cst.Call)

    def requests(self) -> list[Request]:
        """The calls, each once, in source order; none that starts a run by its own URL."""
        known = {request.call for request in self._program.requests}
        starts = {r.call for r in self._program.requests if not r.endpoint.part}
        found: dict[cst.Call, Request] = {}
        for call in self._calls:
            if call not in known:
                for request in self._through(call):
                    if request.call not in starts:
                        found.setdefault(request.call, request)
        order = self._program.tree.order
        return sorted(found.values(), key=lambda request: order(request.call))

    def _through(self, inner: cst.Call) -> Iterator[Request]:
        """The requests that a function sends by one of its calls, as it is called in this file."""
        client = self._program.clients.of(inner)
        url = None if client is None else url_of(inner, client)
        if client is None or url is None:
            return
        for param, call, value in self._given(url, inner):
            match = partial(self._matched, inner, client, param)
            for origin, expression, texts in self._origins(value, call, 0, match):
                matched = match(texts)
                if matched is not None:
                    yield Request(*matched, origin, expression, None, ())

    def _matched(
        self, inner: cst.Call, client: Client, param: Definition, texts: tuple[str, ...]
    ) -> tuple[Endpoint, Certainty] | None:
        """The endpoint that a client's call names where its function is given these texts."""
        return self._program.finder.match(inner, client, {param: texts})

    def _given(
        self, node: cst.BaseExpression, inside: cst.Call
    ) -> Iterator[tuple[Definition, cst.Call, cst.BaseExpression]]:
        """For each parameter in an expression: the calls of its function, and what each gives."""
        function = self._program.tree.function_of(inside)
        if not isinstance(function, cst.FunctionDef):
            return
        own = self._program.scopes.bound(function)
        constants = self._resolver.value(node).constants
        params = [
            d for d in constants if isinstance(d.node, cst.Param) and d in own.get(d.name, ())
        ]
        for call in self._calls if params else ():
            if function in functions_meant(self._program, call):
                arguments = arguments_of(function, call)
                for param in params:
                    if param.name in arguments:
                        yield param, call, arguments[param.name]

    def _origins(
        self, node: cst.BaseExpression, call: cst.Call, depth: int, match: _Match
    ) -> Iterator[tuple[cst.Call, cst.BaseExpression, tuple[str, ...]]]:
        """The texts of an argument: as it stands, and as the callers of its function give them.

        Where it names an endpoint as it stands, what they give is no more than its id.
        """
        own = self._resolver.value(node).texts
        yield call, node, own
        if depth < _MOST_HANDED and match(own) is None:
            for param, outer, value in self._given(node, call):
                within = partial(self._texts, node, param)
                found = self._origins(value, outer, depth + 1, _behind(match, within))
                for origin, expression, texts in found:
                    yield origin, expression, within(texts)

    def _texts(
        self, node: cst.BaseExpression, param: Definition, given: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The texts of an expression where a parameter's are given."""
        return self._resolver.value(node, {param: given}).texts


def _behind(match: _Match, within: Callable[[tuple[str, ...]], tuple[str, ...]]) -> _Match:
    """The match of what the texts are a part of."""
    return lambda given: match(within(given))
