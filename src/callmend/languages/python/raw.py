"""Hand-written requests to the Assistants API in Python: which they are, and which start a run."""

from __future__ import annotations

from callmend.languages.python.clients import Library
from callmend.languages.python.find import Certainty, Request

_RUNS = frozenset({"thread-runs", "threads-runs"})
_ENDPOINTS = _RUNS | {"threads", "thread-messages", "thread-run", "assistants"}
_LIBRARIES = (Library.REQUESTS, Library.HTTPX)


def is_raw(request: Request) -> bool:
    """Whether a request is certainly one to the Assistants API."""
    return request.endpoint.id in _ENDPOINTS and request.certainty is not Certainty.HOST_UNKNOWN


def may_start_a_run(request: Request) -> bool:
    """Whether a run may start by such a request."""
    client = request.client
    return request.endpoint.id in _RUNS and (client is None or client.method != "get")


def starts_a_run(request: Request) -> bool:
    """Whether a run certainly starts by such a request, which requests or httpx sends."""
    client = request.client
    if client is None or client.library not in _LIBRARIES or client.method != "post":
        return False
    return request.endpoint.id in _RUNS and request.certainty is not Certainty.SOMETIMES
