"""A post helper that gives the response, or an object of its own: its request is adapted in place.

Its request goes through the function that gives the answer in the shape that is read, so that the
object which the helper returns, and all that reads that, stay as they are; each call gets the live
URL and body. Where the helper sends live requests too, the function gives back their responses as
they came. A later candidate of the same question goes.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.endpoints import Status
from callmend.findings import Note
from callmend.languages.ecmascript.answer_fields import answer_shape
from callmend.languages.ecmascript.envelopes import EnvelopeFollower
from callmend.languages.ecmascript.find import Certainty, Request
from callmend.languages.ecmascript.guards import excludes, guards_of
from callmend.languages.ecmascript.inputs import Said
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readings import Readings, What
from callmend.languages.ecmascript.rehearsal import Rehearsal
from callmend.languages.ecmascript.request import Envelope, RequestReader
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.retries import Retry, retries
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.statements import (
    above,
    joins_its_neighbours,
    removals,
    starts_its_line,
)
from callmend.languages.ecmascript.statuses import Checked, checked
from callmend.languages.ecmascript.tree import (
    WRAPPERS,
    called,
    descendants,
    field,
    is_inside,
    items,
    show,
    show_line,
    span,
    text,
)
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Adapted, Form, Given, adapted_plan
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.helped_bodies import body_notes
from callmend.targets.workflow.helped_paths import path_change
from callmend.targets.workflow.helped_urls import base_edits, dead_base_of, is_the_url, written_path
from callmend.targets.workflow.helped_uses import dead_calls, uses_of_helper
from callmend.targets.workflow.pathid import said_at
from callmend.targets.workflow.posted import Sent, headers_taken, posted
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.urls import url_edits

_WHY = RefusedError(Reason.ANSWER_HANDED_ON)
_COVERED = (
    "was tried after another dead call failed; that one is the live request now, and this went"
)


@record(frozen=True, slots=True)
class Enveloped(Adapted):
    """What is known of a call of such a helper, and the calls that go with it.

    ``given`` are the headers that the call gives, where the helper sends those and no others.
    """

    helper: Sent
    later: tuple[Retry, ...]
    given: Headers | None = None


def read_of_envelope(site: Site, helper: Sent) -> Enveloped:
    """The facts of a call of a helper that gives more, or less, than the answer's JSON.

    Raises:
        RefusedError: the helper serves other calls too, or what is read is not certain.
    """
    program, request = site.program, site.request
    transport = program.callees.transport(called(helper.sent))
    if not transport.is_fetch:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{show(helper.sent)}`")
    options = given_to(program.scopes, helper.sent)[1:2]
    if not options or object_behind(program.scopes, options[0]) is None:
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(helper.sent)}`")
    dead = _dead(program, helper)
    stays = retries(program, helper.function, [r.call for r in dead])
    if request.call.id not in stays:
        first = next(k for k, v in stays.items() if any(r.call == request.call for r in v))
        head = next(r.call for r in dead if r.call.id == first)
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(head)} is tried before this one")
    later = stays[request.call.id]
    going = [node for retry in later for node in retry.gone or (retry.call,)]
    said = _said(site, helper, request, going)
    for other in dead:
        if other.call != request.call and other.call.id in stays:
            _check_apart(site, helper, said, other)
    readings = Readings()
    ways: set[bool] = set()
    for each in dead:
        found, throws = _followed(program, helper, each.call)
        readings = readings.joined([found])
        # What reads the results of calls that go reads that of the one which stays.
        ways |= {throws} if each.call.id in stays else set()
    if len(ways) > 1:
        detail = f"not every call of `{show(called(request.call))}` looks at the status"
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
    through = tuple(each.call for each in dead)
    rehearsal = Rehearsal(program, helper.sent, site.settings.target, through=through)
    shape = answer_shape(readings, program, (), rehearsal)
    taken = headers_taken(program, helper, request.call)
    if taken is None:
        headers = RequestReader(program.scopes, helper.sent).headers_of()
    else:
        headers = replace(taken[1], holder=taken[0])
    sent = Envelope(helper.sent, headers, said.body)
    sender = Site.of(
        program, replace(request, call=helper.sent, transport=transport), site.settings, site.names
    )
    given = None if taken is None else taken[1]
    return Enveloped(site, said, sent, readings, (), shape, sender, (), helper, tuple(later), given)


def _dead(program: Program, helper: Sent) -> list[Request]:
    """The helper's calls for endpoints that never were; one of a live API that ended is another."""
    return [r for r in dead_calls(program, helper) if r.endpoint.status is not Status.RETIRED]


def _serves_the_dead_alone(program: Program, helper: Sent) -> bool:
    uses = uses_of_helper(program, helper)
    dead = [called(request.call) for request in _dead(program, helper)]
    return uses is not None and all(use in dead for use in uses)


def _said(site: Site, helper: Sent, request: Request, going: Collection[Node] = ()) -> Said:
    """What a call asks; ``going`` are the nodes that go, whose uses of its body count no more."""
    listed = replace(site, request=request).tried
    body, variable = posted(site.program, helper, request.call, listed, going)
    return said_at(site, body, variable)


