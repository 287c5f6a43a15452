"""Python that is not parsed: the dead calls that its bytes show, each left with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callmend.edits import Span
from callmend.endpoints import Endpoint, catalogue
from callmend.findings import Finding
from callmend.languages.python.sdk import methods
from callmend.languages.python.text import Text
from callmend.languages.python.unparsed import words
from callmend.reasons import Reason
from callmend.rewriting.planned import by_bytes, left
from callmend.settings import Settings
from callmend.source import SourceFile

_HOST = b"api.openai.com"
_LIBRARY = re.compile(rb"\bopenai\b", re.IGNORECASE)


def unparsed(
    file: SourceFile, reason: Reason, settings: Settings, text: Text | None = None
) -> list[Finding]:
    """The findings of a file; ``text`` is that of one which is no Python 3 but can be read."""
    mentions = [] if text is None else list(words(text))
    found = list(by_bytes(file, reason, settings, mentions))
    if text is None:
        return found
    whole = {finding.endpoint for finding in found}
    for endpoint in catalogue():
        if endpoint.id in whole or not settings.selects(endpoint.rule):
            continue
        for place in _places(file.data, endpoint, settings):
            if not any(each.contains(place) for each in mentions):
                found.append(left(endpoint, place, reason, ""))
                break
    return sorted(found, key=lambda finding: finding.span)


def _places(data: bytes, endpoint: Endpoint, settings: Settings) -> Iterator[Span]:
    """Where a file may call an endpoint: a URL in parts, and the methods of OpenAI's client."""
    if endpoint.unresolved and _HOST in data:
        path = re.escape(endpoint.path.removeprefix("/v1").encode())
        path = path.replace(rb"\{\}", rb"[^/\s\"']+")
        for found in re.finditer(rb"([^\"'\s]*)(" + path + rb")(?![/\w])", data):
            if b"://" not in found[1] or _HOST in found[1]:
                yield Span(*found.span(2))
    if not _LIBRARY.search(data):
        return
    for name, called in methods().items():
        # What the library really has is dead to the target that writes the other API only.
        is_dead = name.startswith("workflows.") or settings.target == "responses"
        if called.id == endpoint.id and is_dead:
            spelled = rb"\s*\.\s*".join(map(re.escape, name.encode().split(b".")))
            for found in re.finditer(rb"\.\s*(" + spelled + rb")\s*\(", data):
                yield Span(*found.span(1))
