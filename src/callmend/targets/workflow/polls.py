"""The file's own polling of the dead run: each request for it becomes one for the live answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit, Span
from callmend.findings import Note
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.invented import invented_requests
from callmend.languages.ecmascript.own_waits import own_wait
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    called,
    field,
    items,
    key_name,
    show_line,
    span,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_POLL_TIMEOUT
from callmend.targets.workflow.half import polling_requests
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.pathid import path_identity
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.urls import relative_path

if TYPE_CHECKING:
    # few files have such a function
    from callmend.targets.workflow.dead_bases import DeadBase
    from callmend.targets.workflow.posted import Sent

#: What a request that only asks is sent with.
_OF_A_GET = frozenset({b"cache", b"headers", b"signal"})
#: Between the two ids of a run in one that may be a segment of a path.
JOINT = b"~"
#: What stands between them where the id is no such segment: the end of a live URL.
JOINED = b"/runs/"
_OF_A_RUN = re.compile(r"https://api\.openai\.com/(?:[^?#]*/)?workflows/[^?#]*runs/[^/?#]+/[^?#]")


@record(frozen=True, slots=True)
class Poll:
    """One request for a run that never was; ``identity`` is the code of the run's id.

    ``asked`` is where its URL is written, and ``site`` where it is sent: by a function of the file
    that is given the URL, or there too. ``helper`` is that function, where it is given a path.
    """

    asked: Site
    site: Site
    headers: Headers
    identity: Capture
    readings: Readings
    helper: Sent | None = None

    @property
    def nodes(self) -> frozenset[int]:
        """The ids of the expressions that its URL is put together from."""
        return self.asked.request.nodes


def read_polls(site: Site) -> tuple[Poll, ...]:
    """All polling of the file, which is that of this call's run.

    Raises:
        RefusedError: a request cannot be followed, or the file starts several runs.
    """
    return tuple(_read(site, request) for request in polls_of(site))


def polls_of(site: Site) -> list[Request]:
    """The requests of the file for the run that this call starts.

    Raises:
        RefusedError: something else of a run is asked for, or the file starts several.
    """
    strange = _other_asking(site)
    if strange is not None:
        raise RefusedError(Reason.OWN_POLLING, show_line(strange))
    requests = polling_requests(site)
    if not requests:
        return []
    starts = [r for r in site.program.requests if not r.endpoint.part and r.endpoint.targets]
    if len(starts) > 1:
        detail = f"{show_line(requests[0].call)}, and several runs are started"
        raise RefusedError(Reason.OWN_POLLING, detail)
    return requests


def _other_asking(site: Site) -> Node | None:
    """A call that asks for something else of a dead run: its steps, its end."""
    program = site.program
    for call in program.tree.calls:
        given = items(field(call, "arguments") or call)
        texts = program.resolver.value(given[0]).texts if given else ()
        if any(_OF_A_RUN.match(url) for url in texts):
            return call
    return None


def _read(start: Site, request: Request) -> Poll:
    asked = Site.of(start.program, request, start.settings, start.names)
    again = show_line(request.call)
    known = (Certainty.CERTAIN, Certainty.DEFAULT_HOST)
    if request.certainty not in known:
        raise RefusedError(Reason.OWN_POLLING, again)
    site, helper = (asked, None) if request.transport.is_fetch else _sent_by_function(asked)
    if site is None:
        raise RefusedError(Reason.OWN_POLLING, again)
    try:
        headers = RequestReader(site.program.scopes, site.request.call).headers_of()
        identity = path_identity(asked)
    except RefusedError as refused:
        raise RefusedError(Reason.OWN_POLLING, f"{again}: {refused.reason.summary}") from None
    if identity is None:
        raise RefusedError(Reason.OWN_POLLING, again)
    follower = Follower(site.program, site.request.call)
    follower.follow(site.request.call, What.RESPONSE, promised=True)
    return Poll(asked, site, headers, identity, follower.readings, helper)


def _sent_by_function(asked: Site) -> tuple[Site | None, Sent | None]:
    """Where a function of the file asks for the run, that is given its URL and sends nothing else.

    None where there is no such function, or something else may call it. With it the function,
    where it is given a path that stands behind a base.
    """
    # three modules, for files whose start is no call of such a function
    from callmend.targets.workflow.helped_functions import called_helper  # noqa: PLC0415
    from callmend.targets.workflow.helped_urls import is_the_url, written_path  # noqa: PLC0415
    from callmend.targets.workflow.helped_uses import uses_of_helper  # noqa: PLC0415

    program, request = asked.program, asked.request
    helper = called_helper(program, request)
    if helper is None:
        return None, None
    behind_base = not is_the_url(program, helper, request)
    if behind_base:
        try:
            written_path(asked, helper, b"/")
        except RefusedError:
            return None, None
    transport = program.callees.transport(called(helper.sent))
    uses = uses_of_helper(program, helper)
    polled = [called(poll.call) for poll in polling_requests(asked)]
    given = items(field(helper.sent, "arguments") or helper.sent)[1:]
    options = [unwrapped(each) for each in given]
    names = {key_name(member) for each in options for member in items(each)}
    if not transport.is_fetch or uses is None or not all(use in polled for use in uses):
        return None, None
    if not names <= _OF_A_GET or any(each.type != "object" for each in options):
        return None, None
    sent = replace(request, call=helper.sent, transport=transport)
    site = Site.of(program, sent, asked.settings, asked.names)
    return site, helper if behind_base else None


def is_polled_apart(start: Site, polls: Iterable[Node]) -> bool:
    """Whether another function asks for the run: the id comes to it by a way that is not seen.

    It may be a segment of a path of the file's own, as in `GET /runs/:id`, and hold no slash then.
    """
    tree = start.program.tree
    function = tree.function_of(start.request.call)
    return any(tree.function_of(call) != function for call in polls)


def split_identity(site: Site, identity: Capture, joint: bytes) -> Capture:
    """The code of a run's id in a path, with ``joint`` in place of `JOINT` where there is one."""
    if not joint:
        return identity
    quote = site.style.quote
    parts = (b"String(", identity.text, b").replace(", quote, JOINT, quote, b", ")
    return Capture(b"".join((*parts, quote, joint, quote, b")")))


