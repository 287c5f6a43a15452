"""A call that axios, ky or got sends: it stays their call, and its answer goes through a function.

The request is changed in place. What it promises goes through one function at the end of the file,
which gives the text in the shape that the file reads: for axios in the `data` of its response, for
ky and got as what their `json()` gives. All three throw on an HTTP error by themselves, and the
function throws in the same way where the answer is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.inputs import InputReader
from callmend.languages.ecmascript.objects import is_declared_exported, object_at, object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.repairs import mended
from callmend.languages.ecmascript.request import Headers, RequestReader
from callmend.languages.ecmascript.sendings import Sending
from callmend.languages.ecmascript.shapes import Shape, shape_of
from callmend.languages.ecmascript.statements import appended_member
from callmend.languages.ecmascript.template import Capture, load
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_awaited_inside,
    is_inside,
    items,
    key_name,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import (
    Form,
    Told,
    body_edit,
    told_notes,
)
from callmend.targets.workflow.functions import HelperFunction
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.pathid import path_identity
from callmend.targets.workflow.polls import polled_url, polls_of
from callmend.targets.workflow.repeated import repeatable_headers
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.urls import prefix_of, url_edits

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
#: The functions for what `json()` promises; the SDK's own promise is one of an answer too.
_OF_JSON = {"assistants": "adapter-json.ts", "responses": "adapter-sdk.ts"}
_OR = (b"||", b"??")
_CONVERTS = (b"JSON.stringify", b"JSON.parse", b"String")
#: Members of an error's response that are no answer in any reader's eyes.
_ABOUT_ERRORS = frozenset({b"status", b"statusCode", b"statusText", b"headers", b"error"})
#: What of a client's `defaults` may be set: none of it changes how an answer is read.
_DEFAULTS = frozenset({b"headers", b"baseURL", b"timeout"})
_BETA = b"OpenAI-Beta"
_NAMED_ELSEWHERE = (b"openai-organization", b"openai-project")


@record(frozen=True, slots=True)
class ByClient(Told):
    """What is known of a request that a client sends.

    ``owner`` is the client (`axios`, `api`, `this.http`), ``headers`` those of the call and
    ``common`` those that the client was made with. ``end`` is where the promise ends that the
    function is given. ``alone``: only dead calls use the client. ``polls`` are the same of the
    file's requests for the run, each with the code of the run's id as its ``identity``.
    """

    sending: Sending
    owner: Node
    headers: Headers | None
    common: Headers | None
    alone: bool
    end: int
    shape: Shape
    polls: tuple[ByClient, ...] = ()
    identity: Capture | None = None


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
    client = _Client(site.program, request, sending, site.tried)
    client.check()
    body, variable = client.body()
    said = InputReader(site.program.scopes, request.call).read(body, variable=variable)
    headers, common = client.headers()
    readings, end = _followed(site.program, request)
    polled = [_poll(site, poll) for poll in polls_of(site)]
    what = What.AXIOS if request.transport is Transport.AXIOS else What.RESPONSE
    again = tuple(poll.call for poll, _ in polled)
    rehearsal = Rehearsal(site.program, request.call, site.settings.target, what, again)
    asked = {node for poll, _ in polled for node in (poll.call.id, *poll.nodes)}
    shape = shape_of(readings.joined(r for _, (*_, r) in polled), site.program, asked)
    shape = mended(shape, rehearsal)
    known = ByClient(
        site, said, sending, client.owner, headers, common, client.is_alone(), end, shape
    )
    polls = []
    for _, (at, asker, identity, ends, _) in polled:
        own, shared = asker.headers()
        polls.append(
            replace(
                known,
                site=at,
                sending=asker.sending,
                owner=asker.owner,
                headers=own,
                common=shared,
                end=ends,
                identity=identity,
            )
        )
    return replace(known, polls=tuple(polls))


_Polled = tuple[Request, tuple[Site, "_Client", Capture, int, Readings]]


def _poll(start: Site, request: Request) -> _Polled:
    """A request of the file for the run, by the same package's client.

    Raises:
        RefusedError: it is sent by something else, or not all of it is certain.
    """
    again, sending = show_line(request.call), request.sending
    if request.transport is not start.request.transport or sending is None:
        raise RefusedError(Reason.OWN_POLLING, f"{again} is sent by something else")
    if request.certainty is not Certainty.CERTAIN or sending.verb != "GET":
        raise RefusedError(Reason.OWN_POLLING, again)
    site = Site.of(start.program, request, start.settings, start.names)
    client = _Client(site.program, request, sending)
    try:
        client.check()
        client.headers()
        identity = path_identity(site)
        readings, end = _followed(site.program, request)
    except RefusedError as refused:
        detail = f"{again}: {refused.detail or refused.reason.summary}"
        raise RefusedError(Reason.OWN_POLLING, detail) from None
    if identity is None:
        raise RefusedError(Reason.OWN_POLLING, again)
    return request, (site, client, identity, end, readings)


class _Client:
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
        made = sending.made
        required = made is not None and text_of(made, "function") in (b"require", b"import")
        self.made = None if required else made

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
                raise _options(f"{show_line(node)} may change what is sent and read")
            parent = node.parent
            key = b"" if parent is None else text_of(parent, "property")
            if name == b"defaults" and key not in _DEFAULTS:
                raise _options(show_line(node))
        binding = program.scopes.binding(owner) if owner.type == "identifier" else None
        if binding is not None and is_declared_exported(binding):
            raise _options(f"other files may change `{show(owner)}` too")
        for use in () if binding is None else binding.references:
            node, parent = program.tree.outer(use)
            fields = () if parent is None else (field(parent, "object"), field(parent, "function"))
            if node not in fields:
                raise _options(f"{show_line(use)} may change `{show(owner)}`")
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
            raise _options(show_line(made))
        if self._program.callees.made(field(maker, "object") or maker) is not None:
            # An instance of an instance has the options of both.
            raise _options(show_line(made))
        for argument in given:
            literal = object_behind(self._program.scopes, argument)
            if literal is None:
                raise _options(f"`{show(argument)}`")
            self._check_options(literal.node, known)

    def _check_options(self, options: Node | None, known: frozenset[bytes]) -> None:
        if options is None:
            count = len(items(field(self._request.call, "arguments") or self._request.call))
            has_body = self._request.transport is Transport.AXIOS and self.sending.verb != "GET"
            with_body = 2 if has_body else 1
            if count > with_body:
                raise _options(f"`{show(self._request.call)}`")
            return
        for member in items(options):
            name = key_name(member)
            plain = member.type in ("pair", "shorthand_property_identifier")
            if not plain or name is None or name not in known | _KEPT:
                raise _options(f"`{show(member)}`")

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
        """Whether the file sets the key among the client's defaults."""
        start = text(self.owner) + b".defaults.headers"
        for node in self._program.tree.nodes:
            left = field(node, "left") if node.type == "assignment_expression" else None
            if left is not None and text(left).startswith(start):
                if b"authorization" in text(left).lower():
                    return True
        return False

    def is_alone(self) -> bool:
        """Whether nothing but dead calls is sent with the client that the file makes."""
        owner = self.owner
        binding = self._program.scopes.binding(owner) if owner.type == "identifier" else None
        if binding is None or self.made is None:
            return False
        dead = [r.call for r in self._program.requests if r.endpoint.id != "threads-runs"]
        return all(any(is_inside(use, call) for call in dead) for use in binding.references)


