"""The test server's routes and scenarios, by plain requests."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server import Reply, RunningServer, Scenario, running_server
from tests.server.__main__ import docstrings
from tests.server.asking import BETA, JSON, KEY, Answer, ask
from tests.server.saying import ERROR_MESSAGE, REFUSAL
from tests.server.scenarios import ANSWER, Wire
from tests.tools import ROOT

HELLO = {"role": "user", "content": "Hello"}
RUN = {"assistant_id": "asst_1", "thread": {"messages": [HELLO]}}
RESPONSE = {"model": "gpt-6-luna", "input": "Hello"}
CHAT = {"model": "gpt-6-luna", "messages": [HELLO]}
#: The keys that the specification requires of a run.
RUN_KEYS = {
    "id",
    "object",
    "created_at",
    "thread_id",
    "assistant_id",
    "status",
    "required_action",
    "last_error",
    "expires_at",
    "started_at",
    "cancelled_at",
    "failed_at",
    "completed_at",
    "model",
    "instructions",
    "tools",
    "metadata",
    "usage",
    "incomplete_details",
    "max_prompt_tokens",
    "max_completion_tokens",
    "truncation_strategy",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
}
CREATING = [
    pytest.param("/v1/threads/runs", RUN, id="run"),
    pytest.param("/v1/responses", RESPONSE, id="response"),
    pytest.param("/v1/chat/completions", CHAT, id="completion"),
]


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared: RunningServer) -> Iterator[RunningServer]:
    yield shared
    shared.reset()


def create_run(server: RunningServer, scenario: Scenario = Scenario.COMPLETED) -> Any:
    server.control.scenario = scenario
    created = ask(server, "POST", "/v1/threads/runs", RUN)
    assert created.status == 200, created.body
    return created.json


def poll(server: RunningServer, run: Any) -> Any:
    return ask(server, "GET", f"/v1/threads/{run['thread_id']}/runs/{run['id']}").json


def messages(server: RunningServer, run: Any, query: str = "") -> Any:
    return ask(server, "GET", f"/v1/threads/{run['thread_id']}/messages{query}").json


def statuses(server: RunningServer, run: Any, count: int) -> list[str]:
    return [run["status"], *(poll(server, run)["status"] for _ in range(count))]


def blocks(message: Any) -> list[Any]:
    return [c["text"]["value"] if c["type"] == "text" else c["type"] for c in message["content"]]


# Assistants: the run


def test_run_is_queued_then_completed_and_has_every_required_key(server: RunningServer) -> None:
    run = create_run(server)
    assert set(run) >= RUN_KEYS
    assert statuses(server, run, 2) == ["queued", "completed", "completed"]
    assert poll(server, run)["usage"]["total_tokens"] == 30


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (Scenario.SLOW, ["queued", "queued", *["in_progress"] * 3, "completed"]),
        (Scenario.CANCELLED, ["queued", "cancelled", "cancelled"]),
        (Scenario.CANCELLING, ["queued", "cancelling", "cancelled"]),
        (Scenario.EXPIRED, ["queued", "expired"]),
        (Scenario.INCOMPLETE, ["queued", "incomplete"]),
        (Scenario.REQUIRES_ACTION, ["queued", "requires_action", "requires_action"]),
        (Scenario.NEVER_FINISHING, ["queued", *["in_progress"] * 40]),
        (Scenario.UNKNOWN_STATUS, ["queued", "paused", "paused", "paused", "completed"]),
        (Scenario.UNKNOWN_STATUS_FOREVER, ["queued", *["paused"] * 10]),
    ],
)
def test_statuses_that_polls_see(
    server: RunningServer, scenario: Scenario, expected: list[str]
) -> None:
    assert statuses(server, create_run(server, scenario), len(expected) - 1) == expected


def test_failed_run_has_last_error(server: RunningServer) -> None:
    failed = poll(server, create_run(server, Scenario.FAILED))
    assert failed["status"] == "failed"
    assert failed["last_error"] == {"code": "server_error", "message": ERROR_MESSAGE}


def test_incomplete_run_has_its_reason_and_half_an_answer(server: RunningServer) -> None:
    run = create_run(server, Scenario.INCOMPLETE)
    assert poll(server, run)["incomplete_details"] == {"reason": "max_completion_tokens"}
    (answer, _) = messages(server, run)["data"]
    assert answer["status"] == "incomplete"
    assert ANSWER.startswith(blocks(answer)[0])
    assert 0 < len(blocks(answer)[0]) < len(ANSWER)


def test_a_run_keeps_the_scenario_that_it_was_created_under(server: RunningServer) -> None:
    run = create_run(server, Scenario.FAILED)
    server.control.scenario = Scenario.COMPLETED
    assert poll(server, run)["status"] == "failed"


def test_polling_error_once_then_completed(server: RunningServer) -> None:
    run = create_run(server, Scenario.POLLING_ERROR_ONCE)
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}"
    assert [ask(server, "GET", path).status for _ in range(2)] == [500, 200]


def test_polling_error_always(server: RunningServer) -> None:
    run = create_run(server, Scenario.POLLING_ERROR_ALWAYS)
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}"
    assert {ask(server, "GET", path).status for _ in range(5)} == {500}


def test_dropped_while_polling_closes_the_connection_without_an_answer(
    server: RunningServer,
) -> None:
    run = create_run(server, Scenario.DROPPED_WHILE_POLLING)
    with pytest.raises(http.client.RemoteDisconnected):
        poll(server, run)


def test_messages_error_only_on_the_messages(server: RunningServer) -> None:
    run = create_run(server, Scenario.MESSAGES_ERROR)
    assert poll(server, run)["status"] == "completed"
    assert messages(server, run)["error"]["type"] == "server_error"


def test_cancel_is_cancelling_then_cancelled(server: RunningServer) -> None:
    run = create_run(server, Scenario.NEVER_FINISHING)
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}/cancel"
    assert ask(server, "POST", path).json["status"] == "cancelling"
    assert statuses(server, run, 2)[1:] == ["cancelled", "cancelled"]


def test_tool_outputs_let_the_run_complete(server: RunningServer) -> None:
    run = create_run(server, Scenario.REQUIRES_ACTION)
    (call,) = poll(server, run)["required_action"]["submit_tool_outputs"]["tool_calls"]
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    outputs = {"tool_outputs": [{"tool_call_id": call["id"], "output": "42"}]}
    assert ask(server, "POST", path, outputs).json["status"] == "queued"
    assert poll(server, run)["status"] == "completed"
    assert blocks(messages(server, run)["data"][0]) == [ANSWER]


def test_tool_outputs_of_another_call_are_refused(server: RunningServer) -> None:
    run = create_run(server, Scenario.REQUIRES_ACTION)
    poll(server, run)
    path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
    outputs = {"tool_outputs": [{"tool_call_id": "call_other", "output": "42"}]}
    assert ask(server, "POST", path, outputs).status == 400
    assert len(server.take_violations()) == 1


# Assistants: the messages


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (Scenario.COMPLETED, [[ANSWER]]),
        (Scenario.PHASES, [[ANSWER]]),
        (Scenario.REASONING_FIRST, [[ANSWER]]),
        (Scenario.IMAGE_BEFORE_TEXT, [["image_file", ANSWER]]),
        (Scenario.SEVERAL_TEXT_BLOCKS, [[ANSWER[:25], ANSWER[25:]]]),
        (Scenario.SEVERAL_MESSAGES, [[ANSWER[:25]], [ANSWER[25:]]]),
        (Scenario.REFUSAL, [["refusal"]]),
        (Scenario.EMPTY_ANSWER, [[""]]),
        (Scenario.NO_ANSWER, []),
        (Scenario.FAILED, []),
        (Scenario.CANCELLED, []),
    ],
)
def test_messages_of_the_run_oldest_first(
    server: RunningServer, scenario: Scenario, expected: list[Any]
) -> None:
    run = create_run(server, scenario)
    poll(server, run)
    listed = messages(server, run, f"?run_id={run['id']}&order=asc")
    assert [blocks(m) for m in listed["data"]] == expected
    assert all(m["role"] == "assistant" for m in listed["data"])


def test_messages_are_newest_first_and_there_is_no_answer_before_the_end(
    server: RunningServer,
) -> None:
    run = create_run(server)
    assert [m["role"] for m in messages(server, run)["data"]] == ["user"]
    poll(server, run)
    listed = messages(server, run)
    assert [m["role"] for m in listed["data"]] == ["assistant", "user"]
    assert listed["first_id"] == listed["data"][0]["id"]
    assert listed["data"][1]["run_id"] is None


def test_pages_of_messages(server: RunningServer) -> None:
    thread = {"messages": [{"role": "user", "content": str(n)} for n in range(5)]}
    body = {"assistant_id": "asst_1", "thread": thread}
    run = ask(server, "POST", "/v1/threads/runs", body).json

    def page(query: str) -> tuple[list[str], bool]:
        listed = messages(server, run, query)
        return [blocks(m)[0] for m in listed["data"]], listed["has_more"]

    assert page("") == (["4", "3", "2", "1", "0"], False)
    assert page("?limit=2") == (["4", "3"], True)
    ids = [m["id"] for m in messages(server, run, "?order=asc")["data"]]
    assert page(f"?order=asc&after={ids[1]}&limit=2") == (["2", "3"], True)
    assert page(f"?after={ids[1]}") == (["0"], False)
    assert page(f"?order=asc&before={ids[4]}&limit=2") == (["2", "3"], True)
    assert page(f"?order=asc&after={ids[0]}&before={ids[3]}") == (["1", "2"], False)


def test_four_call_form(server: RunningServer) -> None:
    thread = ask(server, "POST", "/v1/threads", {}).json
    path = f"/v1/threads/{thread['id']}"
    assert ask(server, "POST", f"{path}/messages", HELLO).json["object"] == "thread.message"
    run = ask(server, "POST", f"{path}/runs", {"assistant_id": "asst_1"}).json
    assert statuses(server, run, 1) == ["queued", "completed"]
    assert [blocks(m) for m in messages(server, run)["data"]] == [[ANSWER], ["Hello"]]


def test_thread_is_locked_while_a_run_is_active(server: RunningServer) -> None:
    run = create_run(server, Scenario.NEVER_FINISHING)
    path = f"/v1/threads/{run['thread_id']}/messages"
    refused = ask(server, "POST", path, HELLO)
    assert refused.status == 400
    assert "while a run" in refused.json["error"]["message"]
    assert len(server.take_violations()) == 1


@pytest.mark.parametrize("path", ["/v1/threads/thread_9/messages", "/v1/threads/t/runs/r"])
def test_unknown_thread_is_404_and_a_violation(server: RunningServer, path: str) -> None:
    assert ask(server, "GET", path).status == 404
    assert len(server.take_violations()) == 1


# What arrived


HISTORY = [HELLO, {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Größe?"}]


def test_transcript_shows_the_history_of_a_thread(server: RunningServer) -> None:
    server.control.answer = Reply.TRANSCRIPT
    body = {"assistant_id": "a", "thread": {"messages": HISTORY}, "instructions": "Be short."}
    run = ask(server, "POST", "/v1/threads/runs", body).json
    poll(server, run)
    expected = "instructions: Be short.\nuser: Hello\nassistant: Hi\nuser: Größe?"
    assert blocks(messages(server, run)["data"][0]) == [expected]


def test_requests_are_recorded_as_they_came(server: RunningServer) -> None:
    create_run(server)
    (request,) = server.requests
    assert (str(request), request.json) == ("POST /v1/threads/runs", RUN)
    assert request.headers["openai-beta"] == "assistants=v2"


# What goes wrong on every API


@pytest.mark.parametrize(("path", "body"), CREATING)
@pytest.mark.parametrize(
    ("scenario", "status", "code"),
    [
        (Scenario.UNAUTHORIZED, 401, "invalid_api_key"),
        (Scenario.RATE_LIMITED, 429, "rate_limit_exceeded"),
        (Scenario.SERVER_ERROR, 500, None),
    ],
)
def test_errors_when_creating(
    server: RunningServer, path: str, body: Any, scenario: Scenario, status: int, code: str | None
) -> None:
    server.control.scenario = scenario
    answer = ask(server, "POST", path, body)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert set(answer.json["error"]) == {"message", "type", "param", "code"}
    assert answer.headers.get("retry-after") == ("1" if status == 429 else None)


@pytest.mark.parametrize(("path", "body"), CREATING)
def test_dropped_or_bad_gateway_when_creating(server: RunningServer, path: str, body: Any) -> None:
    server.control.scenario = Scenario.DROPPED_ON_CREATE
    with pytest.raises(http.client.RemoteDisconnected):
        ask(server, "POST", path, body)
    server.control.scenario = Scenario.BAD_GATEWAY
    page = ask(server, "POST", path, body)
    assert (page.status, page.headers["content-type"]) == (502, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/workflows/runs"),
        ("POST", "/v1/workflows/wf_1/runs"),
        ("POST", "/v1/responses/"),
        ("GET", "/v1/threads/runs"),
        ("DELETE", "/v1/responses"),
    ],
)
def test_unknown_route_is_404_in_openais_words_and_no_violation(
    server: RunningServer, method: str, path: str
) -> None:
    answer = ask(server, method, path, {"workflow_id": "wf_1"} if method == "POST" else None)
    expected = {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    assert (answer.status, answer.json) == (404, {"error": expected})
    assert [str(r) for r in server.requests] == [f"{method} {path}"]


def test_as_today_assistants_are_gone_and_responses_are_not(server: RunningServer) -> None:
    server.control.assistants_gone = True
    assert ask(server, "POST", "/v1/threads/runs", RUN).status == 404
    assert ask(server, "GET", "/v1/threads/t/messages").status == 404
    assert ask(server, "POST", "/v1/responses", RESPONSE).status == 200


def test_preflight_and_cors(server: RunningServer) -> None:
    preflight = ask(
        server,
        "OPTIONS",
        "/v1/threads/runs",
        headers={
            "Origin": "http://localhost:5173",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,openai-beta",
        },
    )
    assert preflight.status == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "openai-beta" in preflight.headers["access-control-allow-headers"]
    origin = {"Origin": "http://localhost:5173"}
    server.control.scenario = Scenario.UNAUTHORIZED
    answers: list[Answer] = [
        ask(server, "POST", "/v1/threads/runs", RUN, {**KEY, **JSON, **BETA, **origin}),
        ask(server, "POST", "/v1/workflows/runs", {}, {**KEY, **JSON, **origin}),
    ]
    assert [a.headers["access-control-allow-origin"] for a in answers] == ["*", "*"]


@pytest.mark.parametrize(
    ("scenario", "content", "reason"),
    [
        (Scenario.COMPLETED, ANSWER, "stop"),
        (Scenario.FAILED, ANSWER, "stop"),
        (Scenario.PHASES, ANSWER, "stop"),
        (Scenario.EMPTY_ANSWER, "", "stop"),
        (Scenario.INCOMPLETE, ANSWER[:25], "length"),
        (Scenario.REFUSAL, None, "stop"),
    ],
)
def test_chat_completion(
    server: RunningServer, scenario: Scenario, content: str | None, reason: str
) -> None:
    server.control.scenario = scenario
    (choice,) = ask(server, "POST", "/v1/chat/completions", CHAT).json["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (content, reason)
    assert choice["message"]["refusal"] == (REFUSAL if content is None else None)


def test_zero_is_shown_as_zero(server: RunningServer) -> None:
    run = ask(server, "POST", "/v1/threads/runs", {**RUN, "temperature": 0}).json
    assert (run["temperature"], run["top_p"]) == (0, 1)


# By hand


@pytest.mark.parametrize("enumeration", [Scenario, Wire])
def test_every_choice_is_documented(enumeration: type[Scenario | Wire]) -> None:
    named = {name.lower() for name in enumeration.__members__}
    assert {n for n, text in docstrings(enumeration).items() if text} == named


def test_by_hand_it_prints_its_address_and_serves_the_scenario() -> None:
    command = [sys.executable, "-m", "tests.server", "--scenario", "failed", "--wire", "split"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            request = urllib.request.Request(  # noqa: S310 - a loopback address
                f"{base_url}/responses", json.dumps(RESPONSE).encode(), {**KEY, **JSON}
            )
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
                assert json.load(answer)["status"] == "failed"
        finally:
            process.terminate()
