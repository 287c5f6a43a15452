"""The body and the headers of a hand-written Assistants request, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.find import Certainty, Request, url_of
from callmend.languages.python.literals import Literal, LiteralReader
from callmend.languages.python.program import Program
from callmend.languages.python.raw import RawCall
from callmend.languages.python.request import RequestReader
from callmend.languages.python.through import Senders, Through
from callmend.reasons import Reason
from callmend.records import record

#: Bodies with which a thread is made of nothing.
_EMPTY = frozenset(
    {"{}", '"{}"', "'{}'", 'b"{}"', "b'{}'", '""', "''", 'b""', "b''", "None", "json.dumps({})",
     "json.dumps({}).encode()", "dict()"}
)  # fmt: skip


@record(frozen=True, slots=True)
class Sender:
    """What has a request's headers: its call, or the one by which a function of the file sends it.

    ``headers`` is the literal behind them, None where there are only the client's defaults.
    """

    request: Request
    headers: Literal | None
    defaults: frozenset[str]


def body_of(program: Program, call: RawCall) -> Literal:
    """The body that a request is given.

    Raises:
        RefusedError: there is none, or it cannot be followed.
    """
    sent = call.through
    if sent is None:
        return RequestReader(program, call.request).sent()
    body = None if sent.body is None else LiteralReader(program, call.call).body(sent.body)
    if body is None:
        shown = f"`{program.tree.show(call.call)}`"
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, shown)
    return body


def has_no_body(program: Program, call: RawCall) -> bool:
    """Whether a request sends nothing, or an empty object."""
    if call.through is not None:
        return call.through.body is None
    named = {arg.keyword.value: arg for arg in call.call.args if arg.keyword is not None}
    carried = [named[name] for name in ("json", "data", "content") if name in named]
    carried += [arg for arg in call.call.args if arg.keyword is None][1:]
    return all(program.tree.source(arg.value) in _EMPTY for arg in carried)


def sender_of(program: Program, call: RawCall) -> Sender:
    """What sends the headers of a request that a function of the file sends.

    Raises:
        RefusedError: the headers cannot be followed.
    """
    sent = call.through
    assert sent is not None  # noqa: S101  # the caller asks for those alone
    request = call.request
    if sent.headers is None or not program.tree.is_inside(sent.headers, call.call):
        url = url_of(sent.inner, sent.client)
        request = Request(
            request.endpoint, Certainty.CERTAIN, sent.inner, url or sent.path, sent.client, ()
        )
    literal = RequestReader(program, request).headers_of(sent.client, sent.headers)
    return Sender(request, literal, frozenset(program.clients.default_headers(sent.client)))


def other_user(program: Program, sent: Through, mine: Iterable[cst.CSTNode]) -> cst.CSTNode | None:
    """What else in the file uses the functions that send, than the calls of ``mine``."""
    senders, known = Senders(program), list(mine)
    left, seen = list(sent.functions), list[cst.FunctionDef]()
    while left:
        function = left.pop()
        seen.append(function)
        callers = program.sites.of(function)
        for call in callers.calls:
            if any(call is other for other in known):
                continue
            home = program.tree.function_of(call)
            if not isinstance(home, cst.FunctionDef) or not senders.hands_on(home, call):
                return call
            if not any(home is other for other in (*left, *seen)):
                left.append(home)
        if not callers.closed and not function.decorators:
            return function.name
    return None
