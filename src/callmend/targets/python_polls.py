"""A Python file's own polling of the dead run: each request for it asks for the live answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import libcst as cst

from callmend.calls import RefusedError
from callmend.languages.python.find import Certainty, Request
from callmend.languages.python.program import Program
from callmend.languages.python.readers import Follower, Readings
from callmend.languages.python.request import Question, RequestReader
from callmend.languages.python.runs import PLACES, RunUrl, nodes_of, polling_requests, run_url
from callmend.languages.python.shapes import IDS
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.python_edits import Change, Editor


@record(frozen=True, slots=True)
class Poll:
    """One request for the run that a file starts.

    ``url`` is where its URL is put together, ``nodes`` all that it is put together from.
    ``looks`` tells that the file looks at its response's status.
    """

    request: Request
    question: Question
    url: RunUrl
    nodes: frozenset[cst.CSTNode]
    follower: Follower
    readings: Readings


class Asks(Protocol):
    """What asks for the run, whatever sends it; as in ``Poll``."""

    @property
    def request(self) -> Request:
        """The request."""

    @property
    def url(self) -> RunUrl:
        """Where its URL is put together."""

    @property
    def nodes(self) -> frozenset[cst.CSTNode]:
        """All that its URL is put together from."""


def waited(seconds: int, joint: str) -> str:
    """What is told besides of a request for a run that is waited for where it is started."""
    told = "; the run is waited for where it is started already, "
    told += f"{seconds} seconds at most (--poll-timeout)"
    return told + f"; its `id` is `thread_…{joint}run_…` now, as both are asked by"


def refuse_polling(program: Program) -> None:
    """Refuse to read an answer in place where the file asks for the run again.

    Raises:
        RefusedError: it does.
    """
    for request in polling_requests(program):
        raise RefusedError(Reason.OWN_POLLING, program.tree.show_line(request.call))


def read_polls(program: Program, start: Request) -> tuple[Poll, ...]:
    """All polling of the file, which is that of the run that ``start`` starts.

    Raises:
        RefusedError: a request cannot be followed, or the file starts several runs.
    """
    requests = polling_requests(program)
    if not requests:
        return ()
    starts = [r for r in program.requests if not r.endpoint.part and r.endpoint.targets]
    if len(starts) > 1 or starts[0].call is not start.call:
        detail = f"{program.tree.show_line(requests[0].call)}, and several runs are started"
        raise RefusedError(Reason.OWN_POLLING, detail)
    return tuple(_read(program, request) for request in requests)


def _read(program: Program, request: Request) -> Poll:
    again = program.tree.show_line(request.call)
    known = (Certainty.CERTAIN, Certainty.DEFAULT_HOST)
    if request.client is None or request.certainty not in known:
        raise RefusedError(Reason.OWN_POLLING, again)
    url = run_url(program, request)
    if url is None:
        raise RefusedError(Reason.OWN_POLLING, f"{again}: the run's id is not followed")
    try:
        question = RequestReader(program, request).question()
    except RefusedError as refused:
        raise RefusedError(Reason.OWN_POLLING, f"{again}: {refused.reason.in_python[0]}") from None
    follower = Follower(program, request.client, question.sender)
    nodes = frozenset(nodes_of(program, request))
    return Poll(request, question, url, nodes, follower, follower.follow())


def check_identities(
    program: Program, start: Readings, polls: Sequence[Asks], *, opaque: bool
) -> None:
    """Refuse polling whose id is not the one that the start's answer gave.

    ``opaque`` tells that the new id is as good as any other one where it goes out and comes back
    as a parameter. Otherwise it has to be followed from the answer to the polling.

    Raises:
        RefusedError: an id comes from elsewhere.
    """
    ids = [end.node for end in start.ends if end.names[0] in IDS and len(end.names) == 1]
    for poll in polls:
        followed = any(node in poll.nodes for node in ids)
        if not followed and not (opaque and _is_parameter(program, poll.url.identity)):
            again = program.tree.show_line(poll.request.call)
            raise RefusedError(Reason.OWN_POLLING, f"{again}: its id comes from elsewhere")


def _is_parameter(program: Program, node: cst.BaseExpression) -> bool:
    found = program.resolver.definitions(node)
    return len(found) == 1 and isinstance(found[0].node, cst.Param)


def poll_changes(program: Program, poll: Poll, editor: Editor, path: str) -> Iterator[Change]:
    """The changes of a poll's URL, which is ``path`` with the id behind it.

    Raises:
        RefusedError: the id cannot be written into an f-string.
    """
    tree, url = program.tree, poll.url
    if url.template is not None:
        base = editor.live_url(url.template, path)
        places = PLACES.findall(str(url.template.evaluated_value))
        if len(places) == 1:
            yield Change(*tree.chars(url.template), f"{base[:-1]}/{places[0]}{base[-1]}")
            return
        yield Change(*tree.chars(url.template), base)
        inner, quote = f"{{{url.name}}}", base[-1]
    else:
        base = editor.live_url(url.node, path)
        inner, quote = _inside(base), base[-1]
    new = with_identity(inner, quote, tree.source(url.identity))
    if new is None:
        again = tree.show_line(poll.request.call)
        raise RefusedError(Reason.OWN_POLLING, f"{again}: its id is no plain expression")
    start, end = tree.whole(url.node)
    if not editor.is_alone(start, end, url.node, new):
        start, end = tree.chars(url.node)
    yield Change(start, end, new)


def with_identity(inner: str, quote: str, identity: str) -> str | None:
    """An f-string of what stands inside of one, and an id behind it; None where it cannot be."""
    used = identity + inner
    other = "'" if quote == '"' else '"'
    if quote in used:
        quote = other
    if quote in used or "\\" in identity or "\n" in identity or "#" in identity:
        return None
    return f"f{quote}{inner}/{{{identity}}}{quote}"


def _inside(literal: str) -> str:
    """What stands between the quotes of a string or an f-string."""
    return literal.removeprefix("f")[1:-1]
