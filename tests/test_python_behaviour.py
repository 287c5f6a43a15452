"""What Python programs do when they run, before and after: CPython, the real clients, a server."""

from __future__ import annotations

import asyncio
import builtins
import inspect
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from callmend.settings import Settings
from tests.python_goldens import PythonGolden, goldens
from tests.python_sides import other_sides
from tests.server import Reply, RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.tools import collect_garbage


@pytest.fixture(scope="module", autouse=True)
def _clients() -> None:
    needs("requests", "httpx", "aiohttp", "openai", "fastapi")


#: A golden program may leave its client open, as the programs that it stands for do.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # What the target `assistants` writes for the library is deprecated in it.
    pytest.mark.filterwarnings("ignore:The Assistants API is deprecated:DeprecationWarning"),
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
    monkeypatch.setenv("OPENAI_BASE_URL", api.base_url)
    monkeypatch.delenv("OTHER_BASE", raising=False)
    yield api
    collect_garbage()
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
    clock = Clock()
    fakes = {"time": clock, "asyncio": LoopClock(clock)}

    def imported(name: str, *arguments: Any, **keywords: Any) -> Any:
        return fakes.get(name) or builtins.__import__(name, *arguments, **keywords)

    # Only the program's own imports: those of the server's thread go on as they are.
    names: dict[str, Any] = {
        "__name__": "program",
        "__builtins__": {**vars(builtins), "__import__": imported},
    }
    exec(compile(text, "program.py", "exec", dont_inherit=True), names)  # noqa: S102  # a golden of this repository
    answer = names["ask"](QUESTION)
    if inspect.iscoroutine(answer):
        answer = asyncio.run(answer)
    return answer[0] if isinstance(answer, tuple) else str(answer)


by_name = pytest.mark.parametrize("golden", goldens().values(), ids=lambda golden: golden.name)
_USUAL = Settings()


#: What never looks at the status and shows any JSON that it got, before it was migrated.
_SHOWS_ANY_JSON = "adapted-requests-whole-json-returned"


def test_before_an_error_is_shown_as_if_it_were_the_answer(server: RunningServer) -> None:
    assert "Invalid URL" in asked(goldens()[_SHOWS_ANY_JSON].source, server)
    server.take_violations()


@by_name
def test_before_it_fails(golden: PythonGolden, server: RunningServer) -> None:
    if golden.name.endswith(_SHOWS_ANY_JSON):
        return  # the test above
    server.control.assistants_gone = True
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(golden.source, server)
    assert not isinstance(caught.value, (SyntaxError, NameError, ImportError))
    server.take_violations()


@by_name
def test_after_it_answers(golden: PythonGolden, server: RunningServer) -> None:
    _check_answer(golden, golden.expected, server)


@pytest.mark.parametrize(
    ("golden", "expected"),
    [pytest.param(golden, after, id=name) for name, (golden, _, after) in other_sides().items()],
)
def test_after_it_the_other_side_answers(
    golden: PythonGolden, expected: bytes, server: RunningServer
) -> None:
    _check_answer(golden, expected, server)


