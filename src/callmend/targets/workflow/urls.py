"""The live URL in place of the dead one, wherever the code has that."""

from __future__ import annotations

from callmend.edits import Edit
from callmend.languages.ecmascript.tree import items, text, unwrapped
from callmend.targets.workflow.lists import list_edits
from callmend.targets.workflow.site import Site


def url_edits(site: Site, path: bytes) -> list[Edit]:
    """The live URL in place of the dead one, or of all of a list that is tried in turn."""
    listed = site.tried
    return [_url_edit(site, path)] if listed is None else list_edits(site, listed, path)


def _url_edit(site: Site, path: bytes) -> Edit:
    url = site.request.url
    key = b"url: " if url.type == "shorthand_property_identifier" else b""
    behind = site.url_behind_base(path)
    if behind is not None:
        return Edit(url.start_byte, url.end_byte, behind)
    quote = site.style.quote
    inner = unwrapped(url)
    if inner.type == "string":
        quote = text(inner)[:1]
    elif inner.type == "template_string" and not items(inner):
        quote = b"`"
    return Edit(url.start_byte, url.end_byte, key + quote + site.base_url + path + quote)
