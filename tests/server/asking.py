"""Requests to the test server without any library in between: what is sent is what is written."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.server.running import HOST, RunningServer

KEY = {"Authorization": "Bearer sk-test"}
BETA = {"OpenAI-Beta": "assistants=v2"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """A response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, str]]:
        """The names and data of a stream's events."""
        return read_events(self.body)


def ask(
    server: RunningServer,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request and read the whole answer.

    Args:
        server: Where to.
        method: The HTTP method.
        path: With `/v1` and the query.
        body: Bytes go as they are, None is no body, all else goes as JSON.
        headers: None takes the right ones for the path.

    Raises:
        OSError, http.client.HTTPException: The connection was dropped.
    """
    if headers is None:
        headers = {**KEY, **(JSON if body is not None else {})}
        if path.startswith("/v1/threads"):
            headers = {**headers, **BETA}
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    try:
        connection.request(method, path, raw, dict(headers))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def read_events(stream: bytes) -> list[tuple[str, str]]:
    """A whole stream's events, by the letter of the HTML standard.

    Args:
        stream: The bytes of the response's body.
    """
    text = stream.decode("utf-8").removeprefix("\ufeff")
    events: list[tuple[str, str]] = []
    name, data = "", list[str]()
    # What stands behind the last line end is an unfinished line, which the standard drops.
    for line in re.split(r"\r\n|\r|\n", text)[:-1]:
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((name, "\n".join(data)))
            name, data = "", []
        elif key == "event":
            name = value
        elif key == "data":
            data.append(value)
    return events
