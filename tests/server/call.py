"""One request on its way to its route: recorded, its headers checked, its body validated."""

from __future__ import annotations

import asyncio
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.types import Scope

from tests.server.errors import (
    DropConnectionError,
    rate_limited,
    server_error,
    unauthorized,
    wrong,
)
from tests.server.recording import RecordedRequest, Recorder
from tests.server.scenarios import ON_CREATE, Control, Scenario
from tests.server.store import Store
from tests.server.validation import checked

#: What a program sends as its key when it read it from an empty place.
_NO_KEYS = frozenset({"", "undefined", "null", "None", "[object Object]"})
_NONE: Mapping[str, str | None] = MappingProxyType({})
_BAD_GATEWAY = (
    "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
)


class Family(enum.Enum):
    """Which API a route belongs to; the headers differ."""

    ASSISTANTS = enum.auto()
    OTHER = enum.auto()


class HtmlError(Exception):
    """Answer 502 with a page that is no JSON, as a proxy does."""

    page = _BAD_GATEWAY


@dataclass
class Service:
    """All that the routes share."""

    control: Control = field(default_factory=Control)
    recorder: Recorder = field(default_factory=Recorder)
    store: Store = field(init=False)
    #: The open connections, by the client's address.
    transports: dict[tuple[str, int] | None, asyncio.Transport] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store(self.control)

    def drop(self, scope: Scope) -> None:
        """Close a request's connection; what was sent before still arrives.

        Args:
            scope: The request's ASGI scope.
        """
        self.transports[tuple(scope["client"])].close()


@dataclass(frozen=True)
class Call:
    """A request whose headers are right, and what its route needs."""

    service: Service
    request: RecordedRequest
    #: The ids in the path.
    ids: Mapping[str, str]

    @property
    def control(self) -> Control:
        """What the test chose."""
        return self.service.control

    @property
    def store(self) -> Store:
        """The server's memory."""
        return self.service.store

    def body(
        self, plain: Any, streaming: Any = None, elsewhere: Mapping[str, str | None] = _NONE
    ) -> dict[str, Any]:
        """The validated body.

        Args:
            plain: The package's request type.
            streaming: The one for `stream: true`, where the package has two.
            elsewhere: Keys of the type that travel in the path (with their value) or in the
                query (None): in the body they are unknown.

        Raises:
            ApiError: It is no JSON, or the type refuses it.
        """
        try:
            value = self.request.json
        except ValueError:
            raise wrong("We could not parse the JSON body of your request.") from None
        wanted = plain
        if streaming is not None and isinstance(value, dict) and value.get("stream") is True:
            wanted = streaming
        raw = self.request.body
        if isinstance(value, dict):
            for key in elsewhere:
                if key in value:
                    raise wrong(f"Unknown parameter: '{key}'.", key, "unknown_parameter")
            if in_path := {key: v for key, v in elsewhere.items() if v is not None}:
                value = {**value, **in_path}
                raw = json.dumps(value).encode()
        found: dict[str, Any] = checked(wanted, raw, value)
        return found

    def scenario_on_create(self) -> Scenario:
        """The scenario of what is about to be created.

        Raises:
            ApiError: The scenario is that this fails.
            DropConnectionError: The scenario is that nothing is answered.
            HtmlError: The scenario is a proxy's page.
        """
        scenario = self.control.scenario
        if scenario in ON_CREATE:
            match scenario:
                case Scenario.RATE_LIMITED:
                    raise rate_limited(self.control.retry_after)
                case Scenario.DROPPED_ON_CREATE:
                    raise DropConnectionError
                case Scenario.BAD_GATEWAY:
                    raise HtmlError
                case _:
                    raise server_error()
        return scenario

    def check_headers(self, family: Family) -> None:
        """The key, the JSON content type where there is a body, and the beta header or none.

        Raises:
            ApiError: One of them is wrong, or the scenario is that the key is unknown.
        """
        headers = self.request.headers
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or key.strip() in _NO_KEYS:
            raise wrong("You didn't provide an API key.", status=401)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.request.method == "POST" and self.request.body and kind != "application/json":
            raise wrong(f"Unsupported content type: '{kind}'. Send 'application/json'.")
        beta = [b.strip() for b in headers.get("openai-beta", "").split(",") if b.strip()]
        if family is Family.ASSISTANTS and beta != ["assistants=v2"]:
            raise wrong(
                "You must provide the 'OpenAI-Beta' header to access the Assistants API:"
                f" 'OpenAI-Beta: assistants=v2' (it is {', '.join(beta)!r}).",
                code="invalid_beta",
            )
        if family is Family.OTHER and beta:
            raise wrong(f"Unknown beta requested: {', '.join(beta)!r}.", code="invalid_beta")
        if self.control.scenario is Scenario.UNAUTHORIZED:
            raise unauthorized()
