"""The server in a thread of its own, on a loopback port that is free; for tests."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.server.app import make_app
from tests.server.call import Service
from tests.server.recording import RecordedRequest, Recorder, Violation
from tests.server.scenarios import Control, Scenario

HOST = "127.0.0.1"
#: Seconds that starting and stopping may take on a machine that does much else.
_PATIENCE = 30.0


def config(service: Service) -> uvicorn.Config:
    """The settings of uvicorn: quiet, HTTP only, and connections that can be dropped.

    Args:
        service: What the application serves.
    """

    class Protocol(H11Protocol):
        """Makes the service know the connection of each client."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            service.transports[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            service.transports.pop(self.client, None)
            super().connection_lost(exc)

    return uvicorn.Config(
        make_app(service),
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
    )


class RunningServer:
    """A server that answers; what it is told and what it was sent."""

    def __init__(self, service: Service, port: int) -> None:
        self._service = service
        self.port = port
        #: Without a path: what a test puts in the place of https://api.openai.com.
        self.origin = f"http://{HOST}:{port}"
        #: With /v1: the `base_url` of the official client.
        self.base_url = f"{self.origin}/v1"

    @property
    def control(self) -> Control:
        """What the server does next; may be changed between requests."""
        return self._service.control

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """All requests, oldest first; preflights are not among them."""
        return self._service.recorder.requests

    @property
    def violations(self) -> Sequence[Violation]:
        """The requests that OpenAI would refuse."""
        return self._service.recorder.violations

    def take_violations(self) -> list[Violation]:
        """The violations so far, for a test that wants them; they are forgotten."""
        taken = list(self._service.recorder.violations)
        self._service.recorder.violations.clear()
        return taken

    def assert_no_violations(self) -> None:
        """Fail if a request was wrong.

        Raises:
            AssertionError: One was; the message has all of them.
        """
        self._service.recorder.assert_no_violations()

    def reset(self) -> None:
        """Forget requests, violations, threads and what was chosen: for the next test.

        Raises:
            AssertionError: There are violations that no test has taken.
        """
        recorder = self._service.recorder
        old = Recorder(violations=self.take_violations())
        recorder.requests.clear()
        self._service.store.clear()
        self.control.reset()
        # Last, so that the next test is not the one that fails.
        old.assert_no_violations()


@contextmanager
def running_server(scenario: Scenario = Scenario.COMPLETED) -> Iterator[RunningServer]:
    """A server in a thread, stopped at the end of the block.

    Args:
        scenario: What happens, until the test changes `control.scenario`.

    Raises:
        AssertionError: A request was wrong and the test has not taken the violation. Where the
            block itself fails, its exception goes on with the violations as a note.
    """
    service = Service(Control(scenario))
    server = uvicorn.Server(config(service))
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else 40 ms a request.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, 0))
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="test server", daemon=True
        )
        thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                msg = "the test server did not start"
                raise RuntimeError(msg)
            time.sleep(0.005)
        running = RunningServer(service, listening.getsockname()[1])
        try:
            yield running
        except BaseException as error:
            if running.violations:
                error.add_note("\n".join(f"test server: {v}" for v in running.violations))
            raise
        else:
            running.assert_no_violations()
        finally:
            # Open streams are closed, too: a scenario that never finishes must not hold a test.
            server.should_exit = server.force_exit = True
            thread.join(_PATIENCE)
