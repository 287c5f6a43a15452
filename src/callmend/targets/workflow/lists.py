"""A list of dead URLs that is tried in turn: the edits after which the live one is all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmend.calls import RefusedError
from callmend.edits import Edit
from callmend.findings import Note
from callmend.languages.ecmascript.statements import ends_its_line, starts_its_line
from callmend.languages.ecmascript.tree import descendants, span, text, unwrapped
from callmend.reasons import Reason
from callmend.targets.workflow.site import Site

if TYPE_CHECKING:
    from callmend.languages.ecmascript.tried import Tried  # few files have such a list


def list_edits(site: Site, listed: Tried, path: bytes) -> list[Edit]:
    """The list with one entry, whose URL is the live one.

    Raises:
        RefusedError: the code puts something in front of the entries that the live URL has not,
            or a comment would be lost.
    """
    url = site.base_url + path
    prefix = listed.prefix.encode()
    first = listed.urls[0]
    if not url.startswith(prefix):
        raise RefusedError(Reason.URL_CANDIDATES, f"`{listed.prefix}` stands in front of each")
    inner = unwrapped(first)
    quote = text(inner)[:1] if inner.type == "string" else site.style.quote
    live = quote + url[len(prefix) :] + quote
    return [Edit(first.start_byte, first.end_byte, live), *_without_others(site, listed)]


def _without_others(site: Site, listed: Tried) -> list[Edit]:
    """The removal of all entries but the first; comments stay, as they are none of the URLs."""
    source, entry = site.program.source, listed.entries[0]
    behind = [n for n in listed.array.children[:-1] if n.start_byte >= entry.end_byte]
    others = [n for n in behind if n.type != "comment"]
    if len(listed.entries) == 1 or not others:
        return []
    end = behind[-1].end_byte
    kept = [n for n in behind if n.type == "comment"]
    inside = [n for other in others for n in descendants(other) if n.type == "comment"]
    open_end = bool(kept) and text(kept[-1]).startswith(b"//") and not ends_its_line(source, end)
    if inside or open_end or (kept and not starts_its_line(source, entry)):
        line = (inside or kept)[0].start_point[0] + 1
        raise RefusedError(Reason.COMMENT_LOST, f"in line {line}")
    before = source.eol_at(entry.start_byte) + source.indent_at(entry.start_byte)
    left = b"," if others[-1].type == "," else b""
    for comment in kept:
        beside = comment.start_point[0] == entry.end_point[0]
        left += (b" " if beside else before) + text(comment)
    return [Edit(entry.end_byte, end, left)]


def list_note(listed: Tried) -> Note:
    """What is told of the URLs that went."""
    shown = ", ".join(" ".join(text(url).decode("utf-8", "replace").split()) for url in listed.urls)
    many = len(listed.urls) > 1
    what = "the list that is tried in turn has one entry now; gone" if many else "gone"
    return Note(span(listed.array), f"{what}: {shown}", always=True)
