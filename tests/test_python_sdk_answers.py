"""What migrated programs of OpenAI's Python client show of an answer in parts, and of none."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from callmend.reasons import Reason
from callmend.settings import Settings
from tests.python_goldens import PythonGolden, goldens
from tests.python_invariants import check
from tests.server import RunningServer, Scenario, running_server
from tests.skipping import needs
from tests.tools import collect_garbage

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
_RESPONSES = Settings(target="responses")
_SDK = [golden for name, golden in goldens().items() if name.startswith("sdk-")]
#: What shows the question as well as the answer, each of them on lines of its own.
_TRANSCRIPTS = ("sdk-every-message-is-shown", "sdk-helpers-of-a-notebook")
#: How an answer comes in parts, or behind what is none of it.
_IN_PARTS = [
    Scenario.SEVERAL_MESSAGES,
    Scenario.SEVERAL_TEXT_BLOCKS,
    Scenario.PHASES,
    Scenario.REASONING_FIRST,
]


@pytest.fixture(scope="module", autouse=True)
def _clients() -> None:
    needs("openai")


@pytest.fixture(scope="module")
def api() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def server(api: RunningServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1")
    monkeypatch.setenv("WORKFLOW_ID", "asst_test1")
    monkeypatch.setenv("OPENAI_BASE_URL", api.base_url)
    api.control.assistants_gone = True
    yield api
    collect_garbage()
    assert not api.violations
    api.reset()


def asked(code: bytes) -> str:
    """What a program's `ask` answers."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(code, "program.py", "exec"), names)  # noqa: S102  # of this repository
    answer = names["ask"]("What is it?")
    if inspect.iscoroutine(answer):
        answer = asyncio.run(answer)
    return answer[0] if isinstance(answer, tuple) else str(answer)


