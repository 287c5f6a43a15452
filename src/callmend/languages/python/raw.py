"""Hand-written requests to the Assistants API in Python: which call of it each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from callmend.calls import RefusedError
from callmend.endpoints import Endpoint
from callmend.languages.python.clients import Client, Library
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.paths import added
from callmend.languages.python.program import Program
from callmend.languages.python.request import RequestReader
from callmend.languages.python.texts import HOLE
from callmend.languages.python.through import Senders, Through
from callmend.languages.python.values import key_of
from callmend.records import record
from callmend.routes import OPS, URL, Op, endpoint_of

_RUNS = frozenset({"thread-runs", "threads-runs"})
_ENDPOINTS = _RUNS | {"threads", "thread-messages", "thread-run", "assistants"}


@record(frozen=True, slots=True)
class RawCall:
    """One request; ``sender`` is the call that sends it.

    ``holes`` are the ids in its URL and what is put into its ``query``, where each is a `*`.
    ``through`` is what functions of the file send for it, where the call leaves that to them.
    """

    op: Op
    endpoint: Endpoint
    request: Request
    sender: cst.Call
    holes: tuple[cst.BaseExpression, ...]
    query: str
    through: Through | None = None

    @property
    def call(self) -> cst.Call:
        """The call that names the URL."""
        return self.request.call

    def asked(self, program: Program) -> dict[str, str | cst.BaseExpression] | None:
        """What a list is asked for, in the URL or as `params=`; None where that is not certain."""
        found: dict[str, str | cst.BaseExpression] = {}
        holes = list(self.holes[len(self.holes) - self.query.count("*") :])
        for part in filter(None, self.query.lstrip("?").split("&")):
            name, _, value = part.partition("=")
            if "*" in name or ("*" in value and value != "*"):
                return None
            found[name] = holes.pop(0) if value == "*" else value
        for node in self.queries:
            inside = members(program, node)
            if inside is None:
                return None
            found.update(inside)
        return found

    @property
    def queries(self) -> list[cst.BaseExpression]:
        """What is given as `params=`."""
        if self.through is not None:
            return [] if self.through.params is None else [self.through.params]
        named = (arg for arg in self.call.args if arg.keyword is not None)
        return [arg.value for arg in named if arg.keyword and arg.keyword.value == "params"]

    @property
    def starts_a_run(self) -> bool:
        """Whether the request starts a run, from which a flow is followed."""
        return self.op.starts_a_run


def is_raw(request: Request) -> bool:
    """Whether a request is certainly one to the Assistants API."""
    return request.endpoint.id in _ENDPOINTS and request.certainty is not Certainty.HOST_UNKNOWN


def may_start_a_run(request: Request) -> bool:
    """Whether a run may start by such a request."""
    client = request.client
    return request.endpoint.id in _RUNS and (client is None or client.method != "get")


def starts_a_run(request: Request) -> bool:
    """Whether a run certainly starts by such a request."""
    client = request.client
    if client is None or request.certainty is not Certainty.CERTAIN:
        return False
    return request.endpoint.id in _RUNS and (
        client.method in ("post", "Request", "request") and not client.is_sent_later
    )


def find_raw(program: Program) -> list[RawCall]:
    """Every request to the Assistants API whose URL and client are certain, in source order."""
    if not any(word in program.source.data for word in (b"threads", b"assistants")):
        return []
    found = []
    for node in program.tree.every(cst.Call):
        client = program.clients.of(node)
        if client is not None:
            call = _read(program, node, client)
            found += [] if call is None else [call]
    found += _through(program, found)
    return sorted(found, key=lambda call: program.tree.order(call.call))


def _through(program: Program, known: Sequence[RawCall]) -> Iterator[RawCall]:
    """The requests that calls leave to functions of the file, for those that certainly send them.

    What names a URL of ``known`` is found where that is.
    """
    senders = Senders(program)
    of = {id(call.call) for call in known}
    for node in senders.calls():
        url = senders.url(node)
        texts = () if url is None else url[0]
        found = URL.fullmatch(texts[0]) if len(texts) == 1 else None
        if url is None or found is None or senders.is_named_within(node):
            continue
        try:
            sent = senders.through(node)
        except RefusedError:
            continue
        if id(sent.inner) not in of:
            yield _of_path(program, found, sent)


def _of_path(program: Program, url: re.Match[str], sent: Through) -> RawCall:
    path = re.sub(re.escape(HOLE) + "+", "*", url["path"]).rstrip("/")
    query = re.sub(re.escape(HOLE) + "+", "*", url["query"] or "")
    endpoint = endpoint_of(path)
    ids = holes(program, sent.path)
    op = _op(sent.method, path)
    if len(ids) != path.count("*") + query.count("*"):
        op = Op.OTHER
    request = Request(endpoint, Certainty.CERTAIN, sent.call, sent.path, sent.client, ())
    return RawCall(_or_unread(op, path, sent.method), endpoint, request, sent.call, tuple(ids),
                   query, sent)  # fmt: skip


def _op(method: str, path: str) -> Op:
    """What a request does; nothing of a thread itself is read here."""
    op = OPS.get((method, path), Op.OTHER)
    return Op.OTHER if op is Op.RETRIEVE_THREAD else op


def _or_unread(op: Op, path: str, method: str) -> Op:
    """What a request does, where it is none that is known perhaps the start of a run."""
    starts = op is Op.OTHER and path in ("threads/runs", "threads/*/runs")
    return Op.UNREAD_RUN if starts and method != "GET" else op


def thread_requests(program: Program) -> list[cst.Call]:
    """Every request to threads and what is on them, certain or not, whatever rules are asked for.

    An id of a conversation is none that such a request of the old API could be given.
    """
    made = {id(call.call): call for call in find_raw(program)}
    requests = [call.request for call in made.values()]
    requests += [r for r in program.requests if id(r.call) not in made]
    on_threads = _ENDPOINTS - {"assistants"}
    return [request.call for request in requests if request.endpoint.id in on_threads]


def _read(program: Program, node: cst.Call, client: Client) -> RawCall | None:
    addressed = program.finder.addressed(node, client)
    texts = () if addressed is None else addressed[1].texts
    found = URL.fullmatch(texts[0]) if len(texts) == 1 else None
    if addressed is None or found is None:
        return None
    path = re.sub(re.escape(HOLE) + "+", "*", found["path"]).rstrip("/")
    endpoint = endpoint_of(path)
    request = Request(
        endpoint, Certainty.CERTAIN, node, addressed[0], client, addressed[1].constants
    )
    ids = holes(program, addressed[0])
    method, sender = _method(program, node, client), node
    op = _op(method, path)
    try:
        sender = RequestReader(program, request, streams=True).sender(client)
    except RefusedError:
        op = Op.OTHER
    query = re.sub(re.escape(HOLE) + "+", "*", found["query"] or "")
    if len(ids) != path.count("*") + query.count("*") or client.method == "stream":
        op = Op.OTHER
    op = _or_unread(op, path, method)
    return RawCall(op, endpoint, request, sender, tuple(ids), query)


def _method(program: Program, call: cst.Call, client: Client) -> str:
    """The method of a request, in capitals; empty where it is not certain."""
    named = {arg.keyword.value: arg.value for arg in call.args if arg.keyword is not None}
    plain = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    if client.library is Library.URLLIB:
        if "method" in named:
            return (program.resolver.text(named["method"]) or "").upper()
        return "POST" if "data" in named or len(plain) > 1 else "GET"
    if client.is_told_the_method:
        given = named.get("method", plain[0] if plain else None)
        return "" if given is None else (program.resolver.text(given) or "").upper()
    return client.method.upper()


def holes(program: Program, node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The parts of a URL that are not known before the program runs, in their order."""
    if HOLE not in "".join(program.resolver.value(node).texts):
        return []
    behind = program.resolver.single(node)
    if isinstance(behind, cst.FormattedString):
        parts = [p.expression for p in behind.parts if isinstance(p, cst.FormattedStringExpression)]
        return [hole for part in parts for hole in holes(program, part)]
    operands = added(behind)
    if len(operands) > 1:
        return [hole for operand in operands for hole in holes(program, operand)]
    if isinstance(behind, cst.BinaryOperation) and isinstance(behind.operator, cst.Modulo):
        right = behind.right
        given = [e.value for e in right.elements] if isinstance(right, cst.Tuple) else [right]
        return [hole for value in given for hole in holes(program, value)]
    if isinstance(behind, cst.Call) and isinstance(behind.func, cst.Attribute):
        if behind.func.attr.value == "format":
            return [hole for arg in behind.args for hole in holes(program, arg.value)]
    if isinstance(behind, cst.Call) and program.scopes.imported(behind.func).endswith("urljoin"):
        return [hole for arg in behind.args for hole in holes(program, arg.value)]
    return [node]


def members(program: Program, node: cst.BaseExpression) -> dict[str, cst.BaseExpression] | None:
    """The elements of a dict literal, or of a constant that is one, by their keys."""
    found = program.resolver.single(node)
    if not isinstance(found, cst.Dict):
        return None
    given = {key_of(element): element.value for element in found.elements}
    if None in given or len(given) != len(found.elements):
        return None
    return {str(name): value for name, value in given.items()}
