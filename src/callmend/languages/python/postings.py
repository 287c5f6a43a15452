"""A function of a Python file that posts what it is given to a path, and what a call gives it."""

from __future__ import annotations

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.clients import Client
from callmend.languages.python.find import Request
from callmend.languages.python.functions import arguments_of
from callmend.languages.python.literals import Literal, LiteralReader
from callmend.languages.python.program import Program
from callmend.languages.python.request import CARRIED
from callmend.languages.python.scopes import parameters
from callmend.languages.python.through import Senders, Through
from callmend.languages.python.tree import dotted
from callmend.reasons import Reason
from callmend.records import record


@record(frozen=True, slots=True)
class Posting:
    """A call of such a function.

    ``path`` and ``body`` are what it is given, ``client`` what sends it. ``parsed`` tells that the
    function gives the answer's JSON back, else its response; ``awaited`` that it is awaited.
    ``function`` is the one that is called, which sends its request by ``inner``, itself or through
    those of ``through``; ``names`` are its parameters for the path, the body and the method, the
    last ones where there are such. ``carried`` are the arguments with which it reaches the host, as
    in ``RequestParts``.
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
    through: Through


@record(frozen=True, slots=True)
class Asked:
    """A call of a function of the file that asks by GET and gives the JSON; as in ``Posting``.

    ``unsent`` is an argument that is a body, which is not given where it is asked.
    """

    call: cst.Call
    path: cst.BaseExpression
    client: Client
    awaited: bool
    function: cst.FunctionDef
    inner: cst.Call
    names: tuple[str, str | None, str | None]
    through: Through
    unsent: cst.BaseExpression | None = None


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
        sent = self._sent("POST")
        body = None
        if sent.body is not None:
            body = LiteralReader(self._program, self._call).body(sent.body)
        if body is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{self._tree.show(self._call)}`")
        function = sent.functions[0]
        return Posting(
            self._call, self._request.url, body, sent.client, sent.parsed,
            function.asynchronous is not None, function, sent.inner, self._names(sent, sent.body),
            self._carried(sent), sent,
        )  # fmt: skip

    def asked(self) -> Asked:
        """The parts of a call that only asks."""
        sent = self._sent("GET")
        function = sent.functions[0]
        names = self._names(sent, None)
        more = arguments_of(function, self._call)
        others = [v for n, v in more.items() if n not in (names[0], names[2]) and n not in CARRIED]
        if not sent.parsed or sent.body is not None or sent.params is not None:
            raise self._refused
        if not all(dotted(value) for value in others):
            raise self._refused
        return Asked(
            self._call, self._request.url, sent.client, function.asynchronous is not None,
            function, sent.inner, names, sent,
        )  # fmt: skip

    def _sent(self, method: str) -> Through:
        """What functions of the file send for the call, by a method."""
        sent = Senders(self._program).through(self._call)
        if sent.method != method or sent.path is not self._request.url:
            raise self._refused
        if sent.quiet:
            shown = f"{self._refused.detail} gives None or nothing where it failed"
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, shown)
        return sent

    def _names(
        self, sent: Through, body: cst.BaseExpression | None
    ) -> tuple[str, str | None, str | None]:
        """The parameters of the called function for the path, the body and the method."""
        given = arguments_of(sent.functions[0], self._call)
        own = {p.name.value for p in parameters(sent.functions[0])}
        path = next(name for name, value in given.items() if value is sent.path)
        bodies = [n for n, value in given.items() if body is not None and value is body]
        inner = sent.inner if len(sent.steps) == 1 else sent.steps[1]
        methods = [
            arg.value.value
            for arg in inner.args
            if isinstance(arg.value, cst.Name)
            and (self._program.resolver.text(given.get(arg.value.value) or arg.value) or "").upper()
            == sent.method
        ]
        named = [name for name in methods if name in given and given[name] is not sent.path]
        return path, next((n for n in bodies if n in own), None), next(iter(named), None)

    def _carried(self, sent: Through) -> tuple[cst.Arg, ...]:
        """The arguments that further requests are given too, those of the call's that it adds."""
        given = arguments_of(sent.functions[0], self._call)
        own = {p.name.value for p in parameters(sent.functions[0])} & given.keys()
        args = [*sent.inner.args, *(a for a in self._call.args if _keyword(a) not in own)]
        return tuple(arg for arg in args if _keyword(arg) in CARRIED)


def _keyword(arg: cst.Arg) -> str:
    """The name of a keyword argument, empty for any other."""
    return "" if arg.keyword is None else arg.keyword.value
