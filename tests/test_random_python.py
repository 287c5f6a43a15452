"""Python programs of random choices per dimension: each behaves or is left with a reason.

`tests/python_composing` puts them together; a failure names the seed, and
`compose(Seeded(seed))` gives the program again.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import json
import logging
import os
import sys
import threading
import types
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest

from callmend.findings import Bucket, Migration
from callmend.settings import Settings
from tests.programs import Seeded
from tests.python_composing import (
    BODIES,
    CHECKS,
    CLIENTS,
    LADDERS,
    PARSES,
    PLACES,
    SENDS,
    URLS,
    Composed,
    compose,
)
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.server.saying import ERROR_MESSAGE, REFUSAL
from tests.server.scenarios import ANSWER
from tests.skipping import needs
from tests.test_python_behaviour import Clock, LoopClock

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
TARGETS = ("assistants", "responses")
_READ = 80
#: The seeds that are read are chosen among so many, so that they meet every option.
_CHOSEN_AMONG = 600
_FAILURES = (Scenario.FAILED, Scenario.UNAUTHORIZED, Scenario.REFUSAL, Scenario.EMPTY_ANSWER)
#: What no program shows where its answer belongs.
_NO_ANSWER = (ANSWER, ERROR_MESSAGE, REFUSAL, "Incorrect API key", "had an error", "'error'")
_OPENAI = "https://api.openai.com"


@cache
def program(seed: int) -> Composed:
    """The program of a seed."""
    return compose(Seeded(seed))


def migrated(composed: Composed, target: str) -> Migration:
    """Its migration, through all that holds for every migration."""
    return check(composed.source, "program.py", Settings(target=target))


def _seeds() -> tuple[int, ...]:
    """As many seeds as are read: those first that meet an option which none before them does."""
    met: set[tuple[str, str]] = set()
    meeting = []
    for seed in range(_CHOSEN_AMONG):
        options = set(program(seed).dimensions.items())
        if not options <= met:
            meeting.append(seed)
        met |= options
    others = (seed for seed in range(_CHOSEN_AMONG) if seed not in meeting)
    return tuple(sorted([*meeting, *others][:_READ]))


class _Imagining(ThreadingHTTPServer):
    """A server that answers any request as the author of a program imagined."""

    answers: object = None
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Imagining
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer what is imagined."""
        self.rfile.read(int(self.headers["Content-Length"]))
        data = json.dumps(self.server.answers).replace("$ANSWER", "the answer").encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def imagining() -> Iterator[_Imagining]:
    """A running server that imagines."""
    server = _Imagining(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ran(source: bytes, origin: str) -> Any:
    """What a program's `ask` gives, or prints, where OpenAI is at an origin."""
    text = source.decode().replace(_OPENAI, origin)
    clock = Clock()
    fakes = {"time": clock, "asyncio": LoopClock(clock)}
    real = __import__

    def imported(name: str, *given: Any, **named: Any) -> Any:
        return fakes.get(name) or real(name, *given, **named)

    names: dict[str, Any] = {
        "__name__": "program",
        "__builtins__": {**__builtins__, "__import__": imported},  # type: ignore[dict-item]
    }
    shown = io.StringIO()
    env = {"OPENAI_API_KEY": "sk-test-1", "WORKFLOW_ID": "asst_test1"}
    # A dataclass looks up its module. (`patch.dict` would forget what the program imports, too.)
    sys.modules["program"] = types.ModuleType("program")
    with mock.patch.dict(os.environ, env), contextlib.redirect_stdout(shown):
        exec(compile(text, "program.py", "exec"), names)  # noqa: S102  # composed here
        given = names["ask"]("Where is my order?", "en")
        if inspect.iscoroutine(given):
            given = asyncio.run(given)
    return shown.getvalue().strip() if given is None and shown.getvalue() else given


def wrong(composed: Composed, result: bytes, server: RunningServer) -> str | None:
    """What is wrong with a migrated program, run in every scenario; None where it is right."""
    for scenario in (Scenario.COMPLETED, *_FAILURES):
        server.control.scenario = scenario
        try:
            given: Any = ran(result, server.origin)
        except (SyntaxError, NameError, ImportError, AttributeError, UnboundLocalError) as error:
            return f"{scenario.value}: {error!r}"
        except Exception as error:  # noqa: BLE001  # each client has its own
            given = error
        refused = server.take_violations()
        asked = [r for r in server.requests if r.method == "POST"]
        server.reset()
        if scenario is not Scenario.COMPLETED:
            if not isinstance(given, Exception) and any(no in str(given) for no in _NO_ANSWER):
                return f"{scenario.value}: shown as an answer: {given!r}"
            continue
        if refused:
            return f"OpenAI refuses the request: {refused[0]}"
        shown = given if isinstance(given, str) and not composed.hands_on else str(given)
        fits = ANSWER in shown if composed.hands_on else shown == ANSWER
        if isinstance(given, Exception) or not fits:
            return f"no answer: {given!r}"
        sent = asked[0].body.decode()
        if not all(text in json.dumps(json.loads(sent)) for text in composed.message_has):
            return f"asked with {sent}"
    return None


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    needs("requests", "httpx", "aiohttp")
    logging.disable(logging.CRITICAL)
    try:
        with running_server() as running:
            yield running
    finally:
        logging.disable(logging.NOTSET)


#: What is left today, by the reason's code and by what of the program it may be left for; all else
#: has to be migrated. Entries only ever go.
_LEFT: dict[str, dict[str, tuple[str, ...]]] = {
    "answer-not-understood": {"reading": ("error-or", "items")},
    "no-workflow-id": {"url": ("grown", "joined")},
    "other-read": {"reading": ("items",)},
}


def test_the_composed_programs_meet_every_option_of_every_dimension() -> None:
    met: dict[str, set[str]] = defaultdict(set)
    for seed in _seeds():
        for dimension, option in program(seed).dimensions.items():
            met[dimension].add(option)
    assert met["url"] == set(URLS)
    assert met["client"] == set(CLIENTS)
    assert met["place"] == set(PLACES)
    assert met["body"] == set(BODIES)
    assert met["send"] == set(SENDS)
    assert met["parse"] == set(PARSES)
    assert met["reading"] == set(LADDERS)
    assert met["check"] == set(CHECKS)


def test_the_composed_programs_show_an_answer_that_comes_as_imagined() -> None:
    # Else a migrated program that shows none would not tell anything.
    needs("requests", "httpx", "aiohttp")
    with imagining() as server:
        origin = f"http://127.0.0.1:{server.server_port}"
        for seed in _seeds()[::4]:
            server.answers = program(seed).answers
            assert "the answer" in str(ran(program(seed).source, origin)), seed


@pytest.mark.parametrize(
    ("seed", "target"), [(seed, TARGETS[n % 2]) for n, seed in enumerate(_seeds())]
)
def test_a_composed_program_behaves_or_is_left_with_a_known_reason(
    seed: int, target: str, server: RunningServer
) -> None:
    composed = program(seed)
    migration = migrated(composed, target)

    [finding] = migration.findings
    if finding.bucket is Bucket.LEFT:
        assert finding.reason is not None
        told = _LEFT[finding.reason.code]
        assert any(composed.dimensions[name] in told[name] for name in told), composed.title
        assert not migration.changed
        return
    assert finding.bucket is Bucket.MIGRATED
    lines = Counter(line.strip() for line in migration.result.decode().splitlines())
    assert [lines[line] for line in composed.bystanders] == [1] * len(composed.bystanders)
    assert wrong(composed, migration.result, server) is None, composed.title
