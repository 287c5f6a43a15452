"""The headers that a post helper sends for a call of it: the beta header for that call alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.fields import field_of_class
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.objects import object_behind
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.sent_headers import Headers
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.statements import appended_member
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.helped_functions import called_helper
from callmend.targets.workflow.helped_urls import written_path
from callmend.targets.workflow.helped_uses import dead_calls, serves_the_dead_alone
from callmend.targets.workflow.posted import Sent, given_options
from callmend.targets.workflow.repeated import REPEATED
from callmend.targets.workflow.site import Site

_JSON = b"'Content-Type': 'application/json'"
#: What the paths of a run start with, and of what is asked for it again.
_THREADS = b"threads/"


@record(frozen=True, slots=True)
class HelperCall:
    """One call of a post helper: where it stands, what it calls, and the headers sent for it."""

    site: Site
    helper: Sent
    headers: Headers

    @property
    def function(self) -> Node:
        """The helper."""
        return self.helper.function

    @property
    def sent(self) -> Node:
        """The request that it sends."""
        return self.helper.sent

    @property
    def gives_headers(self) -> bool:
        """Whether the function sends the headers that the call gives it, and no others."""
        return is_inside(self.headers.holder, self.site.request.call)


def beta_edits(
    known: HelperCall, form: Form, path: bytes, *, polled: bool = False
) -> Iterator[Edit]:
    """The edits of the beta header, after which no other call has another one than before.

    ``path`` is what is written for the call, in its quotes; ``polled`` tells that the file asks for
    the run again, so that several paths want the header.

    Raises:
        RefusedError: other calls of the function would lose it too.
    """
    site, beta = known.site, form.beta
    sends_json = site.request.endpoint.starts_a_run
    if known.gives_headers:
        yield from HeaderEdits(site, known.headers).edits(beta, sends_json=sends_json)
        return
    # In the style of the helper, so that every call asks for the same bytes.
    site = Site.of(site.program, replace(site.request, call=known.sent), site.settings, site.names)
    edits = HeaderEdits(site, known.headers, senders(site.program))
    given = known.headers.value(b"openai-beta")
    takes = takes_headers(known)
    typed = known.headers.value(b"content-type") or not sends_json or not takes
    added = [] if typed else [_JSON]
    if given is None and beta is not None and takes:
        added.append(b"'OpenAI-Beta': '" + beta + b"'")
    elif given is not None and (beta is None or text(given)[1:-1] != beta):
        if not serves_the_dead_alone(site.program, known.helper) and not _is_of_call(known, given):
            detail = "`OpenAI-Beta` is sent for the other calls of the function too"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        alone = None if added or beta is not None else _lone_argument(known, given)
        if alone is not None:
            yield alone
            return
        if added and _is_of_call(known, given):
            yield from edits.edits(beta)
            return
        yield from edits.edits(beta, sends_json=False)
    elif given is None and beta is not None:
        yield from _for_the_path(known, edits, form, beta, path, polled=polled)
    yield from headers_at_call(known, added)


def _lone_argument(known: HelperCall, given: Node) -> Edit | None:
    """The edit that takes `, { 'OpenAI-Beta': ... }` from the end of a call that need not give it.

    None where the call gives more headers, or the function asks for some.
    """
    arguments = items(field(known.site.request.call, "arguments") or known.site.request.call)
    literal, taken = arguments[-1], items(field(known.function, "parameters") or known.function)
    alone = len(items(literal)) == 1 and all(n.type != "comment" for n in literal.named_children)
    if len(arguments) < 2 or len(taken) != len(arguments) or not alone:
        return None
    parameter = taken[-1]
    falls_back = parameter.type in ("optional_parameter", "assignment_pattern")
    falls_back = falls_back or field(parameter, "value") is not None
    holds = literal.type == "object" and member_value(items(literal)[0]) == given
    return Edit(arguments[-2].end_byte, literal.end_byte, b"") if falls_back and holds else None


def _for_the_path(
    known: HelperCall, edits: HeaderEdits, form: Form, beta: bytes, path: bytes, *, polled: bool
) -> Iterator[Edit]:
    """The edits after which the function sends the header for this call's path.

    Raises:
        RefusedError: dead calls are given the path in several forms.
    """
    site = known.site
    if serves_the_dead_alone(site.program, known.helper):
        yield from edits.edits(beta, sends_json=False)
        return
    condition = condition_of(
        known.site, known.helper, form, path, known.headers.holder, polled=polled
    )
    yield from edits.where(condition, beta, known.function)


def condition_of(
    site: Site, helper: Sent, form: Form, path: bytes, where: Node, *, polled: bool
) -> bytes:
    """The code, at a place of the helper, by which it knows what is asked of this call's run.

    Raises:
        RefusedError: dead calls are given the path in several forms, or it is not to be seen there.
    """
    front = path[1:-1].partition(_THREADS)[0] + _THREADS
    written = (_other_path(site, helper, form, r) for r in dead_calls(site.program, helper))
    others = {other for other in written if other is not None}
    same = all(other.startswith(front) for other in others) if polled else others <= {path[1:-1]}
    if not same:
        detail = f"`{show(helper.sent)}` is given the path in several forms"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    inside = Site.of(
        site.program, replace(site.request, call=helper.sent), site.settings, site.names
    )
    quote, name = inside.style.quote, _parameter(site, helper, where)
    condition = name + b" === " + quote + path[1:-1] + quote
    if polled:
        condition = name + b".startsWith(" + quote + front + quote + b")"
    return condition


def senders(program: Program) -> list[Node]:
    """The requests of the functions that send dead calls and nothing else."""
    helpers = [called_helper(program, request) for request in program.requests]
    known = {helper.sent.id: helper for helper in helpers if helper is not None}
    return [h.sent for h in known.values() if serves_the_dead_alone(program, h)]


def _is_of_call(known: HelperCall, value: Node | None) -> bool:
    """Whether a header is one that the call gives, and no other has."""
    return value is not None and is_inside(value, known.site.request.call)


def takes_headers(known: HelperCall) -> bool:
    """Whether the function sends the headers that the call may give beside its own ones."""
    site, headers = known.site, known.headers
    given = given_options(site.program, known.helper, site.request.call)
    return not headers.hides and not headers.shared and given.takes_headers(headers.obj)


def headers_at_call(known: HelperCall, headers: Sequence[bytes]) -> list[Edit]:
    """The edits after which the call gives the function these headers too.

    Raises:
        RefusedError: what it gives is no literal of its own.
    """
    site = known.site
    call, source = site.request.call, site.program.source
    if not headers:
        return []
    given = given_options(site.program, known.helper, call)
    options = given.options_given()
    added = b", ".join(headers).replace(b"'", site.style.quote)
    if options is None and given.may_give_headers():
        last = items(field(call, "arguments") or call)[-1].end_byte
        return [Edit(last, last, b", { headers: { " + added + b" } }")]
    if options is None or not items(options):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(call)}`")
    own = next((m for m in items(options) if key_name(m) == b"headers"), None)
    if own is None:
        return appended_member(source, options, b"headers: { " + added + b" }")
    literal = object_behind(site.program.scopes, member_value(own))
    if literal is None or literal.shared or not items(literal.node):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(own)}`")
    return appended_member(source, literal.node, added)


def _other_path(site: Site, helper: Sent, form: Form, request: Request) -> bytes | None:
    """The text of the path that a call of the helper is given; None where that one is left."""
    try:
        return written_path(replace(site, request=request), helper, form.url)[1:-1]
    except RefusedError:
        return None


def _parameter(site: Site, helper: Sent, where: Node) -> bytes:
    """The helper's parameter that is the call's path.

    Raises:
        RefusedError: the helper changes it, or has another thing of its name.
    """
    program, request = site.program, site.request
    arguments = items(field(request.call, "arguments") or request.call)
    position = next(n for n, node in enumerate(arguments) if is_inside(request.url, node))
    name = parameters(helper.function)[position].name
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or binding.writes or name is None:
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(helper.sent)}`")
    if program.scopes.scope_at(where).lookup(text(name)) is not binding:
        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
    return text(name)


def check_repeatable(known: HelperCall) -> None:
    """Refuse to repeat what of the headers further requests repeat where the helper is called.

    Raises:
        RefusedError: something in them means another thing there.
    """
    if not known.gives_headers:
        for value in repeated_values(known.headers):
            check_visible(known.site, value)


def repeated_values(headers: Headers) -> list[Node]:
    """The expressions of headers that further requests repeat."""
    whole = headers.options or member_value(headers.holder)
    if unwrapped(whole).type != "object":
        return [whole]
    values = [headers.spread.get(n) or headers.value(n) for n in REPEATED]
    if headers.hides:
        named = {member.id for member in headers.by_name.values()}
        values += [item for item in items(headers.obj) if item.id not in named]
    return [value for value in values if value is not None]


def _is_hidden(site: Site, this: Node) -> bool:
    """Whether `this.NAME` is a private member of another class than the one that calls."""
    member = this.parent
    if member is None or field(member, "object") != this:
        return False
    ours, theirs = (
        next((n for n in site.program.tree.ancestors(node) if n.type == "class_body"), None)
        for node in (site.request.call, this)
    )
    if ours == theirs:
        return False
    declared = field_of_class(member)
    modifiers = () if declared is None else declared.children
    private = any(text(each) == b"private" for each in modifiers)
    return private or text_of(member, "property").startswith(b"#")


def check_visible(site: Site, value: Node) -> None:
    """Refuse to write an expression of the helper where the helper is called.

    Raises:
        RefusedError: something in it means another thing there.
    """
    of_this = text_of(called(site.request.call), "object") == b"this"
    for node in descendants(value):
        if node.type == "this" and (not of_this or _is_hidden(site, node)):
            shown = node if not of_this or node.parent is None else node.parent
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(shown)}`")
    for name in site.program.scopes.names_in(value):
        if not site.names.visible(name, site.request.call):
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
