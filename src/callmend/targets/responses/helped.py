"""A call of the file's own post helper: its path and its body change, the helper does not."""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.names import Names
from callmend.languages.ecmascript.objects import object_behind, uses_of_literal
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.request import Headers, RequestReader
from callmend.languages.ecmascript.sources import parameters, returned
from callmend.languages.ecmascript.tree import (
    field,
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
from callmend.settings import Settings
from callmend.targets.plans import Plan
from callmend.targets.responses.values import value_plan
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.polls import refuse_polling
from callmend.targets.workflow.site import Site

_BECOMES = "becomes POST /v1/responses by the same function, its answer in the shape that is read"


def plan(program: Program, request: Request, settings: Settings, names: Names) -> Plan:
    """The rewrite of one call of a function of the file that posts what it is given.

    Raises:
        RefusedError: the call, or what the function does, is not certain.
    """
    sent, function = request.helper, _function(program, request)
    if settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if sent is None or function is None:
        raise RefusedError(
            Reason.UNKNOWN_TRANSPORT, f"`{text_of(request.call, 'function').decode()}`"
        )
    site = Site.of(program, request, settings, names)
    refuse_polling(site)
    _check_result(program, function, sent)
    body = _argument(program, request, function, sent)
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=True)
    value = value_plan(site, body, follower.readings)
    headers = RequestReader(program.scopes, sent).headers_of()
    edits = [*value.edits, _url(site), *_headers(site, headers, function)]
    where = span(sent)
    notes = [*value.notes, Note(where, "this function sends the request and stays as it is")]
    return replace(value, edits=tuple(sorted(edits)), message=_BECOMES, notes=tuple(notes))


def _function(program: Program, request: Request) -> Node | None:
    """The function that the call calls, if it is what holds the request itself."""
    callee = field(request.call, "function")
    own = None if callee is None else program.resolver.function_behind(callee)
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


def _url(site: Site) -> Edit:
    """The path in place of the dead one, what stands in front of it in the argument kept.

    Raises:
        RefusedError: what is in front of the dead path is not written in the argument.
    """
    url = unwrapped(site.request.url)
    texts = site.program.resolver.value(url).texts
    tail = site.request.endpoint.path.removeprefix("/v1/")
    pattern = re.escape(tail).replace(re.escape("{}"), "[^/?#]+")
    found = re.fullmatch(f"([^{HOLE}]*?){pattern}/?(?:[?#].*)?", texts[0]) if texts else None
    if found is None or len(texts) != 1 or url.type not in ("string", "template_string"):
        raise RefusedError(Reason.URL_NOT_FOLLOWED, f"`{show(url)}`")
    quote = text(url)[:1] if url.type == "string" else site.style.quote
    return Edit(url.start_byte, url.end_byte, quote + found[1].encode() + b"responses" + quote)


def _headers(site: Site, headers: Headers, function: Node) -> list[Edit]:
    """The removal of the dead beta header where only this call sends it.

    Raises:
        RefusedError: other calls of the function would lose it too.
    """
    if headers.value(b"openai-beta") is None:
        return []
    name = field(function, "name")
    uses = None if name is None else uses_of_literal(site.program.scopes, name)
    if uses is None or len(uses) != 1:
        detail = "`OpenAI-Beta` is sent for the other calls of the function too"
        raise RefusedError(Reason.HEADERS_NOT_UNDERSTOOD, detail)
    return list(HeaderEdits(site, headers).edits(None, sends_json=False))
