"""A function of the file that sends by axios, ky or got what it is given, for one of its calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.find import Transport
from callmend.languages.ecmascript.given_options import Absent, GivenOptions
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.tree import called, field, is_inside, items, show, text
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.client_reading import Client, refused_options
from callmend.targets.workflow.clients import added_headers, beta_member
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.helped_headers import (
    check_visible,
    condition_of,
    repeated_values,
    senders,
)
from callmend.targets.workflow.helped_urls import sending_of
from callmend.targets.workflow.helped_uses import serves_the_dead_alone
from callmend.targets.workflow.posted import Sent, given_literal, given_options
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.site import Site

_BETA = b"openai-beta"


@record(frozen=True, slots=True)
class ClientCall:
    """One call of such a function: where it stands, what it calls, and what is sent for it.

    ``owner`` is the client, ``headers`` are those of the request in the function, and ``common``
    those that the client was made with.
    """

    site: Site
    helper: Sent
    sending: Sending
    owner: Node
    headers: Headers | None
    common: Headers | None

    @property
    def sent(self) -> Node:
        """The request that the function sends."""
        return self.helper.sent

    @property
    def gives_headers(self) -> bool:
        """Whether the function sends the headers that the call gives it, and no others."""
        return False


def is_by_client(program: Program, helper: Sent) -> bool:
    """Whether a client of a package sends what the function is given."""
    return program.callees.transport(called(helper.sent)).is_client


def read_client_call(site: Site, helper: Sent) -> ClientCall:
    """What is sent for a call.

    Raises:
        RefusedError: the client, its options or its headers cannot be followed.
    """
    program = site.program
    transport = program.callees.transport(called(helper.sent))
    sending = sending_of(program, helper)
    client = Client(program, replace(site.request, call=helper.sent, transport=transport), sending)
    client.check()
    if client.lenient is not None:
        raise refused_options(f"`{show(client.lenient)}`")
    headers, common = client.headers()
    return ClientCall(site, helper, sending, client.owner, headers, common)


def posted_by_client(known: ClientCall) -> tuple[Node, Node | None]:
    """The object literal that is sent as JSON, as for `posted`.

    Raises:
        RefusedError: something else is sent, or the argument is no literal of the call.
    """
    call, sending = known.site.request.call, known.sending
    given = given_options(known.site.program, known.helper, call)
    if _verb(known, given) != "POST":
        raise RefusedError(Reason.NOT_A_POST, f"`{show(known.sent)}`")
    argument = None if sending.body is None else given.value(sending.body)
    if not isinstance(argument, Node) or not is_inside(argument, call):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(known.sent)}`")
    return given_literal(known.site.program, argument, call)


def only_asks(known: ClientCall) -> bool:
    """Whether a GET without a body is sent for the call."""
    sending = known.sending
    given = given_options(known.site.program, known.helper, known.site.request.call)
    body = None if sending.body is None else given.value(sending.body)
    return _verb(known, given) == "GET" and not isinstance(body, Node)


def _verb(known: ClientCall, given: GivenOptions) -> str:
    """The method of the request for this call; empty where it is not certain."""
    sending = known.sending
    if sending.verb is not None or sending.method is None:
        return sending.verb or ""
    told = given.value(sending.method)
    if isinstance(told, Absent):
        return "GET"
    program, call = known.site.program, known.site.request.call
    arguments = items(field(call, "arguments") or call)
    values = program.resolver.arguments(known.helper.function, arguments)
    texts = {each.upper() for each in program.resolver.substituted(told, values).texts}
    return texts.pop() if len(texts) == 1 else ""


# the headers


def client_beta_edits(
    known: ClientCall, form: Form, path: bytes, *, polled: bool = False
) -> Iterator[Edit]:
    """The edits of the beta header, as `beta_edits` are for `fetch`.

    Raises:
        RefusedError: other calls of the function or of the client would have another one.
    """
    site, beta = known.site, form.beta
    common = None if known.common is None else known.common.value(_BETA)
    own = None if known.headers is None else known.headers.value(_BETA)
    if common is not None and (beta is None or text(common)[1:-1] != beta):
        raise RefusedError(
            Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(common)}` is sent with other calls too"
        )
    if common is not None or (beta is None and own is None):
        return
    alone = serves_the_dead_alone(site.program, known.helper)
    if own is not None and not alone and (beta is None or text(own)[1:-1] != beta):
        detail = "`OpenAI-Beta` is sent for the other calls of the function too"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    inside = Site.of(
        site.program, replace(site.request, call=known.sent), site.settings, site.names
    )
    if known.headers is not None:
        edits = HeaderEdits(inside, known.headers, senders(site.program))
        if alone or own is not None:
            yield from edits.edits(beta, sends_json=False)
            return
        condition = condition_of(
            site, known.helper, form, path, known.headers.holder, polled=polled
        )
        yield from edits.where(condition, beta or b"", known.helper.function)
        return
    headers = b"{ " + beta_member(inside, beta or b"") + b" }"
    if not alone:
        condition = condition_of(site, known.helper, form, path, known.sent, polled=polled)
        headers = condition + b" ? " + headers + b" : {}"
    yield from added_headers(inside, known.sending, headers)


def repeated_by_client(known: ClientCall, beta: bytes) -> bytes:
    """What the function for an answer is given besides: the client, and the headers of requests.

    Raises:
        RefusedError: the client or its key is not to be seen where the call stands.
    """
    site = known.site
    transport = site.program.callees.transport(called(known.sent))
    if site.default_base is not None and transport is not Transport.AXIOS:
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{show(site.request.url)}`")
    check_visible(site, known.owner)
    owner = text(known.owner)
    if known.sending.base is not None and b"prefixUrl" in site.program.source.data:
        # Behind a prefix there is no whole URL.
        owner += b".extend({ prefixUrl: " + site.style.quote * 2 + b" })"
    own = known.headers
    headers = b"{ " + beta_member(site, beta) + b" }"
    if own is not None and own.value(b"authorization") is not None:
        for value in repeated_values(own):
            check_visible(site, value)
        headers = repeatable_headers(site, own, beta)
    return owner + b", " + headers
