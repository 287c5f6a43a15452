"""A call of the file's own post helper: its path and its body change, the helper hardly does.

The helper may serve live calls too, whose requests stay what they are. Where the live endpoint
wants a header that the helper does not send, the helper gets it for that endpoint alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Request, Transport
from callmend.languages.ecmascript.objects import object_behind, uses_of_literal
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.request import Headers, RequestReader
from callmend.languages.ecmascript.sources import parameters, returned
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
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.polls import refuse_polling
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.values import Value, read_value, value_plan


@record(frozen=True, slots=True)
class Helped(Value):
    """What is known of a call of a post helper: the helper, and the request that it sends."""

    function: Node
    sent: Node
    headers: Headers


def read_of_helper(site: Site) -> Helped:
    """The facts of a call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    program, request = site.program, site.request
    sent, function = request.helper, _function(program, request)
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if sent is None or function is None:
        raise RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{text_of(request.call, 'function').decode()}`"
        )
    refuse_polling(site)
    _check_result(program, function, sent)
    body = _argument(program, request, function, sent)
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=not is_awaited_inside(request.call))
    value = read_value(site, body, follower.readings)
    headers = RequestReader(program.scopes, sent).headers_of()
    return Helped(site, value.said, value.shape, (), function, sent, headers)


def helped_plan(known: Helped, form: Form, template: str, given: bytes = b"") -> Plan:
    """The rewrite of the call; ``given`` is what the function for its answer is given besides.

    Raises:
        RefusedError: the URL or the headers are not for this call alone to change.
    """
    value = value_plan(known, form, template, given)
    path = _path(known, form.url)
    url = known.site.request.url
    edits = [*value.edits, Edit(url.start_byte, url.end_byte, path)]
    headers = list(_headers(known, form, path))
    told = "this function sends the request and stays as it is"
    if headers and form.beta is not None:
        told = "this function sends the request, with the header OpenAI-Beta for it"
    notes = [*value.notes, Note(span(known.sent), told)]
    return replace(value, edits=tuple(sorted([*edits, *headers])), notes=tuple(notes))


def _function(program: Program, request: Request) -> Node | None:
    """The function that the call calls, if it is what holds the request itself."""
    own = program.resolver.function_behind(called(request.call))
    if own is None or request.helper is None:
        return None
    return own if program.tree.function_of(request.helper) == own else None


def _check_result(program: Program, function: Node, sent: Node) -> None:
    """Refuse a function that gives something else than the JSON of the answer.

    Raises:
        RefusedError: naming what it returns.
    """
    results = returned(function)
    if results is None:
        raise RefusedError(Reason.UNKNOWN_TRANSPORT, "the function returns nothing")
    for result in results:
        call = unwrapped(result)
        if call.type == "await_expression":
            call = unwrapped(items(call)[0])
        callee = field(call, "function")
        owner = None if callee is None else field(callee, "object")
        if callee is None or owner is None or text_of(callee, "property") != b"json":
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{show(result)}` is returned")
        response = unwrapped(owner)
        if response.type == "identifier":
            response = program.resolver.constant(response) or response
        response = unwrapped(response)
        if response.type == "await_expression":
            response = unwrapped(items(response)[0])
        if response != sent:
            raise RefusedError(Reason.UNKNOWN_TRANSPORT, f"`{show(result)}` is returned")


