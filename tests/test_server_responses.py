"""The test server's Responses and Conversations, by plain requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.server import Reply, RunningServer, Scenario, running_server
from tests.server.asking import ask
from tests.server.saying import COMMENTARY, ERROR_MESSAGE, REFUSAL
from tests.server.scenarios import ANSWER

HELLO = {"role": "user", "content": "Hello"}
RESPONSE = {"model": "gpt-6-luna", "input": "Hello"}
HISTORY = [HELLO, {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Größe?"}]


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared: RunningServer) -> Iterator[RunningServer]:
    yield shared
    shared.reset()


def respond(server: RunningServer, scenario: Scenario, **more: Any) -> Any:
    server.control.scenario = scenario
    return ask(server, "POST", "/v1/responses", {**RESPONSE, **more}).json


def test_response_has_no_output_text_key(server: RunningServer) -> None:
    response = respond(server, Scenario.COMPLETED)
    assert response["status"] == "completed"
    assert "output_text" not in response
    assert response["error"] is None
    assert ask(server, "GET", f"/v1/responses/{response['id']}").json == response


@pytest.mark.parametrize(
    ("scenario", "status", "output"),
    [
        (Scenario.COMPLETED, "completed", [[ANSWER]]),
        (Scenario.REASONING_FIRST, "completed", ["reasoning", [ANSWER]]),
        (Scenario.IMAGE_BEFORE_TEXT, "completed", ["image_generation_call", [ANSWER]]),
        (Scenario.SEVERAL_TEXT_BLOCKS, "completed", [[ANSWER[:25], ANSWER[25:]]]),
        (Scenario.SEVERAL_MESSAGES, "completed", [[ANSWER[:25]], [ANSWER[25:]]]),
        (Scenario.PHASES, "completed", [[COMMENTARY], [ANSWER]]),
        (Scenario.REFUSAL, "completed", [[REFUSAL]]),
        (Scenario.EMPTY_ANSWER, "completed", [[""]]),
        (Scenario.NO_ANSWER, "completed", []),
        (Scenario.REQUIRES_ACTION, "completed", ["function_call"]),
        (Scenario.EXPIRED, "completed", [[ANSWER]]),
        (Scenario.FAILED, "failed", []),
        (Scenario.CANCELLED, "cancelled", []),
        (Scenario.INCOMPLETE, "incomplete", [[ANSWER[:25]]]),
        (Scenario.UNKNOWN_STATUS_FOREVER, "paused", []),
    ],
)
def test_response_of_each_scenario(
    server: RunningServer, scenario: Scenario, status: str, output: list[Any]
) -> None:
    response = respond(server, scenario)
    found = [
        [c.get("text", c.get("refusal")) for c in item["content"]]
        if item["type"] == "message"
        else item["type"]
        for item in response["output"]
    ]
    assert (response["status"], found) == (status, output)


def test_failed_response_is_200_with_error_and_incomplete_has_a_reason(
    server: RunningServer,
) -> None:
    failed = respond(server, Scenario.FAILED)
    assert failed["error"] == {"code": "server_error", "message": ERROR_MESSAGE}
    incomplete = respond(server, Scenario.INCOMPLETE)
    assert incomplete["incomplete_details"] == {"reason": "max_output_tokens"}


def test_phases_are_marked(server: RunningServer) -> None:
    response = respond(server, Scenario.PHASES)
    assert [i["phase"] for i in response["output"]] == ["commentary", "final_answer"]


def test_background_response_is_polled_and_cancelled(server: RunningServer) -> None:
    response = respond(server, Scenario.SLOW, background=True)
    path = f"/v1/responses/{response['id']}"
    seen = [ask(server, "GET", path).json["status"] for _ in range(5)]
    assert [response["status"], *seen] == ["queued", "queued", *["in_progress"] * 3, "completed"]
    other = respond(server, Scenario.NEVER_FINISHING, background=True)
    path = f"/v1/responses/{other['id']}"
    for _ in range(2):
        assert ask(server, "POST", f"{path}/cancel").json["status"] == "cancelled"


def test_echo_of_the_last_user_message(server: RunningServer) -> None:
    server.control.answer = Reply.LAST_USER_MESSAGE
    response = respond(server, Scenario.COMPLETED, input=HISTORY)
    assert response["output"][0]["content"][0]["text"] == "Größe?"


def test_previous_response_and_conversation_carry_the_history_but_not_instructions(
    server: RunningServer,
) -> None:
    first = respond(server, Scenario.COMPLETED, instructions="Be short.")
    server.control.answer = Reply.TRANSCRIPT
    second = respond(server, Scenario.COMPLETED, previous_response_id=first["id"], input="More")
    expected = f"user: Hello\nassistant: {ANSWER}\nuser: More"
    assert second["output"][0]["content"][0]["text"] == expected
    conversation = ask(server, "POST", "/v1/conversations", {"items": HISTORY[:2]}).json
    third = respond(server, Scenario.COMPLETED, conversation=conversation["id"], input="More")
    assert third["output"][0]["content"][0]["text"] == "user: Hello\nassistant: Hi\nuser: More"


def test_the_items_of_a_conversation_are_what_was_added_and_what_was_answered(
    server: RunningServer,
) -> None:
    conversation = ask(server, "POST", "/v1/conversations", {"items": HISTORY[:2]}).json
    items = f"/v1/conversations/{conversation['id']}/items"
    message = {"type": "message", "role": "user", "content": "More"}
    added = ask(server, "POST", items, {"items": [message]}).json
    assert [item["content"][0]["type"] for item in added["data"]] == ["input_text"]
    respond(server, Scenario.REASONING_FIRST, conversation=conversation["id"], input=[])
    listed = ask(server, "GET", items).json
    assert [item["type"] for item in listed["data"]] == ["message", "reasoning"] + ["message"] * 3
    assert listed["data"][0]["content"][0]["text"] == ANSWER
    oldest = ask(server, "GET", f"{items}?order=asc&limit=2").json
    assert [item["role"] for item in oldest["data"]] == ["user", "assistant"]
    assert oldest["has_more"] is True
    rest = ask(server, "GET", f"{items}?order=asc&after={oldest['last_id']}").json
    assert [item["type"] for item in rest["data"]] == ["message", "reasoning", "message"]


def test_an_empty_input_is_refused_where_nothing_else_is_asked(server: RunningServer) -> None:
    refused = ask(server, "POST", "/v1/responses", {**RESPONSE, "input": []})
    assert refused.status == 400
    assert "must be provided" in refused.json["error"]["message"]
    assert server.take_violations()
