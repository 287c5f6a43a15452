"""The file's own polling by functions of it that send what they are given: `api(path)`."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.given_options import GivenOptions
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    member_value,
    show_line,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.helped_clients import (
    ClientCall,
    client_beta_edits,
    is_by_client,
    only_asks,
    read_client_call,
)
from callmend.targets.workflow.helped_functions import called_helper, gives_the_json
from callmend.targets.workflow.helped_headers import HelperCall, beta_edits
from callmend.targets.workflow.helped_paths import path_change
from callmend.targets.workflow.helped_urls import dead_base_of, is_the_url
from callmend.targets.workflow.pathid import path_identity
from callmend.targets.workflow.polls import again_note, polled_url, polls_of, split_identity
from callmend.targets.workflow.posted import as_json, given_options, headers_sent
from callmend.targets.workflow.site import Site


@record(frozen=True, slots=True)
class HelpedPoll:
    """One request for a run that never was; ``identity`` is the code of the run's id."""

    through: HelperCall | ClientCall
    identity: Capture
    readings: Readings

    @property
    def nodes(self) -> frozenset[int]:
        """The ids of the call and of the expressions that its URL is put together from."""
        request = self.through.site.request
        return request.nodes | {request.call.id}


def read_polls(start: Site) -> tuple[HelpedPoll, ...]:
    """All polling of the file, which is that of this call's run.

    Raises:
        RefusedError: a request is no call of such a function, or cannot be followed, or the file
            starts several runs.
    """
    return tuple(_read(start, request) for request in polls_of(start))


def _read(start: Site, request: Request) -> HelpedPoll:
    site = Site.of(start.program, request, start.settings, start.names)
    program, call, again = site.program, request.call, show_line(request.call)
    helper = called_helper(program, request)
    if helper is None or request.certainty not in (Certainty.CERTAIN, Certainty.DEFAULT_HOST):
        raise RefusedError(Reason.OWN_POLLING, again)
    try:
        plain = gives_the_json(program, helper)
        identity = path_identity(site)
        through: HelperCall | ClientCall
        if is_by_client(program, helper):
            through = read_client_call(site, helper)
            plain = plain and only_asks(through)
        else:
            through = HelperCall(site, helper, headers_sent(program, helper, call))
            plain = plain and _only_asks(given_options(program, helper, call))
    except RefusedError as refused:
        detail = refused.detail or refused.reason.summary
        raise RefusedError(Reason.OWN_POLLING, f"{again}: {detail}") from None
    if identity is None or not plain:
        raise RefusedError(Reason.OWN_POLLING, again)
    follower = Follower(program, call)
    follower.follow(call, What.BODY, promised=is_still_promised(program.tree, call))
    return HelpedPoll(through, identity, follower.readings)


def _only_asks(given: GivenOptions) -> bool:
    """Whether the function sends a GET without a body for the call."""
    members = given.members()
    method, body = members.get(b"method"), members.get(b"body")
    verb = None if method is None else given.value(member_value(method))
    if isinstance(verb, Node) and text(unwrapped(verb))[1:-1].upper() != b"GET":
        return False
    value = None if body is None else given.value(member_value(body))
    if isinstance(value, Node):
        # `JSON.stringify(undefined)` is undefined.
        inside = as_json(value)
        value = value if inside is None else given.value(inside)
    return not isinstance(value, Node) or text(unwrapped(value)) in (b"undefined", b"null")


def poll_edits(poll: HelpedPoll, form: Form) -> list[Edit]:
    """The edits of its URL and of its beta header.

    Raises:
        RefusedError: the URL or the headers are not for such calls alone to change.
    """
    through = poll.through
    site, program = through.site, through.site.program
    identity = split_identity(site, poll.identity, form.joint)
    whole = through.gives_headers and is_the_url(program, through.helper, site.request)
    helper = None if whole else through.helper
    base = None if helper is None else dead_base_of(site, helper)
    url = polled_url(site, form.polled, identity, helper, base)
    change = path_change(site, through.helper, url.text)
    return [url, *change.edits, *header_edits(through, form, url.text, polled=True)]


def header_edits(
    through: HelperCall | ClientCall, form: Form, path: bytes, *, polled: bool
) -> Iterator[Edit]:
    """The edits of the beta header of a call, for which ``path`` is written.

    Raises:
        RefusedError: the headers are not for such calls alone to change.
    """
    if isinstance(through, ClientCall):
        yield from client_beta_edits(through, form, path, polled=polled)
    else:
        yield from beta_edits(through, form, path, polled=polled)


def poll_note(poll: HelpedPoll, form: Form) -> Note:
    """What is told of it."""
    return again_note(poll.through.site, form.polled, form.identity)
