"""Documents and scripts that name a dead endpoint's URL: found by their bytes, never edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from callmend.edits import Span
from callmend.endpoints import Endpoint, Status, catalogue
from callmend.records import record
from callmend.settings import Settings
from callmend.source import SourceFile

#: A slash as it is, or as JSON may write it.
_SLASH = rb"(?:\\?/)"
#: A scheme, or where a host may start without one.
_START = rb"(?:(?i:https?):" + _SLASH + _SLASH + rb"|(?<![0-9A-Za-z.-]))"
#: A part of a path that is filled in: `${id}`, `{{id}}`, `{id}`, `$ID`, `<id>`, `:id`, or an id.
_PART = (
    rb"(?:\$?\{\{?[^{}\n]*\}\}?|<[^<>/\s]+>|['\"]*+\$\w++['\"]*+"
    rb"|[^\s/\\\"'`?#&<>(){}$])++"
)
#: What follows would make the path another one: more of the last segment, or a further segment.
_END = rb"(?![0-9A-Za-z_%-]|\.[0-9A-Za-z]|\\?/[0-9A-Za-z_.$<{:%-])"
#: A test double that is given the host first and the path after it: `nock(host).post(path)`.
_JOIN = rb"['\"`]\s*+(?:,[^()\n]*)?\)\s*+\.\s*+\w++\(\s*+['\"`]"


@record(frozen=True, slots=True)
class Mention:
    """A dead endpoint's URL in a file: no call that callmend would migrate or leave.

    ``line`` and ``column`` count from 1, the column in characters. ``url`` is the URL as written,
    in one piece.
    """

    path: str
    endpoint: Endpoint
    span: Span
    line: int
    column: int
    end_line: int
    end_column: int
    url: str


@cache
def needles() -> tuple[tuple[bytes, ...], ...]:
    """For the byte search: a file is read when all strings of one of these tuples occur in it."""
    return tuple(
        dict.fromkeys((_common_end(row.hosts).encode(), *row.needles) for row in _mentionable())
    )


def find_mentions(
    path: str, data: bytes, settings: Settings, reported: Mapping[str, frozenset[str]]
) -> Iterator[Mention]:
    """The mentions in a file, in order.

    ``reported`` are the endpoints' ids of the calls that are reported in source files, by path:
    what such a file says of these endpoints belongs to its calls.
    """
    if b"\0" in data:
        return
    source = SourceFile(path, data)
    found = []
    for endpoint, pattern in _patterns():
        if settings.selects(endpoint.rule) and endpoint.id not in reported.get(path, ()):
            found += [(match.span(), endpoint) for match in pattern.finditer(data)]
    for (start, end), endpoint in sorted(found, key=lambda item: item[0]):
        if not _starts_a_host(data, start):
            continue
        line, column = source.position(start)
        end_line, end_column = source.position(end)
        url = re.sub(_JOIN, b"", data[start:end]).decode("utf-8", "backslashreplace")
        yield Mention(path, endpoint, Span(start, end), line, column, end_line, end_column, url)


@cache
def _patterns() -> tuple[tuple[Endpoint, re.Pattern[bytes]], ...]:
    return tuple((row, _pattern(row)) for row in _mentionable())


def _mentionable() -> Iterator[Endpoint]:
    """The endpoints with a URL.

    Those of method GET that never existed are requests about a run or a workflow: their paths end
    in an id, so that a page about the endpoint (`/v1/workflows/runs.md`) would be one of them.
    """
    for row in catalogue():
        if row.path and not (row.method == "GET" and row.status is Status.NEVER_EXISTED):
            yield row


def _pattern(endpoint: Endpoint) -> re.Pattern[bytes]:
    hosts = b"|".join(re.escape(host.encode()) for host in endpoint.hosts)
    segments = endpoint.path.strip("/").split("/")
    path = b"".join(
        (b"(?:" + _JOIN + b")?" if place < 2 else b"")
        + _SLASH
        + (_PART if segment == "{}" else re.escape(segment.encode()))
        for place, segment in enumerate(segments)
    )
    return re.compile(_START + rb"(?i:" + hosts + rb")(?::443)?" + path + _END)


def _starts_a_host(data: bytes, start: int) -> bool:
    """Whether a URL without a scheme starts with its host, and is no part of another's path."""
    if data[start : start + 4].lower() == b"http":
        return True
    before = data[max(start - 4, 0) : start].replace(b"\\/", b"/")
    return not before.endswith(b"/") or before.endswith(b"//")


def _common_end(hosts: tuple[str, ...]) -> str:
    """The last two labels of the hosts, which they have in common: the byte search wants one."""
    ends = {".".join(host.split(".")[-2:]) for host in hosts}
    return ends.pop() if len(ends) == 1 else ""
