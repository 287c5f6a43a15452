"""The live URL in place of the dead one, wherever the code has that."""

from __future__ import annotations

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.languages.ecmascript.find import Certainty, Transport
from callmend.languages.ecmascript.tree import is_inside, items, show, text, unwrapped
from callmend.languages.ecmascript.values import HOLE
from callmend.reasons import Reason
from callmend.settings import DEFAULT_BASE_URL
from callmend.targets.workflow.lists import list_edits
from callmend.targets.workflow.site import Site


def url_edits(site: Site, path: bytes) -> list[Edit]:
    """The live URL in place of the dead one, or of all of a list that is tried in turn."""
    listed = site.tried
    if listed is not None and prefix_of(site) is not None:
        raise RefusedError(Reason.URL_CANDIDATES, "behind a prefix")
    return [_url_edit(site, path)] if listed is None else list_edits(site, listed, path)


def _url_edit(site: Site, path: bytes) -> Edit:
    url = site.request.url
    key = b"url: " if url.type == "shorthand_property_identifier" else b""
    relative = relative_path(site, path)
    behind = site.url_behind_base(path) if relative is None else None
    if behind is not None:
        return Edit(url.start_byte, url.end_byte, behind)
    quote = site.style.quote
    inner = unwrapped(url)
    if inner.type == "string":
        quote = text(inner)[:1]
    elif inner.type == "template_string" and not items(inner):
        quote = b"`"
    whole = site.base_url + path if relative is None else relative
    return Edit(url.start_byte, url.end_byte, key + quote + whole + quote)


def relative_path(site: Site, path: bytes) -> bytes | None:
    """A live path behind the base of the client that sends it; None where it is written whole.

    Raises:
        RefusedError: the base is not OpenAI's for certain, or may be another one at the call.
    """
    prefix = prefix_of(site)
    if prefix is not None:
        return prefix + path.lstrip(b"/")
    base, sending = site.default_base, site.request.sending
    if base is None or sending is None or base.node != sending.base:
        return None
    # What decides on the host is where the client is made, once and for all its calls.
    if is_inside(sending.base, site.request.call):
        return None
    return (b"" if base.versioned else b"/v1") + path


def prefix_of(site: Site) -> bytes | None:
    """What a path has in front of it behind the `prefixUrl` of ky and got; None without one.

    Raises:
        RefusedError: the prefix is not OpenAI's host alone, or another one is asked for.
    """
    request = site.request
    if request.transport not in (Transport.KY, Transport.GOT) or request.sending is None:
        return None
    base = request.sending.base
    if base is None:
        return None
    resolver = site.program.resolver
    texts = {known.rstrip("/") for known in resolver.value(base).texts}
    if request.certainty is Certainty.DEFAULT_HOST:
        texts.discard(HOLE)
    whole = any("://" in known for known in resolver.value(request.url).texts)
    if whole or len(texts) != 1 or not texts <= {DEFAULT_BASE_URL, DEFAULT_BASE_URL[:-3]}:
        raise RefusedError(Reason.UNRESOLVED_HOST, f"`{show(base)}` in front of the path")
    if site.settings.base_url != DEFAULT_BASE_URL:
        detail = f"`{show(base)}` stands in front of the path, and --base-url is given"
        raise RefusedError(Reason.UNRESOLVED_HOST, detail)
    return b"" if DEFAULT_BASE_URL in texts else b"v1/"
