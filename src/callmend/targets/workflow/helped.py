"""A call of the file's own post helper: its path and its body change, the helper hardly does.

The helper may serve live calls too, whose requests stay what they are. Where the live endpoint
wants a header that the helper does not send, the helper gets it for that endpoint alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Certainty, Transport
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.tree import (
    called,
    items,
    show,
    show_line,
    span,
    text,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.helped_bodies import body_notes
from callmend.targets.workflow.helped_clients import (
    ClientCall,
    is_by_client,
    posted_by_client,
    read_client_call,
)
from callmend.targets.workflow.helped_functions import called_helper
from callmend.targets.workflow.helped_headers import HelperCall, check_visible
from callmend.targets.workflow.helped_paths import path_change
from callmend.targets.workflow.helped_polls import (
    HelpedPoll,
    header_edits,
    poll_edits,
    poll_note,
    read_polls,
)
from callmend.targets.workflow.helped_urls import base_edits, dead_base_of, is_the_url, written_path
from callmend.targets.workflow.limits import Limit, carried_by_call
from callmend.targets.workflow.posted import Sent, given_options, headers_sent, posted
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.urls import url_edits
from callmend.targets.workflow.values import Value, read_value, value_plan


@record(frozen=True, slots=True)
class Helped(Value):
    """What is known of a call of a post helper that gives the answer's JSON.

    ``polls`` are the file's requests for the run, which functions of it send too.
    """

    through: HelperCall | ClientCall
    polls: tuple[HelpedPoll, ...]

    @property
    def calls(self) -> tuple[HelperCall | ClientCall, ...]:
        """The call, and those that ask for its answer again."""
        return (self.through, *(poll.through for poll in self.polls))

    @property
    def kind(self) -> Transport:
        """The client by which the helper sends; `fetch` for all that are like that."""
        transport = self.site.program.callees.transport(called(self.through.sent))
        return transport if transport.is_client else Transport.FETCH


def helper_of(site: Site) -> Sent:
    """The function of the file that a call is given to.

    Raises:
        RefusedError: it is not certain which one it is, or what is asked for is no plain request.
    """
    helper = called_helper(site.program, site.request)
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if helper is None:
        raise RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{text_of(site.request.call, 'function').decode()}`"
        )
    return helper


def read_of_helper(site: Site, helper: Sent) -> Helped:
    """The facts of a call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    program, request = site.program, site.request
    if request.certainty is Certainty.CANDIDATES:
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(request.call)} is given each URL")
    through: HelperCall | ClientCall
    if is_by_client(program, helper):
        through = read_client_call(site, helper)
        body, variable = posted_by_client(through)
    else:
        body, variable = posted(program, helper, request.call)
        through = HelperCall(site, helper, headers_sent(program, helper, request.call))
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=is_still_promised(program.tree, request.call))
    readings = follower.readings
    polls = read_polls(site)
    asked = {node for poll in polls for node in poll.nodes}
    again = [poll.through.site.request.call for poll in polls]
    every = readings.joined(poll.readings for poll in polls) if polls else readings
    value = read_value(site, body, every, again, variable=variable, nodes=asked)
    return Helped(site, value.said, value.shape, value.again, value.asks, through, polls)


def helped_plan(
    known: Helped,
    form: Form,
    template: str,
    given: Callable[[HelperCall | ClientCall], bytes] | None = None,
) -> Plan:
    """The rewrite of the call; ``given`` is what the function for an answer is given besides.

    Raises:
        RefusedError: the URL or the headers are not for this call alone to change.
    """
    site, url, through = known.site, known.site.request.url, known.through
    form = form.for_polls(site, known.again)
    start = started_at(through)
    for poll in known.polls:
        detail = show_line(poll.through.site.request.call)
        if started_at(poll.through) != start:
            raise RefusedError(Reason.OWN_POLLING, f"{detail} is sent to another host")
        if type(poll.through) is not type(through):
            raise RefusedError(Reason.OWN_POLLING, f"{detail} is sent by something else")
    more = [b"" if given is None else b", " + given(each) for each in known.calls]
    limits = [] if form.beta is None else [_limit(known, each) for each in known.calls]
    value = value_plan(known, form, template, more, start, limits)
    if through.gives_headers and is_the_url(site.program, through.helper, site.request):
        urls = url_edits(site, form.url)
    else:
        base = dead_base_of(site, through.helper)
        path = written_path(site, through.helper, form.url, base)
        urls = [Edit(url.start_byte, url.end_byte, path)]
    change = path_change(site, through.helper, urls[0].text)
    said = known.said
    told_of_body = body_notes(site, through.helper, said.body, said.name, form.members)
    headers = list(header_edits(through, form, urls[0].text, polled=bool(known.polls)))
    told = "this function sends the request and stays as it is"
    if headers and form.beta is not None and not through.gives_headers:
        told = "this function sends the request, with the header OpenAI-Beta for it"
    notes = [*value.notes, *change.notes, *told_of_body, Note(span(through.sent), told)]
    bases = base_edits(site.program, [(each.site, each.helper) for each in known.calls])
    edits = [*value.edits, *urls, *change.edits, *headers, *bases]
    for poll in known.polls:
        edits += poll_edits(poll, form)
        notes.append(poll_note(poll, form))
    edits = sorted(set(edits))
    return replace(
        value,
        edits=tuple(edits),
        notes=tuple(notes),
        covers=tuple(
            (span(around), tuple(e for e in edits if span(around).contains(e.span)))
            for around in known.again
        ),
    )


def _limit(known: Helped, through: HelperCall | ClientCall) -> Limit:
    """The limits of one call, as the requests that follow it get them."""
    given = given_options(known.site.program, through.helper, through.site.request.call)
    if isinstance(through, ClientCall):
        options = through.sending.options
        members = [] if options is None else items(options)
    else:
        members = [*given.members().values()]
    polled = bool(known.polls)
    limit = carried_by_call(through.site, members, given, polled=polled)
    return limit if through is known.through else limit.alone


def started_at(known: HelperCall | ClientCall) -> bytes | None:
    """What starts the URLs of further requests where the call stands, as in a template string.

    None where the base of the helper's URL is no setting.

    Raises:
        RefusedError: the base is another one there, or cannot be read there.
    """
    site = known.site
    base = site.default_base
    if base is None:
        return None
    if isinstance(known, ClientCall) and base.node == known.sending.base:
        # What the client sends stays behind the base that it was made with.
        return b"" if base.versioned else b"/v1"
    shown = f"`{show(base.node)}`"
    if has_effects(base.node) or (base.slashed and base.versioned):
        raise RefusedError(Reason.UNRESOLVED_HOST, shown)
    check_visible(site, base.node)
    for name in site.program.scopes.names_in(base.node):
        binding = site.program.scopes.binding(name)
        if binding is not None and binding.writes:
            raise RefusedError(Reason.UNRESOLVED_HOST, shown)
    slash = b"" if base.slashed else b"/"
    return b"${" + text(base.node) + b"}" + (b"" if base.versioned else slash + b"v1")