def _check_apart(site: Site, helper: Sent, said: Said, other: Request) -> None:
    """Refuse a call beside another one that asks the same, and is not certainly a retry of it.

    Raises:
        RefusedError: naming the other call.
    """
    tree, scopes, call = site.program.tree, site.program.scopes, site.request.call
    if tree.function_of(call) != tree.function_of(other.call):
        return
    if excludes(guards_of(tree, scopes, call), guards_of(tree, scopes, other.call)):
        return
    try:
        asks = "the same" if _question(_said(site, helper, other)) == _question(said) else ""
    except RefusedError:
        asks = "something that is not certain"
    if asks:
        detail = f"{show_line(other.call)} asks {asks}, and when is not certain"
        raise RefusedError(Reason.URL_CANDIDATES, detail)


def _question(said: Said) -> bytes:
    """What a body asks, without the name of the object that it is taken from."""
    input_ = said.input
    code = b" ".join(map(text, input_.members)) if input_.members else text(input_.node)
    return code + input_.path


def _followed(program: Program, helper: Sent, call: Node) -> tuple[Readings, bool]:
    """What is read of the answer of one call, and whether nothing looks at its status.

    Raises:
        RefusedError: an error may be shown for an answer.
    """
    follower = EnvelopeFollower(program, helper.sent, helper.function, call)
    follower.follow(helper.sent, What.RESPONSE, promised=True)
    readings = follower.readings
    if readings.lost:
        raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, show_line(readings.lost[0]))
    if follower.gives_failures:
        readings.checks = follower.outside()
        if checked(readings, program) is not Checked.LEAVES:
            detail = (
                f"{show_line(call)} gets what a failure says, and does not look whether it is one"
            )
            raise RefusedError(Reason.ANSWER_NOT_UNDERSTOOD, detail)
    return readings, checked(readings, program) is Checked.NOTHING


def enveloped_plan(known: Enveloped, form: Form) -> Plan:
    """The rewrite of the call, of the request in the helper, and of the calls that go.

    Raises:
        RefusedError: the URL is not for this call alone to change, or a comment would be lost.
    """
    site, helper = known.site, known.helper
    urls = _urls(site, helper, form)
    change = path_change(site, helper, urls[0].text)
    of_body = body_notes(site, helper, known.said.body, known.said.name, form.members)
    given = Given((*urls, *change.edits))
    if not _serves_the_dead_alone(site.program, helper):
        condition, headers = _shared(known, form, urls)
        given = Given(given.urls, headers, condition)
    at_call = None if known.given is None else HeaderEdits(site, known.given)
    if at_call is not None:
        given = replace(given, headers=tuple(at_call.edits(form.beta)))
    done = adapted_plan(known, form, _WHY, given)
    if at_call is not None:
        gone = (*done.gone, *at_call.gone)
        done = replace(done, notes=(*done.notes, *at_call.notes), gone=gone)
    edits, covers, comments = list(done.edits), [], []
    notes = [*done.notes, *change.notes, *of_body]
    for retry in known.later:
        own, lost = _without(site, retry)
        edits += own
        comments += lost
        told = f"gone, as it was tried after this one failed: {show_line(retry.call)}"
        notes.append(Note(span(retry.call), told, always=True))
        covers.append((span(retry.call), tuple(own)))
    edits += _as_const(site, [node for retry in known.later for node in retry.gone])
    return replace(
        done,
        edits=tuple(sorted(set(edits))),
        notes=tuple(notes),
        gone=(*done.gone, *(node for retry in known.later for node in retry.gone or (retry.call,))),
        covers=(*done.covers, *covers),
        covered=_COVERED,
        superseded=(*done.superseded, *comments),
    )


def _urls(site: Site, helper: Sent, form: Form) -> list[Edit]:
    """The edits of the URL that the helper is given.

    Raises:
        RefusedError: the helper does not ask for it as it is.
    """
    if is_the_url(site.program, helper, site.request):
        return url_edits(site, form.url)
    if site.request.certainty is Certainty.CANDIDATES:
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(site.request.call)} is given each")
    url = site.request.url
    path = written_path(site, helper, form.url, dead_base_of(site, helper))
    return [Edit(url.start_byte, url.end_byte, path), *base_edits(site.program, [(site, helper)])]


