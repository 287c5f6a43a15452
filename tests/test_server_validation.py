"""The test server refuses what OpenAI refuses, at every depth, and the test that sent it fails."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from openai.types.beta import thread_create_and_run_params, thread_create_params
from openai.types.beta.thread import Thread
from openai.types.beta.threads import (
    message_create_params,
    run_create_params,
    run_submit_tool_outputs_params,
)
from openai.types.chat import completion_create_params
from openai.types.conversations import conversation_create_params
from openai.types.responses import response_create_params
from pydantic import TypeAdapter, ValidationError

from tests.server import RunningServer, Scenario, running_server
from tests.server.asking import BETA, JSON, KEY, ask
from tests.server.validation import built, strict_schema

HELLO = {"role": "user", "content": "Hello"}
RUN = {"assistant_id": "asst_1", "thread": {"messages": [HELLO]}}
RESPONSE = {"model": "gpt-6-luna", "input": "Hello"}


@pytest.fixture(scope="module")
def shared() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(shared: RunningServer) -> Iterator[RunningServer]:
    yield shared
    shared.reset()


def run_with(message: Any = HELLO, **more: Any) -> dict[str, Any]:
    return {"assistant_id": "asst_1", "thread": {"messages": [message]}, **more}


def text(**more: Any) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": "Hello", **more}]}


def attached(tool: Any) -> dict[str, Any]:
    return {**HELLO, "attachments": [{"file_id": "file-1", "tools": [tool]}]}


THREAD = "thread.messages[0]"
#: What is wrong with a run: the request, the place in OpenAI's words, and the code.
WRONG_RUNS = {
    "no-assistant": ({"thread": {}}, "assistant_id", "missing_required_parameter"),
    "empty-assistant": ({"assistant_id": ""}, "assistant_id", "invalid_value"),
    "undefined-assistant": ({"assistant_id": None}, "assistant_id", "invalid_type"),
    "old-key-left": (run_with(workflow_id="wf_1"), "workflow_id", "unknown_parameter"),
    "old-input-left": (run_with(input={"message": "x"}), "input", "unknown_parameter"),
    "key-of-other-route": (
        run_with(additional_messages=[HELLO]),
        "additional_messages",
        "unknown_parameter",
    ),
    "key-in-thread": ({**RUN, "thread": {"id": "t"}}, "thread.id", "unknown_parameter"),
    "key-in-message": (run_with({**HELLO, "id": 1}), f"{THREAD}.id", "unknown_parameter"),
    "key-in-part": (run_with(text(x=1)), f"{THREAD}.content[0].x", "unknown_parameter"),
    "key-in-attachment-tool": (
        run_with(attached({"type": "file_search", "x": 1})),
        f"{THREAD}.attachments[0].tools[0].x",
        "unknown_parameter",
    ),
    "system-role": (
        run_with({"role": "system", "content": "x"}),
        f"{THREAD}.role",
        "invalid_value",
    ),
    "text-as-in-answers": (
        run_with(text(text={"value": "x"})),
        f"{THREAD}.content[0].text",
        "invalid_type",
    ),
    "part-of-other-api": (
        run_with(text(type="input_text")),
        f"{THREAD}.content[0].type",
        "invalid_value",
    ),
    "number-as-content": (run_with({"role": "user", "content": 5}), f"{THREAD}.content", None),
    "lazy-tools-at-the-bottom": (
        run_with(attached({"type": "magic"})),
        f"{THREAD}.attachments[0].tools[0].type",
        "invalid_value",
    ),
    "second-message-is-checked": (
        {"assistant_id": "a", "thread": {"messages": [HELLO, {"role": "user"}]}},
        "thread.messages[1].content",
        "missing_required_parameter",
    ),
    "number-among-file-ids": (
        run_with(tool_resources={"code_interpreter": {"file_ids": ["f", 1]}}),
        "tool_resources.code_interpreter.file_ids[1]",
        "invalid_type",
    ),
    "string-as-number": (run_with(temperature="1"), "temperature", "invalid_type"),
    "string-as-stream": (run_with(stream="true"), "stream", None),
    "empty-content": (run_with({"role": "user", "content": ""}), f"{THREAD}.content", None),
    "no-parts": (run_with({"role": "user", "content": []}), f"{THREAD}.content", None),
    "empty-part": (run_with(text(text="")), f"{THREAD}.content", "empty_content"),
    "too-long": (
        run_with({"role": "user", "content": "x" * 256_001}),
        f"{THREAD}.content",
        "string_above_max_length",
    ),
    "too-many-pairs": (
        run_with(metadata={str(n): "x" for n in range(17)}),
        "metadata",
        "invalid_metadata",
    ),
    "long-key": (run_with(metadata={"k" * 65: "x"}), "metadata", "invalid_metadata"),
    "long-value": (run_with(metadata={"k": "x" * 513}), "metadata.k", None),
    "number-as-value": (run_with(metadata={"k": 1}), "metadata.k", "invalid_type"),
    "hot": (run_with(temperature=2.5), "temperature", None),
    "few-tokens": (run_with(max_completion_tokens=255), "max_completion_tokens", None),
    "two-stores": (
        run_with(tool_resources={"file_search": {"vector_store_ids": ["a", "b"]}}),
        "tool_resources",
        "array_above_max_length",
    ),
}


@pytest.mark.parametrize(("body", "param", "code"), WRONG_RUNS.values(), ids=WRONG_RUNS)
def test_wrong_run_is_400_with_the_place_and_a_violation(
    server: RunningServer, body: Any, param: str, code: str | None
) -> None:
    answer = ask(server, "POST", "/v1/threads/runs", body)
    error = answer.json["error"]
    assert (answer.status, error["param"]) == (400, param)
    assert code is None or error["code"] == code
    assert error["type"] == "invalid_request_error"
    (violation,) = server.take_violations()
    assert violation.message == error["message"]


def user(*parts: Any) -> dict[str, Any]:
    return {"model": "gpt-6-luna", "input": [{"role": "user", "content": list(parts)}]}


PART = "input[0].content[0]"
WRONG_RESPONSES = {
    "no-model": ({"input": "x"}, "model"),
    "no-input": ({"model": "gpt-6-luna"}, "input"),
    "assistant-left": ({**RESPONSE, "assistant_id": "a"}, "assistant_id"),
    "chat-key": ({**RESPONSE, "messages": [HELLO]}, "messages"),
    "part-of-other-api": (user({"type": "text", "text": "x"}), f"{PART}.type"),
    "key-in-part": (user({"type": "input_text", "text": "x", "y": 1}), f"{PART}.y"),
    "key-in-message": ({**RESPONSE, "input": [{**HELLO, "id": 1}]}, "input[0].id"),
    "tool-role": ({**RESPONSE, "input": [{"role": "tool", "content": "x"}]}, "input[0].role"),
    "key-beside-right-parts": (
        {
            **RESPONSE,
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "x"}], "name": "y"}
            ],
        },
        "input[0].name",
    ),
    "image-as-object": (
        user({"type": "input_image", "image_url": {"url": "u"}, "detail": "auto"}),
        f"{PART}.image_url",
    ),
    "assistant-says-input-text": (
        {
            **RESPONSE,
            "input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}],
        },
        PART,
    ),
    "nested-function-tool": (
        {**RESPONSE, "tools": [{"type": "function", "function": {"name": "f"}}]},
        "tools[0].name",
    ),
    "few-tokens": ({**RESPONSE, "max_output_tokens": 15}, "max_output_tokens"),
    "two-histories": (
        {**RESPONSE, "conversation": "conv_1", "previous_response_id": "resp_1"},
        "previous_response_id",
    ),
    "unknown-previous": (
        {**RESPONSE, "previous_response_id": "resp_1"},
        "previous_response_id",
    ),
}


@pytest.mark.parametrize(("body", "param"), WRONG_RESPONSES.values(), ids=WRONG_RESPONSES)
def test_wrong_response_is_400_with_the_place_and_a_violation(
    server: RunningServer, body: Any, param: str
) -> None:
    answer = ask(server, "POST", "/v1/responses", body)
    details = [v.details for v in server.violations]
    assert (answer.status, answer.json["error"]["param"]) == (400, param), details
    assert len(server.take_violations()) == 1


def test_what_the_assistant_said_before_is_output_text(server: RunningServer) -> None:
    parts = [{"type": "output_text", "text": "x"}]
    said = [HELLO, {"role": "assistant", "content": parts}, HELLO]
    assert ask(server, "POST", "/v1/responses", {**RESPONSE, "input": said}).status == 200
    wrong = [*said, {"role": "assistant", "content": [{**parts[0], "y": 1}]}]
    assert ask(server, "POST", "/v1/responses", {**RESPONSE, "input": wrong}).status == 400
    assert len(server.take_violations()) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/v1/threads", {"message": [HELLO]}, id="thread"),
        pytest.param("/v1/conversations", {"items": [HELLO] * 21}, id="21-items"),
        pytest.param("/v1/chat/completions", {"messages": [HELLO]}, id="completion-no-model"),
        pytest.param(
            "/v1/chat/completions",
            {"model": "gpt-6-luna", "messages": [{**HELLO, "timestamp": 1}]},
            id="completion-lazy-messages",
        ),
        pytest.param("/v1/responses", b"{", id="no-json"),
        pytest.param("/v1/responses", b"", id="no-body"),
        pytest.param("/v1/responses", b"[]", id="array"),
        pytest.param("/v1/responses", b'"x"', id="string"),
    ],
)
def test_wrong_bodies_of_other_routes(server: RunningServer, path: str, body: Any) -> None:
    assert ask(server, "POST", path, body).status == 400
    assert len(server.take_violations()) == 1


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up", "page=2"])
def test_wrong_queries_of_messages(server: RunningServer, query: str) -> None:
    thread = ask(server, "POST", "/v1/threads", {}).json
    assert ask(server, "GET", f"/v1/threads/{thread['id']}/messages?{query}").status == 400
    assert len(server.take_violations()) == 1


def test_many_messages_are_taken_unless_the_old_limit_is_asked_for(server: RunningServer) -> None:
    body = {"assistant_id": "a", "thread": {"messages": [HELLO] * 33}}
    assert ask(server, "POST", "/v1/threads/runs", body).status == 200
    server.control.max_thread_messages = 32
    assert ask(server, "POST", "/v1/threads/runs", body).json["error"]["param"] == "thread.messages"
    assert len(server.take_violations()) == 1


THREADS, RESPONSES = "/v1/threads/runs", "/v1/responses"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        pytest.param(THREADS, {**JSON, **BETA}, 401, id="no-key"),
        pytest.param(
            THREADS, {**JSON, **BETA, "Authorization": "Bearer undefined"}, 401, id="undefined-key"
        ),
        pytest.param(THREADS, {**JSON, **BETA, "Authorization": "sk-test"}, 401, id="no-bearer"),
        pytest.param(THREADS, {**KEY, **BETA}, 400, id="no-content-type"),
        pytest.param(
            THREADS, {**KEY, **BETA, "Content-Type": "text/plain"}, 400, id="text-content-type"
        ),
        pytest.param(THREADS, {**KEY, **JSON}, 400, id="no-beta"),
        pytest.param(
            THREADS, {**KEY, **JSON, "OpenAI-Beta": "assistants=v1"}, 400, id="beta-of-v1"
        ),
        pytest.param(RESPONSES, {**KEY, **JSON, **BETA}, 400, id="beta-on-responses"),
        pytest.param(
            RESPONSES, {**KEY, **JSON, "OpenAI-Beta": "workflows=v1"}, 400, id="old-beta-left"
        ),
    ],
)
def test_wrong_headers(
    server: RunningServer, path: str, headers: Mapping[str, str], status: int
) -> None:
    body = RUN if path == THREADS else RESPONSE
    assert ask(server, "POST", path, body, headers).status == status
    assert len(server.take_violations()) == 1


def test_charset_in_the_content_type_is_right(server: RunningServer) -> None:
    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}
    assert ask(server, "POST", RESPONSES, RESPONSE, headers).status == 200


@pytest.mark.parametrize("scenario", [Scenario.SERVER_ERROR, Scenario.DROPPED_ON_CREATE])
def test_a_wrong_request_is_seen_under_a_failing_scenario_too(
    server: RunningServer, scenario: Scenario
) -> None:
    server.control.scenario = scenario
    assert ask(server, "POST", THREADS, {**RUN, "workflow_id": "x"}).status == 400
    assert len(server.take_violations()) == 1


# The test fails


def test_leaving_the_block_raises_the_violations() -> None:
    with (
        pytest.raises(AssertionError, match=r"POST /v1/threads/runs: Unknown .*'workflow_id'"),
        running_server() as server,
    ):
        ask(server, "POST", THREADS, {**RUN, "workflow_id": "x"})


def test_an_error_in_the_block_goes_on_with_the_violations_as_a_note() -> None:
    def failing() -> None:
        with running_server() as server:
            ask(server, "POST", THREADS, {**RUN, "workflow_id": "x"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        failing()
    assert "workflow_id" in caught.value.__notes__[0]


def test_reset_does_not_lose_a_violation(shared: RunningServer) -> None:
    ask(shared, "POST", THREADS, {**RUN, "workflow_id": "x"})
    with pytest.raises(AssertionError, match="workflow_id"):
        shared.reset()
    shared.reset()


ALL_PARAMS = [
    thread_create_params.ThreadCreateParams,
    thread_create_and_run_params.ThreadCreateAndRunParamsNonStreaming,
    thread_create_and_run_params.ThreadCreateAndRunParamsStreaming,
    message_create_params.MessageCreateParams,
    run_create_params.RunCreateParamsNonStreaming,
    run_submit_tool_outputs_params.RunSubmitToolOutputsParamsNonStreaming,
    response_create_params.ResponseCreateParamsNonStreaming,
    conversation_create_params.ConversationCreateParams,
    completion_create_params.CompletionCreateParamsNonStreaming,
]


def nodes(schema: Any) -> Iterator[Mapping[str, Any]]:
    """All schemas in a core schema."""
    if isinstance(schema, Mapping):
        yield schema
    if isinstance(schema, (Mapping, list, tuple)):
        for value in schema.values() if isinstance(schema, Mapping) else schema:
            yield from nodes(value)


@pytest.mark.parametrize("params", ALL_PARAMS, ids=lambda p: p.__name__)
def test_in_every_request_type_nothing_is_lazy_and_no_unknown_key_passes(params: Any) -> None:
    before = list(nodes(TypeAdapter(params).core_schema))
    after = list(nodes(strict_schema(params)))
    found = Counter(str(n.get("type")) for n in after)
    assert not {"generator", "is-instance", "json-or-python"} & set(found)
    # What a model serialises by is no part of the check.
    dicts = [n for n in after if n.get("type") == "typed-dict"]
    assert dicts
    assert len(dicts) == sum(n.get("type") == "typed-dict" for n in before)
    assert {n.get("extra_behavior") for n in dicts} == {"forbid"}


# The traps: without the rewriting of the types' schema none of this would be seen


def test_trap_the_plain_adapter_takes_unknown_keys_and_checks_nothing_lazy() -> None:
    params = thread_create_and_run_params.ThreadCreateAndRunParamsNonStreaming
    adapter = TypeAdapter(cast(Any, params))
    wrong = run_with({"role": "system", "nonsense": 1}, workflow_id="x")
    assert adapter.validate_json(json.dumps(wrong))


def test_trap_models_take_any_key_but_built_answers_do_not() -> None:
    thread = {"id": "t", "object": "thread", "created_at": 1, "metadata": {}}
    assert built(Thread, thread) == thread
    assert "mesages" in Thread.model_validate({**thread, "mesages": []}).model_dump()
    with pytest.raises(TypeError, match=r"Thread\.mesages"):
        built(Thread, {**thread, "mesages": []})
    with pytest.raises(ValidationError):
        built(Thread, {**thread, "created_at": "yesterday"})
    made = Thread.construct(None, **{**thread, "created_at": "yesterday"})
    assert str(made.created_at) == "yesterday"
