"""The official `openai` client, pointed at the test server, works as at OpenAI's."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import openai
import pytest
from openai.types.beta.threads import Message
from openai.types.beta.threads.run import Run

from tests.server import Reply, RunningServer, Scenario, Wire, running_server
from tests.server.saying import ERROR_MESSAGE
from tests.server.scenarios import ANSWER

#: All of its Assistants methods warn that OpenAI has shut the API down.
pytestmark = pytest.mark.filterwarnings("ignore:The Assistants API is deprecated")
WIRES = [
    Wire.PLAIN,
    Wire.SPLIT,
    Wire.TORN | Wire.CRLF | Wire.BOM,
    Wire.UNEVEN | Wire.CRLF | Wire.COMMENTS,
    Wire.ONE_CHUNK | Wire.SEVERAL_DATA_LINES,
    Wire.NO_DONE | Wire.NO_SPACE,
]


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared: RunningServer) -> Iterator[RunningServer]:
    yield shared
    shared.reset()


@pytest.fixture
def client(server: RunningServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="sk-test", base_url=server.base_url, max_retries=0) as made:
        yield made


def run_to_its_end(client: openai.OpenAI) -> Run:
    return client.beta.threads.create_and_run_poll(
        assistant_id="asst_1",
        thread={"messages": [{"role": "user", "content": "Hello"}]},
        poll_interval_ms=1,
    )


def text_of(message: Message) -> str:
    return "".join(c.text.value for c in message.content if c.type == "text")


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        (Scenario.COMPLETED, "completed"),
        (Scenario.SLOW, "completed"),
        (Scenario.FAILED, "failed"),
        (Scenario.CANCELLING, "cancelled"),
        (Scenario.EXPIRED, "expired"),
        (Scenario.INCOMPLETE, "incomplete"),
        (Scenario.REQUIRES_ACTION, "requires_action"),
        (Scenario.UNKNOWN_STATUS, "completed"),
    ],
)
def test_create_and_run_poll(
    server: RunningServer, client: openai.OpenAI, scenario: Scenario, status: str
) -> None:
    server.control.scenario = scenario
    assert run_to_its_end(client).status == status


def test_messages_of_a_run(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    run = run_to_its_end(client)
    listed = client.beta.threads.messages.list(run.thread_id, run_id=run.id, order="asc")
    assert [text_of(m) for m in listed] == ["Hello"]


def test_pages_of_messages(client: openai.OpenAI) -> None:
    thread = client.beta.threads.create(
        messages=[{"role": "user", "content": str(n)} for n in range(5)]
    )
    listed = client.beta.threads.messages.list(thread.id, limit=2)
    assert [text_of(m) for m in listed] == ["4", "3", "2", "1", "0"]


def test_four_call_form_and_cancel(server: RunningServer, client: openai.OpenAI) -> None:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread.id, role="user", content="Hello")
    server.control.scenario = Scenario.NEVER_FINISHING
    run = client.beta.threads.runs.create(thread.id, assistant_id="asst_1")
    client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    assert client.beta.threads.runs.retrieve(run.id, thread_id=thread.id).status == "cancelled"


def test_submit_tool_outputs(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.scenario = Scenario.REQUIRES_ACTION
    run = run_to_its_end(client)
    assert run.required_action is not None
    (call,) = run.required_action.submit_tool_outputs.tool_calls
    done = client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id,
        thread_id=run.thread_id,
        tool_outputs=[{"tool_call_id": call.id, "output": "42"}],
        poll_interval_ms=1,
    )
    assert done.status == "completed"


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_assistants_stream(server: RunningServer, client: openai.OpenAI, wire: Wire) -> None:
    server.control.wire = wire
    with client.beta.threads.create_and_run_stream(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": "Hello"}]}
    ) as stream:
        assert "".join(stream.text_deltas) == ANSWER
        assert [text_of(m) for m in stream.get_final_messages()] == [ANSWER]
        assert stream.get_final_run().status == "completed"


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_responses_stream(server: RunningServer, client: openai.OpenAI, wire: Wire) -> None:
    server.control.wire = wire
    with client.responses.stream(model="gpt-6-luna", input="Hello") as stream:
        deltas = [e.delta for e in stream if e.type == "response.output_text.delta"]
        assert stream.get_final_response().output_text == "".join(deltas) == ANSWER


def test_responses_create(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.scenario = Scenario.REASONING_FIRST
    response = client.responses.create(model="gpt-6-luna", input="Hello")
    assert response.output[0].type == "reasoning"
    assert response.output_text == ANSWER
    assert client.responses.retrieve(response.id) == response


def test_failed_response_is_no_exception(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.scenario = Scenario.FAILED
    response = client.responses.create(model="gpt-6-luna", input="Hello")
    assert response.error is not None
    assert (response.status, response.error.message) == ("failed", ERROR_MESSAGE)


def test_conversation(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.answer = Reply.TRANSCRIPT
    conversation = client.conversations.create(items=[{"role": "user", "content": "Hello"}])
    response = client.responses.create(
        model="gpt-6-luna", input="More", conversation=conversation.id
    )
    assert response.output_text == "user: Hello\nuser: More"


def test_chat_completions(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(
        model="gpt-6-luna", messages=[{"role": "user", "content": "Hello"}]
    )
    assert plain.choices[0].message.content == ANSWER
    stream = client.chat.completions.create(
        model="gpt-6-luna", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    assert "".join(c.choices[0].delta.content or "" for c in stream) == ANSWER


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        (Scenario.UNAUTHORIZED, openai.AuthenticationError),
        (Scenario.RATE_LIMITED, openai.RateLimitError),
        (Scenario.SERVER_ERROR, openai.InternalServerError),
        (Scenario.BAD_GATEWAY, openai.InternalServerError),
        (Scenario.DROPPED_ON_CREATE, openai.APIConnectionError),
        (Scenario.POLLING_ERROR_ALWAYS, openai.InternalServerError),
        (Scenario.DROPPED_WHILE_POLLING, openai.APIConnectionError),
    ],
)
def test_exceptions(
    server: RunningServer,
    client: openai.OpenAI,
    scenario: Scenario,
    error: type[openai.OpenAIError],
) -> None:
    server.control.scenario = scenario
    with pytest.raises(error):
        run_to_its_end(client)


def test_streams_that_break_raise(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.scenario = Scenario.DROPPED_MID_STREAM
    with (
        pytest.raises(openai.APIConnectionError),
        client.responses.stream(model="gpt-6-luna", input="Hello") as stream,
    ):
        stream.until_done()


def test_as_today_assistants_are_not_found(server: RunningServer, client: openai.OpenAI) -> None:
    server.control.assistants_gone = True
    with pytest.raises(openai.NotFoundError):
        run_to_its_end(client)


def test_wrong_requests_of_the_client_are_refused_too(
    server: RunningServer, client: openai.OpenAI
) -> None:
    with warnings.catch_warnings(), pytest.raises(openai.BadRequestError, match="workflow_id"):
        client.responses.create(
            model="gpt-6-luna", input="Hello", extra_body={"workflow_id": "wf_1"}
        )
    assert len(server.take_violations()) == 1