def _shared(known: Enveloped, form: Form, urls: list[Edit]) -> tuple[bytes, tuple[Edit, ...]]:
    """What tells the request from the others that the helper sends, and its header.

    Raises:
        RefusedError: another request may be taken for it, or would lose a header.
    """
    site, helper = known.site, known.helper
    url = urls[0].text
    if len(urls) != 1 or url[:1] not in (b"'", b'"') or b"${" in url:
        raise RefusedError(
            Reason.URL_NOT_FOLLOWED, f"`{show(called(site.request.call))}` sends others too"
        )
    quote = known.sender.style.quote if known.sender is not None else site.style.quote
    asked = quote + url[1:-1] + quote
    position = _check_others(site, helper, form, url)
    name = parameters(helper.function)[position].name
    binding = None if name is None else site.program.scopes.binding(name)
    scope = site.program.scopes.scope_at(helper.sent)
    if name is None or binding is None or binding.writes or scope.lookup(text(name)) is not binding:
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(helper.sent)}`")
    condition = text(name) + b" === " + asked
    if known.given is not None:
        return condition, ()
    given = known.sent.headers.value(b"openai-beta")
    if given is not None and text(given)[1:-1] != form.beta:
        detail = "`OpenAI-Beta` is sent for the other calls of the function too"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    headers: tuple[Edit, ...] = ()
    if given is None and form.beta is not None:
        writer = HeaderEdits(known.sender or site, known.sent.headers)
        headers = tuple(writer.where(condition, form.beta, helper.function))
    return condition, headers


def _check_others(site: Site, helper: Sent, form: Form, url: bytes) -> int:
    """The position of the URL among the helper's arguments, which no other call fills with ours.

    Raises:
        RefusedError: a call is given it too, or is not seen.
    """
    program, call = site.program, site.request.call
    given = items(field(call, "arguments") or call)
    position = next(n for n, node in enumerate(given) if is_inside(site.request.url, node))
    uses = uses_of_helper(program, helper)
    shown = f"`{show(called(call))}`"
    if uses is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"{shown} is there for other files too")
    dead = {called(request.call).id: request for request in _dead(program, helper)}
    for use in uses:
        request = dead.get(use.id)
        if request is not None:
            its = _written(replace(site, request=request), helper, form)
            if its is not None and its != url:
                raise RefusedError(Reason.URL_NOT_FOLLOWED, f"{shown} is given it in several forms")
            continue
        parent = next((n for n in program.tree.ancestors(use) if n.type == "call_expression"), None)
        if parent is None or called(parent) != use:
            detail = f"{show_line(use)} hands on what sends the request"
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, detail)
        arguments = items(field(parent, "arguments") or parent)
        texts = (
            program.resolver.value(arguments[position]).texts if len(arguments) > position else ()
        )
        ours = url[1:-1].decode("utf-8", "replace")
        if not texts or any(_may_be(known, ours) for known in texts):
            detail = f"{show_line(parent)} may ask for the same URL"
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, detail)
    return position


def _may_be(known: str, url: str) -> bool:
    """Whether a text, of which parts may be unknown, can be this URL."""
    return re.fullmatch(".*".join(map(re.escape, known.split(HOLE))), url) is not None


def _written(site: Site, helper: Sent, form: Form) -> bytes | None:
    """The URL that a call of the helper is given; None where that call is left."""
    try:
        return _urls(site, helper, form)[0].text
    except RefusedError:
        return None


def _without(site: Site, retry: Retry) -> tuple[list[Edit], list[Node]]:
    """The edits that take a later call out, and the comments that go with it.

    Raises:
        RefusedError: a comment would be lost that tells more than what was tried.
    """
    if retry.instead is not None:
        node = retry.instead
        return [Edit(node.start_byte, node.end_byte, retry.name)], []
    source = site.program.source
    statements: list[Node] = []
    comments: list[Node] = []
    for statement in retry.gone:
        for node in descendants(statement):
            if node.type == "comment":
                if not _names_a_try(node):
                    line = node.start_point[0] + 1
                    raise RefusedError(Reason.COMMENT_LOST, f"in line {line}")
                comments.append(node)
        for sibling in above(statement):
            plain = sibling.type == "comment" and starts_its_line(source, sibling)
            if not plain or not _names_a_try(sibling):
                break
            statements.append(sibling)
            comments.append(sibling)
        statements.append(statement)
        if joins_its_neighbours(statement):
            raise RefusedError(Reason.NEEDS_SEMICOLON, show_line(statement))
    return removals(source, statements), comments


def _as_const(site: Site, gone: list[Node]) -> list[Edit]:
    """`const` in place of `let`, where the result is given nothing else any more."""
    declarator = site.program.tree.parent(site.request.call)
    while declarator is not None and declarator.type in ("await_expression", *WRAPPERS):
        declarator = site.program.tree.parent(declarator)
    name = field(declarator, "name")
    binding = None if name is None else site.program.scopes.binding(name)
    declaration = None if declarator is None else site.program.tree.parent(declarator)
    if binding is None or declaration is None or not gone or not binding.writes:
        return []
    word = declaration.children[0]
    if text(word) != b"let" or len(items(declaration)) != 1:
        return []
    if not all(any(is_inside(write, node) for node in gone) for write in binding.writes):
        return []
    return [Edit(word.start_byte, word.end_byte, b"const")]


def _names_a_try(comment: Node) -> bool:
    """Whether a comment says which of the dead endpoints is tried: `// B) /v1/workflows/runs`."""
    return re.search(rb"/(?:workflows?|runs?|invoke)\b", text(comment)) is not None
