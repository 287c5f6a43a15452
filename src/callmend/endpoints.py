"""The catalogue of dead endpoints, read from endpoints.toml, and how a URL is matched with it."""

from __future__ import annotations

import re
import tomllib
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from callmend.data import read_data
from callmend.records import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Status(Enum):
    """What became of an endpoint."""

    NEVER_EXISTED = "never-existed"
    PREVIEW = "preview"
    RETIRED = "retired"
    WRONG_REQUEST = "wrong-request"


@record(frozen=True, slots=True)
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
    part: bool = False
    sdk: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    bare: bool = False
    also: tuple[str, ...] = ()

    @property
    def starts_a_run(self) -> bool:
        """Whether its requests ask for an answer, so that one live request is for all of these."""
        return not self.part and "assistants" in self.targets

    @property
    def asks_for_a_run(self) -> bool:
        """Whether its requests ask for a run that never was."""
        return self.part and self.status is Status.NEVER_EXISTED and bool(self.path)


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
            part=row.get("part", False),
            sdk=tuple(row.get("sdk", ())),
            invented=tuple(row.get("invented", ())),
            bare=row.get("bare", False),
            also=tuple(row.get("also", ())),
        )
        for name, row in rows.items()
    )


@cache
def needles() -> tuple[tuple[bytes, ...], ...]:
    """For the byte search: a file is parsed when all strings of one of these tuples occur in it."""
    return tuple(dict.fromkeys(endpoint.needles for endpoint in catalogue()))


def may_call(data: bytes) -> bool:
    r"""Whether a file that passed the byte search is worth parsing: it holds the needles as words.

    The needles are segments of paths, and a segment that is put together starts or ends at a quote,
    a slash or a hole. So `run` in `truncate`, which every fourth component holds, is none. A letter
    or digit in front may still be the end of an escape (`"\u002fruns"`).
    """
    return any(all(word(data) for word in words) for words in _words())


@cache
def _words() -> tuple[tuple[Callable[[bytes], object], ...], ...]:
    groups = dict.fromkeys((endpoint.needles, endpoint.also) for endpoint in catalogue())
    return tuple(
        (*map(_whole_word, group), *(re.compile(each.encode()).search for each in also))
        for group, also in groups
    )


#: What may stand in front of a word, at the end of the bytes before it: nothing, what is no part of
#: a word, or an escape.
_BEFORE = re.compile(rb"(?:\A|[^0-9A-Za-z_]|\\[0-9A-Za-z]{1,5})\Z")


@cache
def _whole_word(needle: bytes) -> Callable[[bytes], bool]:
    # `re` looks for a literal prefix by itself, which is twenty times as fast as what would look
    # behind from every byte on.
    word = re.compile(re.escape(needle) + rb"(?![0-9A-Za-z_])")

    def search(data: bytes) -> bool:
        starts = (found.start() for found in word.finditer(data))
        return any(_BEFORE.search(data[max(0, start - 6) : start]) for start in starts)

    return search


def by_rule(code: str) -> Endpoint | None:
    """The endpoint whose rule has this code, or None."""
    return next((endpoint for endpoint in catalogue() if endpoint.rule == code), None)


class Match(Enum):
    """How surely a URL is that of an endpoint."""

    CERTAIN = "certain"
    HOST_UNKNOWN = "host-unknown"


#: As the WHATWG URL standard reads it: a backslash is a slash, and slashes may be too many.
_URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):(?=[/\\]{2}))?[/\\]{2,}"
    r"(?P<host>[^/\\?#]*)(?P<path>[^?#]*)"
)
#: What a request's URL loses before it is read: blanks around it, tabs and line ends anywhere.
_BLANKS = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
#: The ports that are no other place than the scheme's own. Without a scheme the page's is taken.
_PORTS = {
    None: ("", "443"),
    "https": ("", "443"),
    "http": ("", "80"),
    "wss": ("", "443"),
    "ws": ("", "80"),
}


@lru_cache(maxsize=4096)
def match_url(
    url: str, hole: str, method: str | None = None, *, named: bool = False
) -> tuple[Endpoint, Match] | None:
    """The endpoint that a URL names, or None when it is certainly none of ours.

    ``url`` is the URL's text, in which the character ``hole`` stands for each part that is not
    known before the program runs. A known host that is not the endpoint's own, and a path without
    a host (the site's own server), are None. ``method`` is the request's, None where it is not
    known. ``named`` is set where the code calls an unknown host OpenAI's.
    """
    # Most texts of a program are no URL at all.
    if url == hole or not (hole in url or "/" in url or "\\" in url):
        return None
    url = url.strip(_BLANKS).translate(_DROPPED)
    asked = _Asked(hole, method, named)
    parts = _URL.match(url)
    if parts is not None:
        return _match_absolute(parts, asked)
    if not url.startswith(hole):
        return None
    rest = url.lstrip(hole)
    behind = match_url(rest.removeprefix(":"), hole, method, named=named)
    if behind is not None and (behind[0].unresolved or named):
        # `${proxy}https://api.openai.com/...`, `${scheme}://api.openai.com/...`.
        return behind[0], Match.HOST_UNKNOWN
    return _match_unknown(re.split(r"[?#]", rest)[0], asked)


