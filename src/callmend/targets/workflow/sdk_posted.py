"""A dead path that is given to `post` of OpenAI's client becomes a method that the client has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.callees import is_still_promised
from callmend.languages.ecmascript.find import Certainty
from callmend.languages.ecmascript.readers import Follower
from callmend.languages.ecmascript.readings import What
from callmend.languages.ecmascript.tree import (
    called,
    descendants,
    field,
    items,
    key_name,
    member_value,
    show,
    span,
    text,
    unwrapped,
)
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.plans import Plan
from callmend.targets.workflow.adapt import Form
from callmend.targets.workflow.default_betas import default_betas
from callmend.targets.workflow.invented import OWN_HOST, Made, Method, own_literal
from callmend.targets.workflow.sdk_options import unset_beta
from callmend.targets.workflow.site import Site
from callmend.targets.workflow.told import Told
from callmend.targets.workflow.values import read_value, value_plan


def posted_plan(
    site: Site, method: Method, form_of: Callable[[Told], tuple[Form, Sequence[Note]]]
) -> Plan:
    """The rewrite of `client.post('/workflows/runs', { body: { ... } })`.

    ``form_of`` gives what the target writes for what is asked, and what is told of that.

    Raises:
        RefusedError: the call is left, and why.
    """
    program, request = site.program, site.request
    if site.settings.stream:
        raise RefusedError(Reason.STREAMING, "`--stream` is written for `fetch` only")
    client = field(called(request.call), "object")
    if request.certainty is not Certainty.CERTAIN or client is None:
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{show(request.url)}`")
    follower = Follower(program, request.call)
    follower.follow(request.call, What.BODY, promised=is_still_promised(program.tree, request.call))
    call = Made(request.call, client, follower.readings)
    given, betas = _given(call)
    literal = own_literal(program, given)
    if literal is None:
        raise RefusedError(Reason.BODY_NOT_UNDERSTOOD, f"`{show(given)}`")
    known = read_value(site, literal, follower.readings)
    form, decided = form_of(known)
    taken, options = method.given(site, call)
    value = value_plan(known, form, method.template, [taken])
    notes = [*decided, *value.notes, Note(span(call.node), method.needs)]
    notes += [Note(span(beta), f"the header {show(beta)} went") for beta in betas]
    if site.settings.base_url != DEFAULT_BASE_URL:
        notes.append(Note(span(client), OWN_HOST, always=True))
    defaults = default_betas(program, client, own=method.own_beta)
    notes += defaults.notes
    if defaults.kept:
        options = unset_beta(defaults.kept, None)[1]
    edits = (
        *value.edits,
        call.named(method.name),
        *_arguments(call, given, options),
        *defaults.edits,
    )
    return replace(
        value,
        edits=tuple(sorted(edits)),
        message=method.becomes,
        notes=tuple(notes),
        gone=value.gone,
    )


def _given(call: Made) -> tuple[Node, list[Node]]:
    """The body among the options of a request, and the beta headers beside it.

    Raises:
        RefusedError: the options are not written here, or hold more.
    """
    given = call.arguments
    options = unwrapped(given[-1])
    members = {key_name(member): member for member in items(options)}
    if len(given) != 2 or options.type != "object" or b"body" not in members:
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(call.node)}`")
    headers = members.get(b"headers")
    held = None if headers is None else unwrapped(member_value(headers))
    betas = [] if held is None or held.type != "object" else items(held)
    others = [m for name, m in members.items() if name not in (b"body", b"headers")]
    if headers is not None and (not betas or any(key_name(b) != b"OpenAI-Beta" for b in betas)):
        others.append(headers)
    if others:
        raise RefusedError(Reason.OPTIONS_NOT_UNDERSTOOD, f"`{show(others[0])}`")
    return member_value(members[b"body"]), betas


def _arguments(call: Made, body: Node, options: bytes) -> Iterator[Edit]:
    """The edits after which the body is what the method is given, with its options.

    Raises:
        RefusedError: a comment would be lost.
    """
    first, last = call.arguments
    more = b", " + options if options else b""
    name = text(body) if body.type == "shorthand_property_identifier" else None
    if name is not None:
        edits = [Edit(first.start_byte, last.end_byte, name + more)]
    else:
        edits = [
            Edit(first.start_byte, body.start_byte, b""),
            Edit(body.end_byte, last.end_byte, more),
        ]
    for node in descendants(call.node):
        if node.type == "comment" and any(edit.span.contains(span(node)) for edit in edits):
            raise RefusedError(Reason.COMMENT_LOST, f"in line {node.start_point[0] + 1}")
    yield from edits
