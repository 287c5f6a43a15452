"""Hand-written requests to the Assistants API in Python, by requests or httpx."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import libcst as cst

from callmend.endpoints import Endpoint
from callmend.languages.python.clients import Library
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.paths import added
from callmend.languages.python.program import Program
from callmend.records import record

_ENDPOINTS = frozenset(
    {"threads-runs", "thread-runs", "threads", "thread-messages", "thread-run", "assistants"}
)
_LIBRARIES = (Library.REQUESTS, Library.HTTPX)


class Op(Enum):
    """What a request does."""

    CREATE_THREAD = "create-thread"
    ADD_MESSAGE = "add-message"
    LIST_MESSAGES = "list-messages"
    RUN = "run"
    THREAD_AND_RUN = "thread-and-run"
    RETRIEVE_RUN = "retrieve-run"
    OTHER = "other"


_OPS = {
    ("threads", "post"): Op.CREATE_THREAD,
    ("thread-messages", "post"): Op.ADD_MESSAGE,
    ("thread-messages", "get"): Op.LIST_MESSAGES,
    ("thread-runs", "post"): Op.RUN,
    ("threads-runs", "post"): Op.THREAD_AND_RUN,
    ("thread-run", "get"): Op.RETRIEVE_RUN,
}


@record(frozen=True, slots=True)
class RawCall:
    """One request; ``thread`` and ``run`` are the expressions of the ids in its path."""

    request: Request
    op: Op
    thread: cst.BaseExpression | None
    run: cst.BaseExpression | None

    @property
    def call(self) -> cst.Call:
        """The call that sends it."""
        return self.request.call

    @property
    def endpoint(self) -> Endpoint:
        """Where it is sent to."""
        return self.request.endpoint

    @property
    def starts_a_run(self) -> bool:
        """Whether a run may start by it."""
        client = self.request.client
        of_runs = self.endpoint.id in ("thread-runs", "threads-runs")
        return of_runs and (client is None or client.method != "get")


def is_raw(request: Request) -> bool:
    """Whether a request is certainly one to the Assistants API."""
    return request.endpoint.id in _ENDPOINTS and request.certainty is not Certainty.HOST_UNKNOWN


def find_raw(program: Program) -> list[RawCall]:
    """Every such request of a file, in source order."""
    found = []
    for request in program.requests:
        if not is_raw(request):
            continue
        client = request.client
        method = client.method if client is not None and client.library in _LIBRARIES else ""
        op = _OPS.get((request.endpoint.id, method), Op.OTHER)
        if request.certainty is Certainty.SOMETIMES:
            op = Op.OTHER
        thread, run = _ids(program, request.url)
        found.append(RawCall(request, op, thread, run))
    return found


def _ids(
    program: Program, url: cst.BaseExpression
) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None]:
    """The expressions behind `threads/` and `runs/` in a URL."""
    thread = run = None
    before = ""
    for piece in pieces(program, url):
        if isinstance(piece, str):
            before = piece
        elif before.endswith("threads/"):
            thread, before = piece, ""
        elif before.endswith("runs/"):
            run, before = piece, ""
        else:
            before = ""
    return thread, run


def pieces(program: Program, url: cst.BaseExpression) -> Iterator[str | cst.BaseExpression]:
    """What a URL is put together of: texts, and expressions."""
    if isinstance(url, cst.Name):
        url = program.resolver.single(url)
    if isinstance(url, cst.FormattedString):
        for part in url.parts:
            if isinstance(part, cst.FormattedStringText):
                yield part.value
            elif isinstance(part, cst.FormattedStringExpression):
                yield part.expression
    elif isinstance(url, cst.BinaryOperation):
        for operand in added(url):
            if isinstance(operand, cst.SimpleString):
                yield str(operand.evaluated_value)
            elif isinstance(operand, cst.FormattedString):
                yield from pieces(program, operand)
            else:
                yield operand