def _check_answer(golden: PythonGolden, expected: bytes, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    assistants = (golden.settings or _USUAL).target == "assistants"
    server.control.assistants_gone = not assistants
    answer = asked(expected, server)
    assert QUESTION in answer
    assert not server.violations
    path = "/v1/threads/runs" if assistants else "/v1/responses"
    assert [r for r in server.requests if r.path == path]
    for request in server.requests:
        headers = {name.lower(): value for name, value in dict(request.headers).items()}
        assert headers["authorization"] == "Bearer sk-test-1"
        assert headers.get("openai-beta") == ("assistants=v2" if assistants else None)


@pytest.mark.parametrize("target", ["", "responses-"], ids=["assistants", "responses"])
def test_history_goes_with_the_question(target: str, server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    answer = asked(goldens()[f"{target}requests-history-in-place"].expected, server)
    assert answer.splitlines() == ["user: hi", "assistant: hello", f"user: {QUESTION}"]


#: What goes wrong, and words of the error that has to come out: of the specification's polling, of
#: robust polling, of a Response; None where all is well there.
FAILING: dict[Scenario, tuple[str | None, str | None, str | None]] = {
    Scenario.FAILED: ("failed", "failed", "failed"),
    Scenario.CANCELLED: ("cancelled", "cancelled", None),
    Scenario.CANCELLING: ("cancelled", "cancelled", None),
    Scenario.EXPIRED: ("No response", "expired", None),
    Scenario.INCOMPLETE: ("No response", "incomplete", "incomplete"),
    Scenario.REQUIRES_ACTION: ("No response", "requires_action", "No response"),
    Scenario.UNAUTHORIZED: ("", "", ""),
    Scenario.RATE_LIMITED: ("", "", ""),
    Scenario.SERVER_ERROR: ("", "", ""),
    Scenario.BAD_GATEWAY: ("", "", ""),
    Scenario.DROPPED_ON_CREATE: ("", "", ""),
    Scenario.DROPPED_WHILE_POLLING: ("", "", None),
    Scenario.POLLING_ERROR_ALWAYS: ("", "500", None),
    Scenario.MESSAGES_ERROR: ("", "500", None),
    Scenario.NEVER_FINISHING: ("No response", "gave up", None),
    Scenario.EMPTY_ANSWER: ("No response", "No response", "No response"),
    Scenario.NO_ANSWER: ("No response", "No response", "No response"),
    Scenario.REFUSAL: ("refused", "refused", "refused"),
}
_CLIENTS = [
    "requests-in-place",
    "httpx-async-read-outside-of-the-client",
    "aiohttp-nested",
    "urllib-request-in-a-variable",
]
_KINDS = ("", "robust-", "responses-")
_SDK = [
    "sdk-create-and-run-poll",
    "sdk-create-and-run-with-its-thread-read",
    "sdk-thread-and-messages-async",
    "sdk-own-loop",
    "sdk-made-up",
    "sdk-made-up-invoke-async",
    "sdk-assistant-made-here",
    "sdk-assistant-in-a-field",
    "sdk-awaited-reading",
    "sdk-own-status",
    "sdk-kept-thread-in-a-dict",
    "sdk-kept-thread-of-an-object",
    "sdk-message-of-parts",
    "sdk-own-loop-until-completed-at",
    "sdk-messages-of-the-run-alone",
    "sdk-own-loop-with-decisions",
    "sdk-tool-loop",
    "sdk-tool-calls-answered-once",
    "sdk-helpers-of-one-question",
    "sdk-helpers-of-a-notebook",
    "sdk-helpers-in-a-class",
    "sdk-helpers-async",
    "sdk-messages-gone-through-async",
    "sdk-every-message-is-shown",
    "sdk-annotations-of-the-text",
    "sdk-kept-thread-in-a-shelf",
    "sdk-tools-answered-while-polling",
    "sdk-tools-answered-while-polling-async",
]
#: A stream that ends without any text is an answer of no pieces.
_SDK_STREAMS = [
    "sdk-stream-of-text-deltas",
    "sdk-stream-of-events-async",
    "sdk-stream-of-a-created-run",
    "sdk-stream-with-a-handler",
    "sdk-stream-with-a-handler-async",
    "sdk-stream-with-a-handler-of-messages",
    "sdk-stream-of-event-classes",
]


def _failing() -> Iterator[Any]:
    for kind, scenario in itertools.product(_KINDS, FAILING):
        words = FAILING[scenario][_KINDS.index(kind)]
        if words is not None:
            for name in _CLIENTS:
                yield pytest.param(
                    kind + name, scenario, words, id=f"{kind}{name}-{scenario.value}"
                )
    for scenario in (Scenario.FAILED, Scenario.INCOMPLETE, Scenario.NO_ANSWER):
        for name in _SDK:
            yield pytest.param(name, scenario, "response", id=f"{name}-{scenario.value}")
    for name in [*_SDK, *_SDK_STREAMS]:
        words = "OpenAI response refused: I cannot help"
        yield pytest.param(name, Scenario.REFUSAL, words, id=f"{name}-refusal")
    for scenario in (Scenario.FAILED, Scenario.INCOMPLETE, Scenario.ERROR_EVENT):
        for name in _SDK_STREAMS:
            yield pytest.param(name, scenario, "response", id=f"{name}-{scenario.value}")
    for name in _SDK_STREAMS:
        yield pytest.param(name, Scenario.DROPPED_MID_STREAM, "", id=f"{name}-dropped")
    for scenario in (Scenario.UNAUTHORIZED, Scenario.BAD_GATEWAY, Scenario.DROPPED_ON_CREATE):
        for name in [*_SDK, *_SDK_STREAMS]:
            yield pytest.param(name, scenario, "", id=f"{name}-{scenario.value}")


@pytest.mark.parametrize(("name", "scenario", "words"), list(_failing()))
def test_what_goes_wrong_comes_out(
    name: str, scenario: Scenario, words: str, server: RunningServer
) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert words in str(caught.value)
    assert not isinstance(caught.value, NameError)


_WELL = [Scenario.COMPLETED, Scenario.SLOW, Scenario.UNKNOWN_STATUS]
_ROBUST = [Scenario.IMAGE_BEFORE_TEXT]
_ANSWERING = {
    "": _WELL,
    "robust-": [*_WELL, *_ROBUST],
    "responses-": [Scenario.COMPLETED, *_ROBUST, Scenario.REASONING_FIRST, Scenario.PHASES],
}


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        pytest.param(kind + name, scenario, id=f"{kind}{name}-{scenario.value}")
        for kind, scenarios in _ANSWERING.items()
        for scenario in scenarios
        for name in _CLIENTS
    ],
)
def test_what_is_late_or_in_parts_is_answered(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    assert asked(goldens()[name].expected, server) == server.control.answer


@pytest.mark.parametrize("scenario", [Scenario.SEVERAL_MESSAGES, Scenario.SEVERAL_TEXT_BLOCKS])
@pytest.mark.parametrize("name", _CLIENTS)
def test_robust_polling_reads_all_parts(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    answer = asked(goldens()[f"robust-{name}"].expected, server)
    assert answer.replace("\n\n", "") == server.control.answer


@pytest.mark.parametrize("name", _CLIENTS)
def test_a_run_that_is_given_up_is_cancelled(name: str, server: RunningServer) -> None:
    server.control.scenario = Scenario.NEVER_FINISHING
    with pytest.raises(TimeoutError):
        asked(goldens()[f"robust-{name}"].expected, server)
    assert [r for r in server.requests if r.path.endswith("/cancel")]


#: The words with which an adapted answer comes out as an error: of a run, of a Response.
_ADAPTED_WORDS: dict[Scenario, tuple[str | None, str | None]] = {
    scenario: (words[1], words[2]) for scenario, words in FAILING.items()
} | {
    Scenario.FAILED: ("overloaded", "overloaded"),
    Scenario.REQUIRES_ACTION: ("requires_action", "no text"),
    Scenario.EMPTY_ANSWER: ("no text", "no text"),
    Scenario.NO_ANSWER: ("no text", "no text"),
    Scenario.REFUSAL: ("cannot help", "cannot help"),
    Scenario.POLLING_ERROR_ALWAYS: ("500|server had an error", None),
    Scenario.MESSAGES_ERROR: ("500|server had an error", None),
}
_ADAPTED = sorted(name for name in goldens() if name.removeprefix("responses-")[:8] == "adapted-")


def _adapted_failing() -> Iterator[Any]:
    for name, scenario in itertools.product(_ADAPTED, _ADAPTED_WORDS):
        words = _ADAPTED_WORDS[scenario][name.startswith("responses-")]
        if words is not None:
            yield pytest.param(name, scenario, words, id=f"{name}-{scenario.value}")


@pytest.mark.parametrize(("name", "scenario", "words"), list(_adapted_failing()))
def test_an_adapted_answer_that_is_none_comes_out_as_an_error(
    name: str, scenario: Scenario, words: str, server: RunningServer
) -> None:
    server.control.scenario = scenario
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert re.search(words, str(caught.value))
    assert not isinstance(caught.value, (NameError, KeyError, TypeError, AttributeError))


@pytest.mark.parametrize(
    ("name", "scenario"), list(itertools.product(_ADAPTED, [*_WELL, Scenario.IMAGE_BEFORE_TEXT]))
)
def test_an_adapted_answer_that_is_late_is_answered(
    name: str, scenario: Scenario, server: RunningServer
) -> None:
    if name.startswith("responses-") and scenario is Scenario.UNKNOWN_STATUS:
        return  # a Response has no status that it leaves again
    server.control.scenario = scenario
    assert str(server.control.answer) in asked(goldens()[name].expected, server)


@pytest.mark.parametrize("name", [n for n in _ADAPTED if not n.startswith("responses-")])
def test_an_adapted_run_that_is_given_up_is_cancelled(name: str, server: RunningServer) -> None:
    server.control.scenario = Scenario.NEVER_FINISHING
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        asked(goldens()[name].expected, server)
    assert "gave up" in str(caught.value)
    assert [r for r in server.requests if r.path.endswith("/cancel")]


@pytest.mark.parametrize("target", ["", "responses-"], ids=["assistants", "responses"])
def test_a_form_is_sent_as_json(target: str, server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    answer = asked(goldens()[f"{target}adapted-requests-form"].expected, server)
    assert json.loads(answer) == {"question": QUESTION, "lang": "de", "tone": None}
