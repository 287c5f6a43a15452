"""A call that axios, ky or got sends: its client, its request, and all that reads its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.languages.ecmascript.answer_fields import answer_shape
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.client_uses import uses_of_client
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.interceptors import headers_signed
from callmend.languages.ecmascript.objects import object_at, object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.scopes import is_declared_exported
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.shapes import Shape
from callmend.languages.ecmascript.statuses import Checked, checked, passes_status_on
from callmend.languages.ecmascript.template import Capture
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.pathid import path_identity, said_at
from callmend.targets.workflow.polls import polls_of
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told

if TYPE_CHECKING:
    from callmend.languages.ecmascript.tried import Tried  # few files have such a list

#: Options that change neither what is sent nor what comes back.
_KEPT = frozenset(
    {
        b"httpAgent", b"httpsAgent", b"maxBodyLength", b"maxContentLength", b"proxy", b"retry",
        b"signal", b"timeout", b"withCredentials",
    }
)  # fmt: skip
_READ = {
    Transport.AXIOS: frozenset({b"baseURL", b"data", b"headers", b"method", b"url"}),
    Transport.KY: frozenset({b"headers", b"json", b"method"}),
    Transport.GOT: frozenset({b"headers", b"json", b"method"}),
}
#: The methods that make a client, and the options that it may be made with besides.
_MADE = {
    Transport.AXIOS: (frozenset({b"create"}), frozenset({b"baseURL", b"headers"})),
    Transport.KY: (frozenset({b"create", b"extend"}), frozenset({b"prefixUrl", b"headers"})),
    Transport.GOT: (frozenset({b"extend"}), frozenset({b"prefixUrl", b"headers"})),
}
#: A `validateStatus` by which every error of HTTP is thrown, as axios does by itself.
_THROWS = re.compile(
    rb"\(?(\w+)(?:: number)?\)? => (?:\1 >= 200 && )?\1 (?:< [34]00|<= [23]99|===? 200)"
)
#: One by which none is.
_LETS_ALL = re.compile(rb"(?:\(\)|\w+|\(\w+(?:: number)?\)) => true")
#: One by which those of the server alone are.
_LETS_SOME = re.compile(rb"\(?(\w+)(?:: number)?\)? => (?:\1 >= 200 && )?\1 (?:< 500|<= 499)")
_OR = (b"||", b"??")
_CONVERTS = (b"JSON.stringify", b"JSON.parse", b"String")
#: Members of an error's response that are no answer in any reader's eyes.
_ABOUT_ERRORS = frozenset({b"status", b"statusCode", b"statusText", b"headers", b"error"})
#: What of a client's `defaults` may be set: none of it changes how an answer is read.
_DEFAULTS = frozenset({b"headers", b"baseURL", b"timeout"})


@record(frozen=True, slots=True)
class ByClient(Told):
    """What is known of a request that a client sends.

    ``owner`` is the client (`axios`, `api`, `this.http`), ``headers`` those of the call and
    ``common`` those that the client was made with. ``asked`` is what promises the answer that the
    function is given. ``alone``: only dead calls use the client. ``polls`` are the same of the
    file's requests for the run, each with the code of the run's id as its ``identity``.
    ``lenient`` is the option of axios by which no error is thrown; ``caught``: what is thrown
    without it is looked at by its status, so that it goes on as a response; ``partly``: only an
    error of the client's does, as by `status => status < 500`.
    """

    sending: Sending
    owner: Node
    headers: Headers | None
    common: Headers | None
    alone: bool
    asked: Node
    shape: Shape
    polls: tuple[ByClient, ...] = ()
    identity: Capture | None = None
    lenient: Node | None = None
    caught: bool = False
    partly: bool = False


def read_of_client(site: Site) -> ByClient:
    """The facts of a call by a client.

    Raises:
        RefusedError: the client, the request, or all that reads its answer cannot be followed.
    """
    request = site.request
    sending = request.sending
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if sending is None or sending.verb != "POST":
        raise RefusedError(Reason.NOT_A_POST, f"`{show(request.call)}`")
    client = Client(site.program, request, sending, site.tried)
    client.check()
    body, variable = client.body()
    said = said_at(site, body, variable)
    headers, common = client.headers()
    readings, asking = _followed(site.program, request)
    polled = [_poll(site, poll) for poll in polls_of(site)]
    what = What.AXIOS if request.transport is Transport.AXIOS else What.RESPONSE
    again = tuple(
        poll.call if request.transport is not Transport.AXIOS else other
        for poll, (*_, other, _) in polled
    )
    call = asking if request.transport is Transport.AXIOS else request.call
    rehearsal = Rehearsal(site.program, call, site.settings.target, what, again)
    asked = {node for poll, _ in polled for node in (poll.call.id, *poll.nodes)}
    asked |= {node.id for node in again}
    every = readings.joined(r for _, (*_, r) in polled)
    shape = answer_shape(every, site.program, asked, rehearsal)
    known = ByClient(
        site, said, sending, client.owner, headers, common, client.is_alone(), asking, shape
    )
    if client.lenient is not None:
        if polled:
            raise RefusedError(Reason.OWN_POLLING, f"`{show(client.lenient)}`")
        caught = _looks_at_errors(readings, site, client.lenient)
        known = replace(known, lenient=client.lenient, caught=caught, partly=client.partly)
    polls = []
    for _, (at, asker, identity, again_asked, _) in polled:
        own, shared = asker.headers()
        polls.append(
            replace(
                known,
                site=at,
                sending=asker.sending,
                owner=asker.owner,
                headers=own,
                common=shared,
                asked=again_asked,
                identity=identity,
            )
        )
    return replace(known, polls=tuple(polls))


def _looks_at_errors(readings: Readings, site: Site, lenient: Node) -> bool:
    """Whether a file that lets errors through does something else for each of them.

    Raises:
        RefusedError: it looks at the status, and may go on with an error even so.
    """
    found = checked(readings, site.program)
    passed = any(passes_status_on(check, site.program) for check in readings.checks)
    if found is Checked.LOOKS or (found is Checked.NOTHING and passed):
        detail = f"`{show(lenient)}`, and {show_line(readings.checks[0])} lets errors pass"
        raise refused_options(detail)
    return found is Checked.LEAVES


_Polled = tuple[Request, tuple[Site, "Client", Capture, Node, Readings]]


def _poll(start: Site, request: Request) -> _Polled:
    """A request of the file for the run, by the same package's client.

    Raises:
        RefusedError: it is sent by something else, or not all of it is certain.
    """
    again, sending = show_line(request.call), request.sending
    if request.transport is not start.request.transport or sending is None:
        raise RefusedError(Reason.OWN_POLLING, f"{again} is sent by something else")
    known = (Certainty.CERTAIN, Certainty.DEFAULT_HOST)
    if request.certainty not in known or sending.verb != "GET":
        raise RefusedError(Reason.OWN_POLLING, again)
    site = Site.of(start.program, request, start.settings, start.names)
    client = Client(site.program, request, sending)
    try:
        client.check()
        if client.lenient is not None:
            raise refused_options(f"`{show(client.lenient)}`")
        client.headers()
        identity = path_identity(site)
        readings, asked = _followed(site.program, request)
    except RefusedError as refused:
        detail = f"{again}: {refused.detail or refused.reason.summary}"
        raise RefusedError(Reason.OWN_POLLING, detail) from None
    if identity is None:
        raise RefusedError(Reason.OWN_POLLING, again)
    return request, (site, client, identity, asked, readings)


class Client:
    """One call's client and its request."""

    def __init__(
        self, program: Program, request: Request, sending: Sending, listed: Tried | None = None
    ) -> None:
        self._program = program
        self._request = request
        self.sending = sending
        self._reader = RequestReader(program.scopes, request.call, listed)
        function = called(request.call)
        self.owner = unwrapped(field(function, "object") or function)
        self.made = _not_required(sending.made)
        #: `validateStatus: () => true` among the options of the call.
        self.lenient: Node | None = None
        #: It lets those of the client through alone: `validateStatus: (s) => s < 500`.
        self.partly = False
        #: The headers that interceptors of the file set, by their names in lower case.
        self._signed: frozenset[bytes] = frozenset()

    def check(self) -> None:
        """Refuse what this client or this call may do with the answer that is not seen here."""
        program, owner = self._program, self.owner
        is_own = text(owner).startswith(b"this.") and owner.type == "member_expression"
        if owner.type != "identifier" and not is_own:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{show(owner)}`")
        for node in program.tree.nodes:
            if node.type != "member_expression":
                continue
            name = text_of(node, "property")
            if name == b"interceptors":
                signed = headers_signed(program.tree, node)
                if signed is None:
                    raise refused_options(f"{show_line(node)} may change what is sent and read")
                if text_of(node, "object") == text(owner):
                    self._signed |= signed
            parent = node.parent
            key = b"" if parent is None else text_of(parent, "property")
            if name == b"defaults" and key not in _DEFAULTS:
                raise refused_options(show_line(node))
        binding = program.scopes.binding(owner) if owner.type == "identifier" else None
        if binding is not None and is_declared_exported(binding):
            raise refused_options(f"other files may change `{show(owner)}` too")
        for use in () if binding is None else binding.references:
            node, parent = program.tree.outer(use)
            fields = () if parent is None else (field(parent, "object"), field(parent, "function"))
            if node not in fields:
                raise refused_options(f"{show_line(use)} may change `{show(owner)}`")
        self._check_options(self.sending.options, _READ[self._request.transport])
        self._check_made()

    def _check_made(self) -> None:
        made = self.made
        if made is None:
            return
        given = items(field(made, "arguments") or made)
        maker = field(made, "function") or made
        makers, known = _MADE[self._request.transport]
        if text_of(maker, "property") not in makers or len(given) > 1:
            raise refused_options(show_line(made))
        if _not_required(self._program.callees.made(field(maker, "object") or maker)) is not None:
            # An instance of an instance has the options of both.
            raise refused_options(show_line(made))
        for argument in given:
            literal = object_behind(self._program.scopes, argument)
            if literal is None:
                raise refused_options(f"`{show(argument)}`")
            self._check_options(literal.node, known)

    def _check_options(self, options: Node | None, known: frozenset[bytes]) -> None:
        if options is None:
            count = len(items(field(self._request.call, "arguments") or self._request.call))
            has_body = self._request.transport is Transport.AXIOS and self.sending.verb != "GET"
            with_body = 2 if has_body else 1
            if count > with_body:
                raise refused_options(f"`{show(self._request.call)}`")
            return
        for member in items(options):
            name = key_name(member)
            plain = member.type in ("pair", "shorthand_property_identifier")
            if name == b"validateStatus" and self._request.transport is Transport.AXIOS:
                code = b" ".join(text(member_value(member)).split())
                partly = _LETS_SOME.fullmatch(code) is not None
                lets = partly or _LETS_ALL.fullmatch(code) is not None
                if lets and is_inside(member, self._request.call):
                    self.lenient, self.partly = member, partly
                elif _THROWS.fullmatch(code) is None:
                    detail = f"`{show(member)}` lets errors through, which axios throws without it"
                    raise refused_options(detail)
                continue
            if name == b"responseType" and text(member_value(member))[1:-1] == b"json":
                # What axios does by itself, and what `.json()` asks got for.
                continue
            if not plain or name is None or name not in known | _KEPT:
                raise refused_options(f"`{show(member)}`")

    def body(self) -> tuple[Node, Node | None]:
        """The object literal that is sent as JSON.

        With it the variable that holds it, where something else reads that too.
        """
        body = self.sending.body
        if body is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, "the request has no body")
        inner = unwrapped(body)
        given = items(field(inner, "arguments") or inner)
        if text_of(inner, "function") == b"JSON.stringify" and len(given) == 1:
            # axios sends a text as a form where no header says what it is.
            if not any(h is not None and b"content-type" in h.by_name for h in self.headers()):
                raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(inner)}` without its type")
            inner = given[0]
        literal = self._literal(inner)
        if literal is not None:
            return literal, None
        kept = object_at(self._program.scopes, inner, self._request.call)
        if kept is None:
            raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(body)}`")
        return kept, inner

    def _literal(self, node: Node) -> Node | None:
        """The object literal that an expression is, or that a constant for it alone holds."""
        listed = self._reader.own_object(node) if self._reader.chosen(node) != node else None
        if listed is not None:
            return listed
        inner = unwrapped(node)
        if inner.type in ("identifier", "shorthand_property_identifier"):
            binding = self._program.scopes.binding(inner)
            if binding is None or len(binding.references) != 1 or is_declared_exported(binding):
                return None
            inner = self._program.resolver.constant(inner) or inner
        return inner if inner.type == "object" else None

    def headers(self) -> tuple[Headers | None, Headers | None]:
        """The headers of the call, and those that its client was made with."""
        made = self.made
        given = items(field(made, "arguments") or made) if made is not None else []
        literal = object_behind(self._program.scopes, given[0]) if given else None
        common = None if literal is None else self._headers(literal.node, keyed=True)
        keyed = self._has_key() or (
            common is not None and common.value(b"authorization") is not None
        )
        own = None
        if self.sending.headers is not None and self.sending.options is not None:
            own = self._headers(self.sending.options, keyed=keyed)
        if own is None and not keyed:
            raise RefusedError(Reason.NO_AUTHORIZATION)
        return own, common

    def _headers(self, options: Node, *, keyed: bool) -> Headers | None:
        member = next((m for m in items(options) if key_name(m) == b"headers"), None)
        return None if member is None else self._reader.headers(member, keyed=keyed)

    def _has_key(self) -> bool:
        """Whether the file sets the key among the client's defaults, or for each request."""
        if b"authorization" in self._signed:
            return True
        start = text(self.owner) + b".defaults.headers"
        for node in self._program.tree.nodes:
            left = field(node, "left") if node.type == "assignment_expression" else None
            if left is not None and text(left).startswith(start):
                if b"authorization" in text(left).lower():
                    return True
        return False

    def is_alone(self) -> bool:
        """Whether nothing but dead calls is sent with the client that the file makes."""
        uses = None if self.made is None else uses_of_client(self._program, self.owner)
        if uses is None:
            return False
        dead = [r.call for r in self._program.requests if r.endpoint.id != "threads-runs"]
        return all(any(is_inside(use, call) for call in dead) for use in uses)


def _not_required(made: Node | None) -> Node | None:
    """What made a client, where that is not the import of its package."""
    required = made is not None and text_of(made, "function") in (b"require", b"import")
    return None if required else made


def refused_options(detail: str) -> RefusedError:
    """The refusal of options that are not certain."""
    return RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, detail)


# what is read


def _followed(program: Program, request: Request) -> tuple[Readings, Node]:
    """What is read of the answer, and the call that promises it."""
    call = request.call
    follower = Follower(program, call)
    if request.transport is Transport.AXIOS:
        asked = program.callees.observer(call) or call
        follower.follow(asked, What.AXIOS, promised=is_still_promised(program.tree, asked))
    else:
        asked, promised = _parsed(program, call)
        follower.follow(asked, What.BODY, promised=promised)
    readings = follower.readings
    if readings.lost:
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(readings.lost[0]))
    for error in _errors_as_answers(program, call):
        raise RefusedError(
            Reason.ANSWER_NOT_UNDERSTOOD, f"{show_line(error)} takes an error for an answer"
        )
    return readings, asked


def _parsed(program: Program, call: Node) -> tuple[Node, bool]:
    """The call of `json()` right behind a request, and whether it is a promise yet."""
    node, member = program.tree.outer(call)
    if member is not None and text_of(member, "property") == b"json":
        if field(member, "object") == node:
            function, around = program.tree.outer(member)
            awaited = around is not None and around.type == "await_expression"
            if awaited and around is not None:
                # `await ky.post(...).json<T>()` is read as a call of what is awaited.
                function, around = around, program.tree.parent(around)
            if around is not None and field(around, "function") == function:
                return around, not awaited
    raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, f"{show_line(call)} has no `.json()`")


def _errors_as_answers(program: Program, call: Node) -> Iterator[Node]:
    """Where the body of an error's response goes on as if it were an answer."""
    for around in program.tree.ancestors(call):
        handler = field(around, "handler") if around.type == "try_statement" else None
        parameter = field(handler, "parameter")
        if handler is None:
            continue
        if parameter is not None and parameter.type == "object_pattern":
            yield parameter
        for node in descendants(handler):
            if node.type == "member_expression" and text_of(node, "property") == b"response":
                if _goes_on(program, node):
                    yield node


def _goes_on(program: Program, node: Node) -> bool:
    """Whether an error's response or its body is returned, or put where something else reads it."""
    top, parent = program.tree.outer(node)
    while parent is not None:
        if field(parent, "object") == top:
            if text_of(parent, "property") in _ABOUT_ERRORS:
                return False
        elif parent.type == "arguments":
            around = program.tree.parent(parent)
            if around is None or text_of(around, "function") not in _CONVERTS:
                return False
            parent = around
        elif not (
            parent.type == "await_expression"
            or field(parent, "function") == top
            or (parent.type == "binary_expression" and text_of(parent, "operator") in _OR)
        ):
            break
        top, parent = program.tree.outer(parent)
    if parent is None or parent.type == "return_statement":
        return True
    if parent.type == "variable_declarator":
        name = field(parent, "name")
        binding = None if name is None else program.scopes.binding(name)
        uses = () if binding is None else binding.references
        outer = [program.tree.outer(use)[1] for use in uses]
        return any(each is not None and each.type == "return_statement" for each in outer)
    return parent.type == "assignment_expression" and field(parent, "right") == top
