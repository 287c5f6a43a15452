"""A call of the file's own post helper: its path and its body change, the helper hardly does.

The helper may serve live calls too, whose requests stay what they are. Where the live endpoint
wants a header that the helper does not send, the helper gets it for that endpoint alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.effects import has_effects
from callmend.languages.ecmascript.find import Certainty, Request, Transport
from callmend.languages.ecmascript.objects import (
    object_behind,
    uses_of_literal,
)
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.request import Headers
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.sources import parameters, returned
from callmend.languages.ecmascript.statements import appended_member
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    is_awaited_inside,
    is_inside,
    items,
    key_name,
    member_value,
    show,
    show_line,
    span,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE, text_of
from callmend.reasons import Reason
from callmend.records import record
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.half import refuse_polling
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.posted import Sent, given_options, headers_sent, posted
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.urls import url_edits
from callmend.targets.workflow.values import Value, read_value, value_plan

_JSON = b"'Content-Type': 'application/json'"


@record(frozen=True, slots=True)
class Helped(Value):
    """What is known of a call of a post helper that gives the answer's JSON."""

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


def helper_of(site: Site) -> Sent:
    """The function of the file that a call is given to.

    Raises:
        RefusedError: it is not certain which one it is, or what is asked for is no plain request.
    """
    sent, function = site.request.helper, _function(site.program, site.request)
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if sent is None or function is None:
        raise RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{text_of(site.request.call, 'function').decode()}`"
        )
    refuse_polling(site)
    return Sent(function, sent)


def read_of_helper(site: Site, helper: Sent) -> Helped:
    """The facts of a call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    program, request = site.program, site.request
    if request.certainty is Certainty.CANDIDATES:
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(request.call)} is given each URL")
    body, variable = posted(program, helper, request.call)
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=not is_awaited_inside(request.call))
    value = read_value(site, body, follower.readings, variable=variable)
    headers = headers_sent(program, helper, request.call)
    return Helped(site, value.said, value.shape, (), helper, headers)


def helped_plan(known: Helped, form: Form, template: str, given: bytes = b"") -> Plan:
    """The rewrite of the call; ``given`` is what the function for its answer is given besides.

    Raises:
        RefusedError: the URL or the headers are not for this call alone to change.
    """
    value = value_plan(known, form, template, given, started_at(known))
    site, url = known.site, known.site.request.url
    if _are_of_call(known) and is_the_url(site.program, known.helper, site.request):
        urls = url_edits(site, form.url)
    else:
        path = written_path(site, known.helper, form.url)
        urls = [Edit(url.start_byte, url.end_byte, path)]
    headers = list(_headers(known, form, urls[0].text))
    told = "this function sends the request and stays as it is"
    if headers and form.beta is not None and not _are_of_call(known):
        told = "this function sends the request, with the header OpenAI-Beta for it"
    notes = [*value.notes, Note(span(known.sent), told)]
    edits = tuple(sorted([*value.edits, *urls, *headers]))
    return replace(value, edits=edits, notes=tuple(notes))


def started_at(known: Helped) -> bytes | None:
    """What starts the URLs of further requests where the call stands, as in a template string.

    None where the base of the helper's URL is no setting.

    Raises:
        RefusedError: the base is another one there, or cannot be read there.
    """
    site = known.site
    base = site.default_base
    if base is None:
        return None
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


def _function(program: Program, request: Request) -> Node | None:
    """The function that the call calls, if it is what holds the request itself."""
    own = program.resolver.function_behind(called(request.call))
    if own is None or request.helper is None:
        return None
    return own if program.tree.function_of(request.helper) == own else None


def gives_the_json(program: Program, helper: Sent) -> bool:
    """Whether a function gives the JSON of the answer; else it gives a thing of its own.

    Raises:
        RefusedError: it returns nothing.
    """
    results = returned(helper.function)
    if results is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, "the function returns nothing")
    for result in results:
        call = unwrapped(result)
        if call.type == "await_expression":
            call = unwrapped(items(call)[0])
        callee = field(call, "function")
        owner = None if callee is None else field(callee, "object")
        if callee is None or owner is None or text_of(callee, "property") != b"json":
            return False
        response = unwrapped(owner)
        if response.type == "identifier":
            response = program.resolver.constant(response) or response
        response = unwrapped(response)
        if response.type == "await_expression":
            response = unwrapped(items(response)[0])
        if response != helper.sent:
            return False
    return True


# the URL


def written_path(site: Site, helper: Sent, path: bytes) -> bytes:
    """The literal in place of the dead one, what stands in front of the path in it kept.

    Raises:
        RefusedError: what is in front of the dead path is not written in the argument, or the
            helper asks for something else than what it is given.
    """
    url = unwrapped(site.request.url)
    texts = site.program.resolver.value(url).texts
    tail = re.escape(site.request.endpoint.path.removeprefix("/v1/"))
    pattern = tail.replace(re.escape("{}"), "[^/?#]+") + "/?(?:[?#].*)?"
    found = re.fullmatch(f"([^{HOLE}]*?){pattern}", texts[0]) if texts else None
    if found is None or len(texts) != 1 or url.type not in ("string", "template_string"):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(url)}`")
    # A base that is a setting has its version where the file's own default for it has one.
    asked = [whole for whole in _asked(site, helper) if not whole.startswith(HOLE)]
    if not asked or not all(re.search(f"/{pattern}$", whole) for whole in asked):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(helper.sent)}` asks for another URL")
    front = found[1].encode()
    quote = text(url)[:1] if url.type == "string" else site.style.quote
    if b"://" in front:
        return quote + site.base_url + path + quote
    if site.settings.base_url != DEFAULT_BASE_URL:
        detail = f"`{show(url)}` stands behind a base of the file, and --base-url is given"
        raise RefusedError(Reason.UNRESOLVED_HOST, detail)
    versioned = all(re.search(f"/v1/+{pattern}$", whole) for whole in asked)
    return quote + front + (b"" if versioned else b"v1/") + path.lstrip(b"/") + quote


def is_the_url(program: Program, helper: Sent, request: Request) -> bool:
    """Whether the helper asks for exactly the URL that it is given."""
    [url, *_] = given_to(program.scopes, helper.sent)
    binding = program.scopes.binding(unwrapped(url))
    names = [parameter.name for parameter in parameters(helper.function)]
    given = items(field(request.call, "arguments") or request.call)
    if binding is None or binding.writes or binding.name_node not in names:
        return False
    position = names.index(binding.name_node)
    return position < len(given) and is_inside(request.url, given[position])


def _asked(site: Site, helper: Sent) -> tuple[str, ...]:
    """The URLs that the helper asks for when it is given this call's arguments."""
    program, call = site.program, site.request.call
    [url, *_] = given_to(program.scopes, helper.sent)
    arguments = items(field(call, "arguments") or call)
    given = program.resolver.arguments(helper.function, arguments)
    return program.resolver.substituted(url, given).texts


# the headers


def _headers(known: Helped, form: Form, path: bytes) -> Iterator[Edit]:
    """The edits of the beta header, after which no other call has another one than before.

    Raises:
        RefusedError: other calls of the function would lose it too.
    """
    site, beta = known.site, form.beta
    if _are_of_call(known):
        yield from HeaderEdits(site, known.headers).edits(beta)
        return
    # In the style of the helper, so that every call asks for the same bytes.
    site = Site.of(site.program, replace(site.request, call=known.sent), site.settings, site.names)
    edits = HeaderEdits(site, known.headers)
    given = known.headers.value(b"openai-beta")
    added = [] if known.headers.value(b"content-type") or not takes_headers(known) else [_JSON]
    if given is None and beta is not None and takes_headers(known):
        added.append(b"'OpenAI-Beta': '" + beta + b"'")
    elif given is not None and (beta is None or text(given)[1:-1] != beta):
        if not serves_the_dead_alone(site.program, known.helper) and not _is_of_call(known, given):
            detail = "`OpenAI-Beta` is sent for the other calls of the function too"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        if added and _is_of_call(known, given):
            yield from edits.edits(beta)
            return
        yield from edits.edits(beta, sends_json=False)
    elif given is None and beta is not None:
        yield from _for_the_path(known, edits, form, beta, path)
    yield from headers_at_call(known, added)


def _for_the_path(
    known: Helped, edits: HeaderEdits, form: Form, beta: bytes, path: bytes
) -> Iterator[Edit]:
    """The edits after which the function sends the header for this call's path.

    Raises:
        RefusedError: dead calls are given the path in several forms.
    """
    site = known.site
    if serves_the_dead_alone(site.program, known.helper):
        yield from edits.edits(beta, sends_json=False)
        return
    others = {_other_path(known, form, r) for r in dead_calls(site.program, known.helper)} - {
        None,
        path[1:-1],
    }
    if others:
        detail = f"`{show(known.sent)}` is given the path in several forms"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    helper = Site.of(
        site.program, replace(site.request, call=known.sent), site.settings, site.names
    )
    quote = helper.style.quote
    condition = _parameter(known) + b" === " + quote + path[1:-1] + quote
    yield from edits.where(condition, beta, known.function)


def _are_of_call(known: Helped) -> bool:
    """Whether the function sends the headers that the call gives it, and no others."""
    return is_inside(known.headers.holder, known.site.request.call)


def _is_of_call(known: Helped, value: Node | None) -> bool:
    """Whether a header is one that the call gives, and no other has."""
    return value is not None and is_inside(value, known.site.request.call)


def takes_headers(known: Helped) -> bool:
    """Whether the function sends the headers that the call may give beside its own ones."""
    site, headers = known.site, known.headers
    given = given_options(site.program, known.helper, site.request.call)
    return not headers.hides and not headers.shared and given.takes_headers(headers.obj)


def headers_at_call(known: Helped, headers: Sequence[bytes]) -> list[Edit]:
    """The edits after which the call gives the function these headers too.

    Raises:
        RefusedError: what it gives is no literal of its own.
    """
    site = known.site
    call, source = site.request.call, site.program.source
    if not headers:
        return []
    options = given_options(site.program, known.helper, call).options_given()
    if options is None or not items(options):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(call)}`")
    added = b", ".join(headers).replace(b"'", site.style.quote)
    own = next((m for m in items(options) if key_name(m) == b"headers"), None)
    if own is None:
        return appended_member(source, options, b"headers: { " + added + b" }")
    literal = object_behind(site.program.scopes, member_value(own))
    if literal is None or literal.shared or not items(literal.node):
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, f"`{show(own)}`")
    return appended_member(source, literal.node, added)


