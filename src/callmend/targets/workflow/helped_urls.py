"""The URL that a post helper is given: the dead path in it exchanged where the call has it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.find import Request
from callmend.languages.ecmascript.program import Program
from callmend.languages.ecmascript.request_objects import given_to
from callmend.languages.ecmascript.sendings import Sending, Sendings
from callmend.languages.ecmascript.sources import parameters
from callmend.languages.ecmascript.tree import (
    called,
    field,
    is_inside,
    items,
    show,
    show_line,
    text,
    unwrapped,
)
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.workflow.dead_bases import DeadBase, dead_base, serves_only
from callmend.targets.workflow.posted import Sent
from callmend.targets.workflow.site import Site

#: What is exchanged for a literal: one, or the name of a constant, which may serve others too.
_WRITTEN = frozenset({"identifier", "member_expression", "string", "template_string"})


def dead_base_of(site: Site, helper: Sent) -> DeadBase | None:
    """The base in front of what a helper is given, where that ends in a part of the dead path."""
    sending = sending_of(site.program, helper)
    path = site.request.endpoint.path.removeprefix("/v1/")
    url = sending.url if sending.base is None else sending.base
    return dead_base(site.program, url, path)


def base_edits(program: Program, sites: Sequence[tuple[Site, Sent]]) -> list[Edit]:
    """The edits of dead bases, for calls that are given whole paths behind them.

    Raises:
        RefusedError: more than these calls use such a base.
    """
    based = [(dead_base_of(site, helper), site, helper) for site, helper in sites]
    edits = []
    for base, _, _ in based:
        if base is None:
            continue
        same = [(s, h) for other, s, h in based if other is not None and other.end == base.end]
        helpers = [helper for _, helper in same]
        if not serves_only(program, base, helpers, [site.request.call for site, _ in same]):
            detail = f"{show_line(base.literal)} is a part of the dead URL, and used for more"
            raise RefusedError(Reason.URL_NOT_FOLLOWED, detail)
        edits.append(base.edit)
    return edits


def written_path(site: Site, helper: Sent, path: bytes, base: DeadBase | None = None) -> bytes:
    """The literal in place of the dead one, what stands in front of the path in it kept.

    ``base`` is a dead one in front of it, which loses its part of the path.

    Raises:
        RefusedError: what is in front of the dead path is not written in the argument, or the
            helper asks for something else than what it is given.
    """
    url = unwrapped(site.request.url)
    texts = site.program.resolver.value(url).texts
    tail = site.request.endpoint.path.removeprefix("/v1/")
    pattern = _pattern(tail)
    found = re.fullmatch(f"([^{HOLE}]*?){pattern}", texts[0]) if texts else None
    if found is None and texts and base is not None:
        found = re.fullmatch("(/?)" + _pattern(tail.removeprefix(base.dead + "/")), texts[0])
    if found is None or len(texts) != 1 or url.type not in _WRITTEN:
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


def _pattern(path: str) -> str:
    """The expression for a dead path with whatever ids, and a query behind it."""
    return re.escape(path).replace(re.escape("{}"), "[^/?#]+") + "/?(?:[?#].*)?"


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
    sending = sending_of(program, helper)
    if sending.url is None:
        return ()
    arguments = items(field(call, "arguments") or call)
    given = program.resolver.arguments(helper.function, arguments)
    asked = program.resolver.substituted(sending.url, given).texts
    if sending.base is None:
        return asked
    bases = program.resolver.value(sending.base).texts
    behind = (f"{base.rstrip('/')}/{path.lstrip('/')}" for base in bases for path in asked)
    return tuple(path for path in asked if "://" in path) or tuple(behind)


def sending_of(program: Program, helper: Sent) -> Sending:
    """The parts of the request that a helper sends."""
    transport = program.callees.transport(called(helper.sent))
    sending = Sendings(program.resolver, program.callees).of(helper.sent, transport)
    return Sending(None) if sending is None else sending
