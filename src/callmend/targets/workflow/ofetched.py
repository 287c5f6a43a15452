"""A call by ofetch, Nuxt's `$fetch`, which gives the answer's JSON: it stays one by ofetch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.findings import Note
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.find import Certainty
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.request import RequestReader
from callmend.languages.ecmascript.tree import (
    field,
    items,
    key_name,
    member_value,
    show,
    show_line,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.headers import HeaderEdits
from callmend.targets.workflow.invented import own_literal
from callmend.targets.workflow.limits import limit_notes
from callmend.targets.workflow.repeated import further_arguments
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told
from callmend.targets.workflow.urls import url_edits
from callmend.targets.workflow.values import read_value, value_plan

# https://github.com/unjs/ofetch: `body` is sent as JSON where it is an object, the JSON is what is
# promised, and every error of HTTP is thrown.
_READ = frozenset({b"body", b"headers", b"method"})
_KEPT = frozenset({b"retry", b"retryDelay", b"retryStatusCodes", b"signal", b"timeout"})


def ofetch_plan(
    site: Site, template: str, form_of: Callable[[Told], tuple[Form, Sequence[Note]]]
) -> Plan:
    """The rewrite of `$fetch(url, { method: 'POST', headers, body: { ... } })`.

    ``template`` is the function for its answer; ``form_of`` gives what the target writes for what
    is asked, and what is told of that.

    Raises:
        RefusedError: the call is left, and why.
    """
    program, call = site.program, site.request.call
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    if site.request.certainty is Certainty.CANDIDATES:
        raise RefusedError(Reason.URL_CANDIDATES, f"{show_line(call)} is given each URL")
    options, members = _options(site)
    method = members.get(b"method")
    texts = () if method is None else program.resolver.value(member_value(method)).texts
    if [known.upper() for known in texts] != ["POST"]:
        raise RefusedError(Reason.NOT_A_POST, f"`{show(call if method is None else method)}`")
    if b"headers" not in members:
        raise RefusedError(Reason.NO_AUTHORIZATION)
    headers = RequestReader(program.scopes, call).headers(members[b"headers"])
    body = members.get(b"body")
    literal = None if body is None else own_literal(program, member_value(body))
    if literal is None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(body or call)}`")
    follower = Follower(program, call)
    follower.follow(call, What.BODY, promised=is_still_promised(program.tree, call))
    known = read_value(site, literal, follower.readings)
    form, decided = form_of(known)
    more, kept = further_arguments(site, headers, form.arguments)
    value = value_plan(known, form, template, [more])
    own = HeaderEdits(site, headers)
    told = [] if form.beta is None else limit_notes(site, options)
    edits = {
        *value.edits,
        *kept,
        *url_edits(site, form.url),
        *own.edits(form.beta, sends_json=False),
    }
    return replace(
        value,
        edits=tuple(sorted(edits)),
        notes=(*decided, *value.notes, *own.notes, *told),
        gone=(*value.gone, *own.gone),
    )


def _options(site: Site) -> tuple[Node, dict[bytes, Node]]:
    """The options of the request, written in the call, and their members by name.

    Raises:
        RefusedError: they are not written there, or hold something else.
    """
    call = site.request.call
    given = items(field(call, "arguments") or call)
    options = unwrapped(given[-1])
    if len(given) != 2 or options.type != "object":
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(call)}`")
    found: dict[bytes, Node] = {}
    for member in items(options):
        name = key_name(member)
        if name is None or name not in _READ | _KEPT:
            raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(member)}`")
        found[name] = member
    return options, found