def dead_calls(program: Program, helper: Sent) -> list[Request]:
    """The dead calls of the helper."""
    requests = program.requests
    return [r for r in requests if r.transport is Transport.HELPER and r.helper == helper.sent]


def _other_path(known: Helped, form: Form, request: Request) -> bytes | None:
    """The text of the path that a call of the helper is given; None where that one is left."""
    try:
        asking = replace(known.site, request=request)
        return written_path(asking, known.helper, form.url)[1:-1]
    except RefusedError:
        return None


def serves_the_dead_alone(program: Program, helper: Sent) -> bool:
    """Whether nothing but dead calls uses the function."""
    uses = uses_of_helper(program, helper)
    dead = [called(request.call) for request in dead_calls(program, helper)]
    return uses is not None and all(use in dead for use in uses)


def uses_of_helper(program: Program, helper: Sent) -> list[Node] | None:
    """What uses the function; None where other files may too."""
    function = helper.function
    if function.type == "method_definition":
        dead = dead_calls(program, helper)
        return uses_of_literal(program.scopes, called(dead[0].call)) if dead else None
    name = field(function, "name") or field(program.tree.parent(function), "name")
    return None if name is None else uses_of_literal(program.scopes, name)


def _parameter(known: Helped) -> bytes:
    """The helper's parameter that is the call's path.

    Raises:
        RefusedError: the helper changes it, or has another thing of its name.
    """
    program, request = known.site.program, known.site.request
    arguments = items(field(request.call, "arguments") or request.call)
    position = next(n for n, node in enumerate(arguments) if is_inside(request.url, node))
    name = parameters(known.function)[position].name
    binding = None if name is None else program.scopes.binding(name)
    if binding is None or binding.writes or name is None:
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(known.sent)}`")
    if program.scopes.scope_at(known.headers.holder).lookup(text(name)) is not binding:
        raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
    return text(name)


def check_repeatable(known: Helped, names: Collection[bytes]) -> None:
    """Refuse to repeat headers of these names where the helper is called.

    Raises:
        RefusedError: something in them means another thing there.
    """
    headers = known.headers
    if _are_of_call(known):
        return
    whole = headers.options or member_value(headers.holder)
    values = [headers.spread.get(n) or headers.value(n) for n in names]
    if headers.hides:
        named = {member.id for member in headers.by_name.values()}
        values += [item for item in items(headers.obj) if item.id not in named]
    if unwrapped(whole).type != "object":
        values = [whole]
    for value in values:
        if value is not None:
            check_visible(known.site, value)


def check_visible(site: Site, value: Node) -> None:
    """Refuse to write an expression of the helper where the helper is called.

    Raises:
        RefusedError: something in it means another thing there.
    """
    of_this = text_of(called(site.request.call), "object") == b"this"
    for node in descendants(value):
        if node.type == "this" and not of_this:
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(node)}`")
    for name in site.program.scopes.names_in(value):
        if not site.names.visible(name, site.request.call):
            raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