def _options(detail: str) -> RefusedError:
    return RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, detail)


# what is read


def _followed(program: Program, request: Request) -> tuple[Readings, int]:
    """What is read of the answer, and where the promise ends that gives it."""
    call = request.call
    follower = Follower(program, call)
    if request.transport is Transport.AXIOS:
        follower.follow(call, What.AXIOS, promised=not is_awaited_inside(call))
        end = call.end_byte
    else:
        parsed, promised = _parsed(program, call)
        follower.follow(parsed, What.BODY, promised=promised)
        end = parsed.end_byte
    readings = follower.readings
    if readings.lost:
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(readings.lost[0]))
    for error in _errors_as_answers(program, call):
        raise RefusedError(
            Reason.ANSWER_NOT_UNDERSTOOD, f"{show_line(error)} takes an error for an answer"
        )
    return readings, end


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


# what is written


def client_plan(known: ByClient, form: Form) -> Plan:
    """The plan of a call by a client."""
    site, request = known.site, known.site.request
    by_axios = request.transport is Transport.AXIOS
    template = load(form.target, "adapter-axios.ts" if by_axios else _OF_JSON[form.target])
    site.names.check_globals(template, site.program.tree.root)
    identity = form.identity if known.polls else form.live + b".id"
    function = HelperFunction(site, template, known.shape.code(form.live, identity))
    base = template.functions()[0]
    name = function.name(base)
    headers = _HeaderEdits(known, form.beta)
    edits = [
        *_through(known, form, name),
        *url_edits(site, form.url),
        body_edit(known, form.members),
        *headers.edits(),
    ]
    covers = []
    asked = []
    for poll in known.polls:
        assert poll.identity is not None  # noqa: S101  # `_poll` has seen it
        own = [
            *_through(poll, form, name),
            polled_url(poll.site, form.polled, poll.identity),
            *_HeaderEdits(poll, form.beta).edits(),
        ]
        edits += own
        around = span(poll.site.request.call)
        covers.append((around, tuple(e for e in own if around.contains(e.span))))
        again = f"asks for the run again, which becomes GET /v1{form.polled.decode()}/{{id}}"
        asked.append(Note(around, again, always=True))
    what = "which gives its text as"
    told = f"the answer goes through `{name.decode()}`, {what} `{known.shape.shown}`"
    notes = [Note(span(request.call), told, always=True)]
    notes += [*asked, *told_notes(known, form.dropped, known.shape)]
    if request.transport is Transport.KY and not _is_timed(known):
        limit = "ky gives up after 10 seconds where no `timeout` is given"
        notes.append(Note(span(request.call), limit, always=True))
    appended = function.appended(base, name)
    return Plan(
        tuple(sorted(set(edits))),
        "",
        (*notes, *headers.notes),
        appended,
        form.gone,
        covers=tuple(covers),
    )