def patient(site: Site) -> Site:
    """The site with the time for which the file's own loop asks for its run, where that is known.

    What `--poll-timeout` says goes before it.
    """
    known = _own_wait(site.program) if site.settings.poll_timeout == DEFAULT_POLL_TIMEOUT else None
    if known is None:
        return site
    return replace(site, settings=replace(site.settings, poll_timeout=known))


@lru_cache(maxsize=1)  # it is asked for again with each request for the run
def _own_wait(program: Program) -> int | None:
    again = [r.call for r in program.requests if r.endpoint.asks_for_a_run]
    again += [r.call for r in invented_requests(program) if r.endpoint.part]
    return own_wait(program, again)


def again_note(site: Site, path: bytes, identity: bytes, where: Span | None = None) -> Note:
    """What is told of a request for the run, which is that of the site, or the one elsewhere.

    ``identity`` is the code of its id: where that has the thread's id too, which a run wants,
    the start waits for the end now.
    """
    told = f"asks for the run again, which becomes GET /v1{path.decode()}/{{id}}"
    if b"thread_id" in identity:
        seconds = site.settings.poll_timeout
        by = (
            "as by this file's own loop" if _own_wait(site.program) == seconds else "--poll-timeout"
        )
        told += "; the run is waited for where it is started already, "
        told += f"{seconds} seconds at most ({by})"
        joint = JOINT if JOINT in identity else JOINED
        told += f"; its `id` is `thread_…{joint.decode()}run_…` now, as both are asked by"
    return Note(where or span(site.request.call), told, always=True)


def poll_edits(
    poll: Poll, path: bytes, headers: HeaderEdits, beta: bytes | None, joint: bytes = b""
) -> list[Edit]:
    """The edits of its URL, which is ``path`` with the id behind it, and of its beta header."""
    identity = split_identity(poll.asked, poll.identity, joint)
    edits = [polled_url(poll.asked, path, identity, poll.helper)]
    if poll.helper is not None:
        # a module, as for the function
        from callmend.targets.workflow.helped_paths import path_change  # noqa: PLC0415

        edits += path_change(poll.asked, poll.helper, edits[0].text).edits
    return [*edits, *headers.edits(beta, sends_json=False)]


def polled_url(
    site: Site,
    path: bytes,
    identity: Capture,
    helper: Sent | None = None,
    base: DeadBase | None = None,
) -> Edit:
    """The edit of a request's URL, which becomes ``path`` with the id behind it.

    ``helper`` is the function that is given it, where that puts a base in front, and ``base`` that
    one where it loses its part of the dead path.
    """
    inner = unwrapped(site.request.url)
    if helper is not None:
        # a module, as for the function
        from callmend.targets.workflow.helped_urls import written_path  # noqa: PLC0415

        written = written_path(site, helper, path, base)[1:-1]
        return Edit(inner.start_byte, inner.end_byte, b"`%b/${%b}`" % (written, identity.text))
    path += b"/${" + identity.text + b"}"
    relative = relative_path(site, path)
    if relative is not None:
        new = b"`" + relative + b"`"
    else:
        new = site.url_behind_base(path) or b"`" + site.base_url + path + b"`"
    return Edit(inner.start_byte, inner.end_byte, new)
