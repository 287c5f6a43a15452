"""Migrated programs of OpenAI's Python client, and what only they do: state, streams, tools."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest

from callmend.settings import Settings
from tests.python_goldens import goldens
from tests.python_invariants import check
from tests.server import Reply, RunningServer, Scenario, Wire, running_server
from tests.skipping import needs
from tests.tools import collect_garbage

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
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


def program(name: str, *, before: bool = False) -> dict[str, Any]:
    """The names of a golden's expected program, or of that before, run as a module."""
    names: dict[str, Any] = {"__name__": "program"}
    source = goldens()[name].source if before else goldens()[name].expected
    exec(compile(source, f"{name}.py", "exec"), names)  # noqa: S102  # a golden
    return names


def called(function: Any, *given: Any) -> Any:
    """What a function gives, awaited where it has to be."""
    answer = function(*given)
    return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def test_a_kept_thread_goes_on_as_a_conversation_of_its_person(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    ask = program("sdk-kept-thread-in-a-dict")["ask"]
    assert ask("one", "ann") == "user: one"
    assert ask("two", "ben") == "user: two"
    assert ask("three", "ann").splitlines() == [
        "user: one",
        "assistant: user: one",
        "user: three",
    ]
    made = [r for r in server.requests if r.path == "/v1/conversations"]
    assert [json.loads(r.body)["metadata"] for r in made] == [{"user": "ann"}, {"user": "ben"}]


def test_what_a_kept_thread_was_made_with_is_said_first(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    tutor = program("sdk-kept-thread-of-an-object")["Tutor"]("asst_1")

    async def twice() -> list[str]:
        return [await tutor.answer("one"), await tutor.answer("two")]

    first, second = asyncio.run(twice())
    assert first.splitlines() == ["instructions: Be kind.", "user: I am Ann.", "user: one"]
    assert second.splitlines()[-1] == "user: two"
    assert "user: I am Ann." in second


def test_a_conversation_that_is_deleted_is_not_gone_on_with(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    names = program("sdk-kept-thread-of-an-object")
    called(names["ask"], "one")
    assert names["tutor"].thread is None
    assert [r.method for r in server.requests if r.path.startswith("/v1/conversations/")] == (
        ["DELETE"]
    )


def test_the_second_run_of_a_thread_knows_the_first(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    answer, kept = program("sdk-two-runs-on-one-thread")["ask"]("How are you?")
    assert answer.splitlines() == [
        "user: Hello!",
        "assistant: user: Hello!",
        "user: How are you?",
    ]
    assert kept.startswith("conv_")


@pytest.mark.filterwarnings("ignore:The Assistants API is deprecated:DeprecationWarning")
@pytest.mark.parametrize("reply", [Reply.LAST_USER_MESSAGE, "The answer."])
@pytest.mark.parametrize(
    "name",
    [
        "sdk-every-message-is-shown",
        "sdk-messages-of-the-run-alone",
        "sdk-own-loop-until-completed-at",
        "sdk-helpers-async",
        "sdk-messages-gone-through-async",
        "sdk-helpers-in-a-class",
        "sdk-helpers-of-a-notebook",
        "sdk-helpers-of-one-question",
        "sdk-stream-of-event-classes",
        "sdk-stream-with-a-handler",
        "sdk-stream-with-a-handler-async",
        "sdk-stream-with-a-handler-of-messages",
        "sdk-tries-of-a-run-with-its-thread",
        "sdk-tools-answered-while-polling",
        "sdk-tools-answered-while-polling-async",
    ],
)
def test_a_program_answers_what_it_answered_while_the_old_api_was_there(
    name: str, reply: Reply | str, server: RunningServer
) -> None:
    server.control.assistants_gone = False
    server.control.answer = reply
    assert called(program(name)["ask"], "one") == called(program(name, before=True)["ask"], "one")


@pytest.mark.parametrize(
    "wire", [Wire.PLAIN, Wire.TORN | Wire.CRLF, Wire.ONE_CHUNK | Wire.COMMENTS]
)
@pytest.mark.parametrize(
    "name",
    [
        "sdk-stream-of-text-deltas",
        "sdk-stream-of-events-async",
        "sdk-stream-of-a-created-run",
    ],
)
def test_a_stream_gives_each_piece_once_however_its_bytes_arrive(
    name: str, wire: Wire, server: RunningServer
) -> None:
    server.control.wire = wire
    assert called(program(name)["ask"], "one") == server.control.answer
    [sent] = [json.loads(r.body) for r in server.requests if r.path == "/v1/responses"]
    assert sent["stream"] is True


def test_the_methods_of_a_handler_are_called_for_the_events_of_a_response(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = program("sdk-stream-with-a-handler")["ask"]("one")
    assert answer == f"> {server.control.answer}"
    assert capsys.readouterr().out == f"{len(str(server.control.answer))} characters\n"


_ENDING = b"""
    async def on_end(self) -> None:
        said.append(".")


async def ask"""


def test_a_handler_is_told_of_the_end_also_where_the_response_failed(
    server: RunningServer,
) -> None:
    golden = goldens()["sdk-stream-with-a-handler-async"]
    source = golden.source.replace(b"\n\nasync def ask", _ENDING)
    result = check(source, settings=golden.settings).result

    def fresh() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "program"}
        exec(compile(result, "program.py", "exec"), names)  # noqa: S102  # of a golden
        return names

    assert called(fresh()["ask"], "one") == f"{server.control.answer}."
    server.control.scenario = Scenario.FAILED
    names = fresh()  # its client is one of another event loop
    with pytest.raises(RuntimeError, match="response failed"):
        called(names["ask"], "one")
    assert names["said"] == ["."]


@pytest.mark.parametrize(
    "name",
    [
        "sdk-tool-loop",
        "sdk-tool-calls-answered-once",
        "sdk-tools-answered-while-polling",
        "sdk-tools-answered-while-polling-async",
    ],
)
def test_functions_that_are_asked_for_are_called_and_answered(
    name: str, server: RunningServer
) -> None:
    server.control.scenario = Scenario.REQUIRES_ACTION
    assert called(program(name)["ask"], "one") == server.control.answer
    first, second = [json.loads(r.body) for r in server.requests if r.path == "/v1/responses"]
    [output] = second["input"]
    assert (output["type"], output["call_id"]) == ("function_call_output", "call_lookup")
    assert "12:00" in output["output"]
    kept = {key: value for key, value in first.items() if key != "input"}
    assert kept.items() <= second.items()
    assert second.get("previous_response_id") or second["conversation"] == first["conversation"]


def test_a_kept_conversation_knows_what_was_said_in_other_functions(
    server: RunningServer,
) -> None:
    server.control.answer = Reply.TRANSCRIPT
    ask = program("sdk-kept-thread-in-a-shelf")["ask"]
    assert ask("one", "ann") == "user: one"
    assert ask("two", "ben") == "user: two"
    assert ask("three", "ann").splitlines() == [
        "user: one",
        "assistant: user: one",
        "user: three",
    ]


def test_every_message_is_shown_in_the_order_of_the_conversation(server: RunningServer) -> None:
    server.control.answer = "The answer."
    assert program("sdk-every-message-is-shown")["ask"]("one").splitlines() == [
        "user: Hello!",
        "user: one",
        "assistant: The answer.",
    ]
    assert program("sdk-helpers-of-a-notebook")["ask"]("one").splitlines() == [
        "0 user: one",
        "1 assistant: The answer.",
    ]


@pytest.mark.parametrize("name", ["sdk-helpers-of-one-question", "sdk-helpers-async"])
def test_what_comes_before_the_newest_message_is_no_answer(
    name: str, server: RunningServer
) -> None:
    server.control.scenario = Scenario.REASONING_FIRST
    assert called(program(name)["ask"], "one") == server.control.answer


_LINES = '''f"""Answer:
            {question}
        Thanks"""'''
_SEVERAL = {
    "sdk": f"""\
from openai import OpenAI

client = OpenAI()


def ask(question):
    run = client.beta.threads.create_and_run_poll(
        assistant_id="a", thread={{"messages": [{{"role": "user", "content": {_LINES}}}]}}
    )
    return client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value
""",
    "requests": f"""\
import requests


def ask(question):
    answered = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={{"Authorization": "Bearer a"}},
        json={{"workflow_id": "wf_1", "input": {{"message": {_LINES}}}}},
    )
    return answered.json()["output"]["message"]
""",
}


@pytest.mark.parametrize("source", _SEVERAL.values(), ids=_SEVERAL)
def test_a_text_of_several_lines_keeps_its_blanks_where_it_moves(source: str) -> None:
    migration = check(source.encode(), settings=Settings(target="responses"))
    assert migration.changed
    wanted = ast.dump(ast.parse(_LINES, mode="eval").body)
    written = [ast.dump(node) for node in ast.walk(ast.parse(migration.result))]
    assert wanted in written


_LOOP = '''\
from openai import OpenAI
import time

client = OpenAI()


def ask(question, thread_id):
    while question:
        client.beta.threads.messages.create(thread_id=thread_id, role="user", content=question)
        run = client.beta.threads.runs.create(thread_id=thread_id, assistant_id="a")
        while True:
            run = client.beta.threads.runs.retrieve(run.id, thread_id=thread_id)
            if run.status == "completed":
                break
            elif run.status == "failed":
                raise ValueError(f"""Run
                    {run.status}
  failed""" % """
            all""")
            time.sleep(1)
        print(client.beta.threads.messages.list(thread_id).data[0].content[0].text.value)
        question = input()
'''


def test_a_branch_that_moves_out_of_its_loop_keeps_the_blanks_of_its_texts() -> None:
    migration = check(_LOOP.encode(), settings=Settings(target="responses"))
    assert migration.changed
    texts = [
        [ast.dump(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Raise)]
        for code in (_LOOP.encode(), migration.result)
    ]
    assert texts[0][0] in texts[1]
