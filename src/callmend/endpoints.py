"""The catalogue of dead endpoints, read from endpoints.toml, and how a URL is matched with it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache

from callmend.data import read_data


class Status(Enum):
    """What became of an endpoint."""

    NEVER_EXISTED = "never-existed"
    PREVIEW = "preview"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the catalogue; the fields are explained at the head of endpoints.toml."""

    id: str
    rule: str
    method: str
    hosts: tuple[str, ...]
    path: str
    status: Status
    ends: str | None
    targets: tuple[str, ...]
    unresolved: bool
    needles: tuple[bytes, ...]
    summary: str
    sources: tuple[str, ...]
    comments: tuple[str, ...]
    phrases: tuple[str, ...]


@cache
def catalogue() -> tuple[Endpoint, ...]:
    """Every endpoint that callmend knows, in the order of the file."""
    rows = tomllib.loads(read_data("endpoints.toml").decode())
    return tuple(
        Endpoint(
            id=name,
            rule=row["rule"],
            method=row["method"],
            hosts=tuple(row["hosts"]),
            path=row["path"],
            status=Status(row["status"]),
            ends=row.get("ends"),
            targets=tuple(row["targets"]),
            unresolved=row["unresolved"],
            needles=tuple(needle.encode() for needle in row["needles"]),
            summary=row["summary"],
            sources=tuple(row["sources"]),
            comments=tuple(row["comments"]),
            phrases=tuple(row["phrases"]),
        )
        for name, row in rows.items()
    )


@cache
def needles() -> tuple[tuple[bytes, ...], ...]:
    """For the byte search: a file is parsed when all strings of one of these tuples occur in it."""
    return tuple(dict.fromkeys(endpoint.needles for endpoint in catalogue()))


def by_rule(code: str) -> Endpoint | None:
    """The endpoint whose rule has this code, or None."""
    return next((endpoint for endpoint in catalogue() if endpoint.rule == code), None)


class Match(Enum):
    """How surely a URL is that of an endpoint."""

    CERTAIN = "certain"
    HOST_UNKNOWN = "host-unknown"


_URL = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?P<host>[^/?#]*)(?P<path>[^?#]*)")
_PORT = re.compile(r":(?:443|80)?$")


def match_url(url: str, hole: str) -> tuple[Endpoint, Match] | None:
    """The endpoint that a URL names, or None when it is certainly none of ours.

    ``url`` is the URL's text, in which the character ``hole`` stands for each part that is not
    known before the program runs. A known host that is not the endpoint's own, and a path without
    a host (the site's own server), are None.
    """
    parts = _URL.match(url)
    if parts is not None and hole not in (parts["scheme"] or ""):
        host, path = parts["host"].lower(), parts["path"]
        if hole in host:
            # `https://${host}/v1/...`, but also `https://api.openai.com${path}`.
            return _match_unknown(path or host[host.rfind(hole) :], hole)
        for endpoint in catalogue():
            if _PORT.sub("", host) in endpoint.hosts and _match_path(endpoint.path, path, hole):
                return endpoint, Match.CERTAIN
        return None
    if url.startswith(hole):
        return _match_unknown(re.split(r"[?#]", url)[0].lstrip(hole), hole)
    return None


def _match_unknown(path: str, hole: str) -> tuple[Endpoint, Match] | None:
    for endpoint in catalogue():
        if not endpoint.unresolved:
            continue
        # The unknown base may or may not end in the version.
        for wanted in (endpoint.path, endpoint.path.removeprefix("/v1")):
            if "{}" in wanted and not wanted.startswith("/v1"):
                continue
            if _match_path(wanted, "/" + path.lstrip("/"), hole):
                return endpoint, Match.HOST_UNKNOWN
    return None


def _match_path(wanted: str, path: str, hole: str) -> bool:
    expected = wanted.split("/")
    given = re.sub(r"/+", "/", path).rstrip("/").split("/")
    # A query that is itself unknown (`...runs${query}`) hangs on the last segment.
    given[-1] = given[-1].rstrip(hole) or given[-1]
    return len(expected) == len(given) and all(
        bool(actual) if segment == "{}" else segment == actual
        for segment, actual in zip(expected, given, strict=True)
    )
