"""What a test reads back: the requests that arrived, and those that OpenAI would refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it arrived; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, or None where there is none.

        Raises:
            ValueError: The body is no JSON.
        """
        return json.loads(self.body) if self.body else None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Violation:
    """A request that OpenAI refuses, and why."""

    request: RecordedRequest
    message: str
    param: str | None = None
    #: All that the types object to, where it was the types.
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.request}: {self.message}", *(f"    {d}" for d in self.details)]
        return "\n".join(lines)


@dataclass
class Recorder:
    """All requests in their order, and the violations among them."""

    requests: list[RecordedRequest] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def assert_no_violations(self) -> None:
        """Fail with OpenAI's words where a request was wrong.

        Raises:
            AssertionError: A request was wrong.
        """
        if self.violations:
            listed = "\n".join(f"  {v}" for v in self.violations)
            msg = f"OpenAI refuses what was sent ({len(self.violations)}):\n{listed}"
            raise AssertionError(msg)