@pytest.mark.parametrize(
    ("golden", "scenario"),
    [
        pytest.param(golden, scenario, id=f"{golden.name}-{scenario.value}")
        for golden, scenario in itertools.product(_SDK, _IN_PARTS)
    ],
)
def test_the_whole_answer_is_shown_and_nothing_else(
    golden: PythonGolden, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    server.control.answer = "The whole answer."
    shown = asked(golden.expected)
    if golden.name in _TRANSCRIPTS:
        said = [line for line in shown.splitlines() if "user: " not in line]
        assert [line.removeprefix("1 ") for line in said] == ["assistant: The whole answer."]
    else:
        # A handler is told of each text that begins.
        assert shown.replace("> ", "") == "The whole answer."


@pytest.mark.parametrize("golden", _SDK, ids=lambda golden: golden.name)
def test_a_response_is_not_polled_however_runs_would_be(golden: PythonGolden) -> None:
    settings = replace(golden.settings or Settings(), polling="robust")
    assert check(golden.source, settings=settings).result == golden.expected


_TALK = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


class Talk:
    def __init__(self):
        self.thread = client.beta.threads.create()

    def say(self, text):
        client.beta.threads.messages.create(thread_id=self.thread.id, role="user", content=text)
        run = client.beta.threads.runs.create_and_poll(
            thread_id=self.thread.id, assistant_id="asst_1"
        )
        if run.status == "completed":
            return self.newest()
        return f"ended as {run.status}"

    def newest(self):
        messages = client.beta.threads.messages.list(thread_id=self.thread.id, limit=1)
        return messages.data[0].content[0].text.value

    def history(self, order):
        messages = client.beta.threads.messages.list(thread_id=self.thread.id, order="asc")
        return [f"{m.role}: {m.content[0].text.value}" for m in messages.data]

    def backwards(self):
        found = []
        for message in client.beta.threads.messages.list(self.thread.id, order="desc", limit=3):
            found.append(message.content[0].text.value)
        return found
"""


@pytest.fixture(scope="module")
def talk() -> bytes:
    return check(_TALK.encode(), settings=_RESPONSES).result


def made(code: bytes) -> Any:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(code, "program.py", "exec"), names)  # noqa: S102  # of this test
    return names["Talk"]()


def test_a_history_has_each_answer_once_in_either_order(talk: bytes, server: RunningServer) -> None:
    one = made(talk)
    server.control.answer = "The first answer."
    for scenario in (Scenario.SEVERAL_MESSAGES, Scenario.PHASES, Scenario.SEVERAL_TEXT_BLOCKS):
        server.control.scenario = scenario
        assert one.say(scenario.value) == "The first answer."
    assert one.history("asc") == [
        "user: several_messages",
        "assistant: The first answer.",
        "user: phases",
        "assistant: The first answer.",
        "user: several_text_blocks",
        "assistant: The first answer.",
    ]
    newest = ["The first answer.", "several_text_blocks", "The first answer."]
    assert one.backwards() == newest


def test_a_page_has_as_many_messages_as_before_where_not_every_item_is_one(
    talk: bytes, server: RunningServer
) -> None:
    one = made(talk)
    server.control.scenario = Scenario.REASONING_FIRST
    for number in range(9):
        one.say(f"question {number}")
    assert len(one.history("asc")) == 18  # of 27 items, more than a page has without a limit


def test_a_refusal_is_told_with_its_words(talk: bytes, server: RunningServer) -> None:
    server.control.scenario = Scenario.REFUSAL
    with pytest.raises(RuntimeError, match=r"^OpenAI response refused: I cannot help with that"):
        made(talk).say("one")


@pytest.mark.parametrize("scenario", [Scenario.FAILED, Scenario.CANCELLED, Scenario.INCOMPLETE])
def test_an_end_that_the_file_looks_at_is_its_own_as_before(
    scenario: Scenario, talk: bytes, server: RunningServer
) -> None:
    server.control.scenario = scenario
    assert made(talk).say("one") == f"ended as {scenario.value}"


@pytest.mark.parametrize("scenario", [Scenario.EMPTY_ANSWER, Scenario.NO_ANSWER])
def test_the_answer_before_is_not_shown_for_one_without_a_text(
    scenario: Scenario, talk: bytes, server: RunningServer
) -> None:
    one = made(talk)
    assert one.say("one") == server.control.answer
    server.control.scenario = scenario
    with pytest.raises(RuntimeError, match="OpenAI response has no text"):
        one.say("two")


_STREAMED = [golden for golden in _SDK if b"def answer_events(" in golden.expected]


@pytest.mark.parametrize("golden", _STREAMED, ids=lambda golden: golden.name)
@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, Scenario.STREAM_ENDS_EARLY])
def test_a_stream_that_ends_early_is_no_answer(
    golden: PythonGolden, scenario: Scenario, server: RunningServer
) -> None:
    server.control.scenario = scenario
    if scenario is Scenario.COMPLETED:
        assert str(server.control.answer) in asked(golden.expected)
    else:
        with pytest.raises(RuntimeError, match="OpenAI response unfinished: the stream ended"):
            asked(golden.expected)


_OF_ONE_RUN = """\
import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def ask(question):
    thread = await client.beta.threads.create()
    await client.beta.threads.messages.create(thread.id, role="user", content=question)
    run = await client.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_1")
    while run.status in ("queued", "in_progress"):
        await asyncio.sleep(0.5)
        run = await client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
    if run.status != "completed":
        raise RuntimeError(f"ended as {run.status}")
    page = await client.beta.threads.messages.list(thread_id=thread.id, run_id=run.id)
    return "".join(c.text.value for m in page.data for c in m.content if c.type == "text")
"""
_FOR_ONE_RUN = _OF_ONE_RUN.replace("async def", "def").replace("AsyncOpenAI", "OpenAI")
_FOR_ONE_RUN = _FOR_ONE_RUN.replace("asyncio", "time").replace("await ", "")


@pytest.mark.parametrize("source", [_FOR_ONE_RUN, _OF_ONE_RUN], ids=["sync", "async"])
@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, *_IN_PARTS])
def test_the_messages_of_one_run_are_those_of_its_response(
    source: str, scenario: Scenario, server: RunningServer
) -> None:
    result = check(source.encode(), settings=_RESPONSES).result
    server.control.scenario = scenario
    server.control.answer = "The whole answer."
    assert asked(result) == "The whole answer."


def test_the_messages_of_a_run_from_elsewhere_are_left() -> None:
    source = _FOR_ONE_RUN.replace("def ask(question)", "def ask(question, kept)")
    source = source.replace(
        "thread.id, run_id=run.id)\n    return", "thread.id, run_id=kept)\n    return"
    )
    migration = check(source.encode(), settings=_RESPONSES)
    assert not migration.changed
    assert {finding.reason for finding in migration.findings} == {Reason.ANSWER_NOT_UNDERSTOOD}


_FIRST = """\
from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(question):
    run = client.beta.threads.create_and_run_poll(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": question}]}
    )
    messages = client.beta.threads.messages.list(thread_id=run.thread_id)
    return next(iter(messages)).content[0].text.value
"""


@pytest.mark.parametrize("scenario", [Scenario.COMPLETED, *_IN_PARTS])
def test_the_first_of_the_messages_is_the_newest(scenario: Scenario, server: RunningServer) -> None:
    result = check(_FIRST.encode(), settings=_RESPONSES).result
    server.control.scenario = scenario
    server.control.answer = "The whole answer."
    assert asked(result) == "The whole answer."


@pytest.mark.parametrize("other", ["next(iter(messages), None)", "next(reversed(messages))"])
def test_what_may_be_another_message_than_the_newest_is_left(other: str) -> None:
    source = _FIRST.replace("next(iter(messages))", other)
    migration = check(source.encode(), settings=_RESPONSES)
    assert not migration.changed
    assert {finding.reason for finding in migration.findings} == {Reason.ANSWER_NOT_UNDERSTOOD}