def _argument(program: Program, request: Request, function: Node, sent: Node) -> Node:
    """The object literal that the function sends as JSON.

    Raises:
        RefusedError: it posts something else, or the argument is no literal of the call.
    """
    given = items(field(sent, "arguments") or sent)
    options = object_behind(program.scopes, given[1]) if len(given) > 1 else None
    named = {} if options is None else {key_name(item): item for item in items(options.node)}
    method, body = named.get(b"method"), named.get(b"body")
    if method is None or text(unwrapped(member_value(method)))[1:-1].upper() != b"POST":
        raise RefusedError(Reason.NOT_A_POST, f"`{show(sent)}`")
    call = None if body is None else unwrapped(member_value(body))
    json = items(field(call, "arguments") or call) if call is not None else []
    if call is None or text_of(call, "function") != b"JSON.stringify" or len(json) != 1:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(body or sent)}`")
    binding = program.scopes.binding(unwrapped(json[0]))
    names = [parameter.name for parameter in parameters(function)]
    position = next(
        (at for at, name in enumerate(names) if binding is not None and name == binding.name_node),
        None,
    )
    arguments = items(field(request.call, "arguments") or request.call)
    if binding is None or binding.writes or position is None or position >= len(arguments):
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(json[0])}`")
    literal = object_behind(program.scopes, arguments[position])
    if literal is None or literal.shared:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(arguments[position])}`")
    return literal.node


# the URL


def _path(known: Helped, path: bytes) -> bytes:
    """The literal in place of the dead one, what stands in front of the path in it kept.

    Raises:
        RefusedError: what is in front of the dead path is not written in the argument, or the
            helper asks for something else than what it is given.
    """
    site = known.site
    url = unwrapped(site.request.url)
    texts = site.program.resolver.value(url).texts
    tail = re.escape(site.request.endpoint.path.removeprefix("/v1/"))
    pattern = tail.replace(re.escape("{}"), "[^/?#]+") + "/?(?:[?#].*)?"
    found = re.fullmatch(f"([^{HOLE}]*?){pattern}", texts[0]) if texts else None
    if found is None or len(texts) != 1 or url.type not in ("string", "template_string"):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(url)}`")
    asked = _asked(known)
    if not asked or not all(re.search(f"/{pattern}$", whole) for whole in asked):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(known.sent)}` asks for another URL")
    front = found[1].encode()
    quote = text(url)[:1] if url.type == "string" else site.style.quote
    if b"://" in front:
        return quote + site.base_url + path + quote
    if site.settings.base_url != DEFAULT_BASE_URL:
        detail = f"`{show(url)}` stands behind a base of the file, and --base-url is given"
        raise RefusedError(Reason.UNRESOLVED_HOST, detail)
    versioned = all(re.search(f"/v1/+{pattern}$", whole) for whole in asked)
    return quote + front + (b"" if versioned else b"v1/") + path.lstrip(b"/") + quote


def _asked(known: Helped) -> tuple[str, ...]:
    """The URLs that the helper asks for when it is given this call's arguments."""
    program, call = known.site.program, known.site.request.call
    [url, *_] = items(field(known.sent, "arguments") or known.sent)
    arguments = items(field(call, "arguments") or call)
    given = program.resolver.arguments(known.function, arguments)
    return program.resolver.substituted(url, given).texts


# the headers


def _headers(known: Helped, form: Form, path: bytes) -> Iterator[Edit]:
    """The edits of the beta header, after which no other call has another one than before.

    Raises:
        RefusedError: other calls of the function would lose it too.
    """
    site, beta = known.site, form.beta
    # In the style of the helper, so that every call asks for the same bytes.
    site = Site.of(site.program, replace(site.request, call=known.sent), site.settings, site.names)
    edits = HeaderEdits(site, known.headers)
    given = known.headers.value(b"openai-beta")
    if given is None and beta is None:
        return
    if given is not None and beta is not None and text(given)[1:-1] == beta:
        return
    if _serves_the_dead_alone(known):
        yield from edits.edits(beta, sends_json=False)
    elif given is not None or beta is None:
        detail = "`OpenAI-Beta` is sent for the other calls of the function too"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    else:
        others = {_other_path(known, form, r) for r in _dead(known)} - {None, path[1:-1]}
        if others:
            detail = f"`{show(known.sent)}` is given the path in several forms"
            raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
        quote = site.style.quote
        condition = _parameter(known) + b" === " + quote + path[1:-1] + quote
        yield from edits.where(condition, beta, known.function)


def _dead(known: Helped) -> list[Request]:
    """The dead calls of the helper."""
    requests = known.site.program.requests
    return [r for r in requests if r.transport is Transport.HELPER and r.helper == known.sent]


def _other_path(known: Helped, form: Form, request: Request) -> bytes | None:
    """The text of the path that a call of the helper is given; None where that one is left."""
    try:
        return _path(replace(known, site=replace(known.site, request=request)), form.url)[1:-1]
    except RefusedError:
        return None


def _serves_the_dead_alone(known: Helped) -> bool:
    """Whether nothing but dead calls uses the function."""
    program, function = known.site.program, known.function
    name = field(function, "name") or field(program.tree.parent(function), "name")
    uses = None if name is None else uses_of_literal(program.scopes, name)
    dead = [called(request.call) for request in _dead(known)]
    return uses is not None and all(use in dead for use in uses)


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
    site, headers = known.site, known.headers
    whole = member_value(headers.holder)
    values = [headers.spread.get(n) or headers.value(n) for n in names]
    if unwrapped(whole).type != "object":
        values = [whole]
    of_this = text_of(called(site.request.call), "object") == b"this"
    for value in values:
        for node in () if value is None else descendants(value):
            if node.type == "this" and not of_this:
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(node)}`")
        for name in () if value is None else site.program.scopes.names_in(value):
            if not site.names.visible(name, site.request.call):
                raise RefusedError(Reason.NAME_NOT_IN_SCOPE, f"`{show(name)}`")
