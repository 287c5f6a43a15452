"""A call that axios, ky or got sends: it stays their call, and its answer goes through a function.

The request is changed in place. What it promises goes through one function at the end of the file,
which gives the text in the shape that the file reads: for axios in the `data` of its response, for
ky and got as what their `json()` gives. All three throw on an HTTP error by themselves, and the
function throws in the same way where the answer is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Certainty, Transport
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.statements import appended_member
from callmend.languages.ecmascript.tree import (
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    span,
    start_of_call,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form, as_code, body_edit, template_for
from callmend.targets.workflow.client_reading import ByClient, refused_options
from callmend.targets.workflow.functions import BASE_URL, HelperFunction
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.kept_keys import KeptKey, kept_key
from callmend.targets.workflow.limits import Limit, carried
from callmend.targets.workflow.polls import again_note, polled_url, split_identity
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import told_notes
from callmend.targets.workflow.urls import prefix_of, relative_path, url_edits

#: The functions for what `json()` promises; the SDK's own promise is one of an answer too.
_OF_JSON = {"assistants": "adapter-json.ts", "responses": "adapter-sdk.ts"}
_BETA = b"OpenAI-Beta"
_NAMED_ELSEWHERE = (b"openai-organization", b"openai-project")
#: What the status is called in a function that is written, the first that hides no other name.
_STATUSES = (b"status", b"code", b"statusCode", b"httpStatus")


def client_plan(known: ByClient, form: Form) -> Plan:
    """The plan of a call by a client."""
    site, request = known.site, known.site.request
    form = form.for_polls(site, [poll.site.request.call for poll in known.polls])
    by_axios = request.transport is Transport.AXIOS
    if not by_axios and form.beta is not None and request.certainty is Certainty.DEFAULT_HOST:
        detail = f"`{show(request.url)}`: the polling would not ask the host of the setting"
        raise RefusedError(Reason.UNRESOLVED_HOST, detail)
    kept = [_kept(each, form) for each in (known, *known.polls)]
    limits = _limits(known, form, kept[0])
    stopped = any(limit.code for limit in limits)
    written = "adapter-axios.ts" if by_axios else _OF_JSON[form.target]
    template = template_for(site, written, known.shape, stopped=stopped)
    identity = form.identity if known.polls else form.live + b".id"
    based = BASE_URL in template.metavariables() and site.default_base is not None
    code = known.shape.given(form.live, identity)
    function = HelperFunction(site, template, code, based=based, stopped=stopped)
    base = template.functions()[0]
    name = function.name(base)
    headers = _HeaderEdits(known, form.beta)
    edits = [
        *_through(known, form, name, kept[0], limits[0]),
        *(_rebased(known, form) or url_edits(site, form.url)),
        body_edit(known, form.members),
        *headers.edits(),
        *_strict(known),
    ]
    covers = []
    asked = []
    for poll, key, stop in zip(known.polls, kept[1:], limits[1:], strict=True):
        assert poll.identity is not None  # noqa: S101  # `_poll` has seen it
        own = [
            *_through(poll, form, name, key, stop),
            polled_url(
                poll.site, form.polled, split_identity(poll.site, poll.identity, form.joint)
            ),
            *_HeaderEdits(poll, form.beta).edits(),
        ]
        edits += own
        around = span(poll.site.request.call)
        covers.append((around, tuple(e for e in own if around.contains(e.span))))
        asked.append(again_note(poll.site, form.polled, form.identity))
    what = "which gives its text as"
    told = f"the answer goes through `{name.decode()}`, {what} `{known.shape.shown}`"
    notes = [Note(span(request.call), told, always=True)]
    if known.lenient is not None and not known.caught:
        thrown = f"`{show(known.lenient)}` let errors through unseen: they are thrown now"
        notes.append(Note(span(known.lenient), thrown, always=True))
    notes += [*asked, *told_notes(known, form.dropped, known.shape)]
    notes += [note for each in limits for note in each.notes]
    if request.transport is Transport.KY and not _is_timed(known):
        told = "ky gives up after 10 seconds where no `timeout` is given"
        notes.append(Note(span(request.call), told, always=True))
    appended = function.appended(base, name)
    return Plan(
        tuple(sorted(set(edits))),
        "",
        (*notes, *headers.notes),
        appended,
        form.gone,
        covers=tuple(covers),
    )


def _kept(known: ByClient, form: Form) -> KeptKey | None:
    """The constant of the key that the requests which follow are sent with too."""
    if form.beta is None or known.headers is None:
        return None
    return kept_key(known.site, known.headers)


def _limits(known: ByClient, form: Form, kept: KeptKey | None) -> list[Limit]:
    """The limits of the start and of each poll, as the requests that follow each get them."""
    if form.beta is None:
        return [Limit() for _ in (known, *known.polls)]
    taken = () if kept is None else kept.edits
    polls = [poll.site for poll in known.polls]
    start = carried(known.site, known.sending.options, polls, taken)
    later = [carried(poll.site, poll.sending.options, polls).alone for poll in known.polls]
    return [start, *later]


def _through(
    known: ByClient, form: Form, name: bytes, kept: KeptKey | None, limit: Limit
) -> Iterator[Edit]:
    """The edits after which what a request promises is given to the function."""
    site = known.site
    owner = text(known.owner)
    if site.program.callees.observer(site.request.call) is not None:
        # The instance by which Nest's service sends.
        owner += b".axiosRef"
    if prefix_of(site) is not None:
        # Behind a prefix there is no whole URL.
        owner += b".extend({ prefixUrl: " + site.style.quote * 2 + b" })"
    yield from () if kept is None else kept.edits
    given = b"" if form.beta is None else b", " + owner + b", " + _again(known, form, kept)
    if form.beta is not None and site.default_base is not None:
        given += b", " + _base(site)
    given += limit.argument
    yield from limit.edits
    start = start_of_call(known.asked)
    yield Edit(start, start, name + b"(")
    caught = b""
    if known.caught:
        # The file looks at the status of each error: it goes on as the response that it was.
        response = b"failed.response || "
        if known.partly:
            response = b"failed.response?.status < 500 ? failed.response : "
        caught = b".catch(failed => " + response + b"Promise.reject(failed))"
    yield Edit(known.asked.end_byte, known.asked.end_byte, given + b")" + caught)


def _rebased(known: ByClient, form: Form) -> list[Edit]:
    """The edits of a base that ends in the dead path, and of the path behind it, where both may go.

    `axios.create({ baseURL: 'https://api.openai.com/v1/workflows' })` for dead calls alone.
    """
    site, base = known.site, known.sending.base
    literal = None if base is None else unwrapped(base)
    plain = known.alone and not known.polls and site.settings.base_url == DEFAULT_BASE_URL
    if literal is None or literal.type != "string" or not plain or site.tried is not None:
        return []
    dead = text(literal)[1:-1].rstrip(b"/") == DEFAULT_BASE_URL.encode() + b"/workflows"
    whole = any("://" in url for url in site.program.resolver.value(site.request.url).texts)
    starts = [r for r in site.program.requests if r.sending and r.sending.base == base]
    if not dead or whole or len(starts) > 1:
        return []
    quote, url = site.style.quote, site.request.url
    own = text(literal)[:1]
    return [
        Edit(literal.start_byte, literal.end_byte, own + DEFAULT_BASE_URL.encode() + own),
        Edit(url.start_byte, url.end_byte, quote + form.url + quote),
    ]


def _strict(known: ByClient) -> Iterator[Edit]:
    """The edit after which axios throws every error of HTTP."""
    if known.lenient is not None:
        scope = known.site.program.scopes.scope_at(known.lenient)
        name = next(n for n in _STATUSES if scope.lookup(n) is None or n == _STATUSES[-1])
        value = span(member_value(known.lenient))
        yield Edit(value.start, value.end, name + b" => " + name + b" < 400")


def _base(site: Site) -> bytes:
    """The base of the function's own URLs, where it is a setting; none behind a client's own."""
    start = relative_path(site, b"")
    if start is not None:
        return site.style.quote + start + site.style.quote
    return as_code(site.base_at(site.request.call) or b"")


def _is_timed(known: ByClient) -> bool:
    """Whether the call, or what made its client, says how long to wait."""
    scopes, made = known.site.program.scopes, known.sending.made
    given = items(field(made, "arguments") or made) if made is not None else []
    literals = [object_behind(scopes, each) for each in given]
    options = [known.sending.options, *(each.node for each in literals if each is not None)]
    return any(key_name(m) == b"timeout" for each in options if each for m in items(each))


def _again(known: ByClient, form: Form, kept: KeptKey | None) -> bytes:
    """The headers of the requests that follow."""
    beta = form.beta or b""
    own = known.headers
    if own is not None and own.value(b"authorization") is not None:
        return repeatable_headers(known.site, own, beta, kept)
    elsewhere = [n for n in _NAMED_ELSEWHERE if own is not None and n in own.by_name]
    if elsewhere and own is not None:
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(own.by_name[elsewhere[0]])}`")
    return b"{ " + beta_member(known.site, beta) + b" }"


def beta_member(site: Site, beta: bytes) -> bytes:
    """The beta header as a member of a literal, in the style of the place."""
    quote = site.style.quote
    return quote + _BETA + quote + b": " + quote + beta + quote


class _HeaderEdits:
    """The edits after which the call is sent with the beta header that its endpoint wants."""

    def __init__(self, known: ByClient, beta: bytes | None) -> None:
        self._known = known
        self._beta = beta
        self.notes: list[Note] = []

    def edits(self) -> Iterator[Edit]:
        """The edits.

        Raises:
            RefusedError: the client's own header is sent with live calls too.
        """
        known, beta = self._known, self._beta
        common, own = known.common, known.headers
        given = None if common is None else common.by_name.get(b"openai-beta")
        if common is not None and given is not None:
            if known.alone:
                yield from self._of(common)
                if own is not None and b"openai-beta" in own.by_name:
                    yield from self._of(own)
                return
            if beta is None or key_name(given) != _BETA:
                detail = f"`{show(given)}` is sent with other calls too"
                raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        if own is not None:
            yield from self._of(own)
        elif beta is not None:
            given_headers = b"{ " + beta_member(known.site, beta) + b" }"
            yield from added_headers(known.site, known.sending, given_headers)

    def _of(self, headers: Headers) -> Iterator[Edit]:
        edits = HeaderEdits(self._known.site, headers)
        yield from edits.edits(self._beta, sends_json=False)
        self.notes += edits.notes


def added_headers(site: Site, sending: Sending, headers: bytes) -> Iterator[Edit]:
    """The edits after which a request has `headers` among its options.

    Raises:
        RefusedError: the options are not the call's own.
    """
    call = site.request.call
    if sending.options is not None and items(sending.options):
        literal = object_behind(site.program.scopes, sending.options)
        if literal is None or not is_inside(sending.options, call):
            raise refused_options(f"`{show(sending.options)}`")
        yield from appended_member(site.program.source, sending.options, b"headers: " + headers)
        return
    before = sending.url if sending.verb == "GET" else sending.body
    if sending.options is not None or before is None:
        raise refused_options(f"`{show(call)}`")
    yield Edit(before.end_byte, before.end_byte, b", { headers: " + headers + b" }")
