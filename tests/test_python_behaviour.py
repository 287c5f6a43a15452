"""What Python programs do when they run, before and after: CPython, the real clients, a server."""

from __future__ import annotations

import asyncio
import gc
import inspect
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import pytest

from tests.python_goldens import PythonGolden, goldens
from tests.server import Reply, RunningServer, Scenario, running_server

for _client in ("requests", "httpx", "aiohttp", "openai", "fastapi"):
    pytest.importorskip(_client)

#: A golden program may leave its client open, as the programs that it stands for do.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_OPENAI = "https://api.openai.com"
QUESTION = "wie groß ist 你?"


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    monkeypatch.setenv("QUESTION", QUESTION)
    monkeypatch.delenv("OTHER_BASE", raising=False)
    yield api
    gc.collect()
    api.reset()


class Clock:
    """Time that passes in `sleep` only; what programs import as `time`."""

    def __init__(self) -> None:
        self.passed = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += seconds

    def monotonic(self) -> float:
        """The seconds that have passed."""
        return self.passed

    time = monotonic


class LoopClock(Clock):
    """What programs import as `asyncio`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    async def sleep(self, seconds: float) -> None:  # type: ignore[override]
        """Let time pass."""
        self._clock.sleep(seconds)
        await asyncio.sleep(0)


def asked(source: bytes, server: RunningServer) -> str:
    """What a program's `ask` answers when OpenAI is the server."""
    text = source.decode().replace(_OPENAI, server.origin)
    names: dict[str, Any] = {"__name__": "program"}
    clock = Clock()
    code = compile(text, "program.py", "exec")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "time", cast("ModuleType", clock))
        patched.setitem(sys.modules, "asyncio", cast("ModuleType", LoopClock(clock)))
        exec(code, names)  # noqa: S102  # a golden of this repository
    answer = names["ask"](QUESTION)
    if inspect.iscoroutine(answer):
        answer = asyncio.run(answer)
    return answer[0] if isinstance(answer, tuple) else str(answer)


RUNNABLE = [golden for golden in goldens().values() if golden.settings is None]
by_name = pytest.mark.parametrize("golden", RUNNABLE, ids=lambda golden: golden.name)


@by_name
def test_before_it_fails(golden: PythonGolden, server: RunningServer) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(golden.source, server)
    assert not isinstance(caught.value, (SyntaxError, NameError, ImportError))
    server.take_violations()


@by_name
def test_after_it_answers(golden: PythonGolden, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    answer = asked(golden.expected, server)
    assert QUESTION in answer
    assert not server.violations
    created = [r for r in server.requests if r.path == "/v1/threads/runs"]
    assert created
    for request in server.requests:
        headers = {name.lower(): value for name, value in dict(request.headers).items()}
        assert headers["authorization"] == "Bearer sk-test-1"
        assert headers["openai-beta"] == "assistants=v2"


def test_history_goes_with_the_question(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    answer = asked(goldens()["requests-history-in-place"].expected, server)
    assert answer.splitlines() == ["user: hi", "assistant: hello", f"user: {QUESTION}"]


#: What goes wrong, and words of the error that has to come out.
FAILING = {
    Scenario.FAILED: "",
    Scenario.CANCELLED: "cancelled",
    Scenario.CANCELLING: "cancelled",
    Scenario.UNAUTHORIZED: "",
    Scenario.SERVER_ERROR: "",
    Scenario.BAD_GATEWAY: "",
    Scenario.DROPPED_ON_CREATE: "",
    Scenario.DROPPED_WHILE_POLLING: "",
    Scenario.POLLING_ERROR_ALWAYS: "",
    Scenario.MESSAGES_ERROR: "",
    Scenario.NEVER_FINISHING: "",
    Scenario.EMPTY_ANSWER: "",
    Scenario.NO_ANSWER: "",
    Scenario.EXPIRED: "",
    Scenario.REQUIRES_ACTION: "",
}
_ONE_OF_EACH = [
    "requests-in-place",
    "httpx-function",
    "httpx-async-read-outside-of-the-client",
    "aiohttp-nested",
    "urllib-request-in-a-variable",
]


@pytest.mark.parametrize("scenario", FAILING, ids=lambda scenario: scenario.value)
@pytest.mark.parametrize("name", _ONE_OF_EACH)
def test_what_goes_wrong_comes_out(name: str, scenario: Scenario, server: RunningServer) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert FAILING[scenario] in str(caught.value)
    assert not isinstance(caught.value, NameError)


@pytest.mark.parametrize("name", _ONE_OF_EACH)
@pytest.mark.parametrize(
    "scenario", [Scenario.SLOW, Scenario.COMPLETED, Scenario.UNKNOWN_STATUS], ids=str
)
def test_what_takes_long_is_waited_for(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    assert asked(goldens()[name].expected, server) == server.control.answer