def is_behind_unknown(url: str, hole: str, endpoints: Sequence[Endpoint]) -> bool:
    """Whether a URL is the first endpoint's path, with or without its version, behind a hole.

    The host is not known then. Of several endpoints that all start a run it may be any.
    """
    if not url.startswith(hole):
        return False
    path = "/" + re.split(r"[?#]", url.lstrip(hole))[0].lstrip("/")
    alike = all(endpoint.starts_a_run for endpoint in endpoints)
    return any(
        _match_path(wanted, path, hole)
        for endpoint in (endpoints if alike else endpoints[:1])
        for wanted in _with_and_without_version(endpoint)
    )


@record(frozen=True, slots=True)
class _Asked:
    """What a URL is matched with: the mark of unknown parts, the method, whose the host is."""

    hole: str
    method: str | None
    named: bool

    def fits(self, endpoint: Endpoint) -> bool:
        """Whether a request of this method is one of the endpoint's."""
        return endpoint.method == "POST" or self.method in (None, endpoint.method)


@cache
def _by_path() -> tuple[Endpoint, ...]:
    """The endpoints, those whose paths have fewer unknown segments first."""
    return tuple(sorted(catalogue(), key=lambda endpoint: endpoint.path.count("{}")))


def _with_and_without_version(endpoint: Endpoint) -> tuple[str, ...]:
    return endpoint.path, endpoint.path.removeprefix("/v1")


def _match_absolute(parts: re.Match[str], asked: _Asked) -> tuple[Endpoint, Match] | None:
    scheme = parts["scheme"].lower() if parts["scheme"] else None
    host, path = parts["host"].lower(), parts["path"].replace("\\", "/")
    hole = asked.hole
    if scheme not in _PORTS:
        return None
    if hole in host:
        if not any(_may_be(host, hole, known) for row in catalogue() for known in row.hosts):
            return None
        # `https://${host}/v1/...`, but also `https://api.openai.com${path}`.
        return _match_unknown(path or host[host.rfind(hole) :], asked)
    name, _, port = host.partition(":")
    if port not in _PORTS[scheme]:
        return None
    for endpoint in _by_path():
        paths = _with_and_without_version(endpoint) if endpoint.bare else (endpoint.path,)
        if name not in endpoint.hosts or not asked.fits(endpoint):
            continue
        if any(_match_path(wanted, path, hole) for wanted in paths):
            return endpoint, Match.CERTAIN
    return None


def _may_be(host: str, hole: str, known: str) -> bool:
    """Whether a host with unknown parts may be a known one, or one of its subdomains."""
    head, tail = host[: host.find(hole)], host[host.rfind(hole) + 1 :]
    # A port that is not known: the name in front of it is.
    name, colon, _ = head.partition(":")
    if colon and "@" not in host:
        return name == known
    return known.startswith(head) and (known.endswith(tail) or tail.endswith("." + known))


def _match_unknown(path: str, asked: _Asked) -> tuple[Endpoint, Match] | None:
    for endpoint in _by_path():
        named = asked.named and bool(endpoint.hosts) and endpoint.status is not Status.RETIRED
        if not (endpoint.unresolved or named) or not asked.fits(endpoint):
            continue
        # The unknown base may or may not end in the version.
        for wanted in _with_and_without_version(endpoint):
            if "{}" in wanted and not wanted.startswith("/v1") and not named:
                continue
            if _match_path(wanted, "/" + path.lstrip("/"), asked.hole):
                return endpoint, Match.HOST_UNKNOWN
    return None


def _match_path(wanted: str, path: str, hole: str) -> bool:
    expected = wanted.split("/")
    given: list[str] = []
    for segment in re.sub(r"/+", "/", path).rstrip("/").split("/"):
        if segment == ".." and len(given) > 1:
            given.pop()
        elif segment not in (".", ".."):
            given.append(segment)
    # A query that is itself unknown (`...runs${query}`) hangs on the last segment.
    given[-1] = given[-1].rstrip(hole) or given[-1]
    return len(expected) == len(given) and all(
        bool(actual) if segment == "{}" else segment == actual
        for segment, actual in zip(expected, given, strict=True)
    )