def _through(known: ByClient, form: Form, name: bytes) -> Iterator[Edit]:
    """The edits after which what a request promises is given to the function."""
    site = known.site
    owner = text(known.owner)
    if prefix_of(site) is not None:
        # Behind a prefix there is no whole URL.
        owner += b".extend({ prefixUrl: " + site.style.quote * 2 + b" })"
    given = b"" if form.beta is None else b", " + owner + b", " + _again(known, form)
    start = called(site.request.call).start_byte
    yield Edit(start, start, name + b"(")
    yield Edit(known.end, known.end, given + b")")


def _is_timed(known: ByClient) -> bool:
    """Whether the call, or what made its client, says how long to wait."""
    scopes, made = known.site.program.scopes, known.sending.made
    given = items(field(made, "arguments") or made) if made is not None else []
    literals = [object_behind(scopes, each) for each in given]
    options = [known.sending.options, *(each.node for each in literals if each is not None)]
    return any(key_name(m) == b"timeout" for each in options if each for m in items(each))


def _again(known: ByClient, form: Form) -> bytes:
    """The headers of the requests that follow."""
    beta = form.beta or b""
    own = known.headers
    if own is not None and own.value(b"authorization") is not None:
        return repeatable_headers(known.site, own, beta)
    elsewhere = [n for n in _NAMED_ELSEWHERE if own is not None and n in own.by_name]
    if elsewhere and own is not None:
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(own.by_name[elsewhere[0]])}`")
    return b"{ " + _member(known.site, beta) + b" }"


def _member(site: Site, beta: bytes) -> bytes:
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
            yield from self._added(_member(known.site, beta))

    def _of(self, headers: Headers) -> Iterator[Edit]:
        edits = HeaderEdits(self._known.site, headers)
        yield from edits.edits(self._beta, sends_json=False)
        self.notes += edits.notes

    def _added(self, member: bytes) -> Iterator[Edit]:
        """`headers` among the call's options."""
        known = self._known
        site, sending = known.site, known.sending
        if sending.options is not None and items(sending.options):
            literal = object_behind(site.program.scopes, sending.options)
            inside = literal is not None and is_inside(sending.options, site.request.call)
            if not inside:
                raise _options(f"`{show(sending.options)}`")
            added = b"headers: { " + member + b" }"
            yield from appended_member(site.program.source, sending.options, added)
        else:
            before = sending.url if sending.verb == "GET" else sending.body
            if sending.options is not None or before is None:
                raise _options(f"`{show(site.request.call)}`")
            at = before.end_byte
            yield Edit(at, at, b", { headers: { " + member + b" } }")
