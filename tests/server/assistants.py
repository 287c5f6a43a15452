"""The routes of Assistants v2: threads, their messages, and runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openai.types.beta import ThreadDeleted, thread_create_params
from openai.types.beta import thread_create_and_run_params as create_and_run_params
from openai.types.beta.threads import (
    message_create_params,
    run_create_params,
    run_submit_tool_outputs_params,
)
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from tests.server import rules
from tests.server.assistants_objects import (
    TOOL_CALL,
    add_messages,
    leave_messages,
    message_json,
    run_json,
    thread_json,
)
from tests.server.assistants_stream import stream
from tests.server.call import Call
from tests.server.errors import DropConnectionError, server_error, wrong
from tests.server.saying import Heard, answer, said
from tests.server.scenarios import Scenario
from tests.server.store import TERMINAL, Run, Thread, plan
from tests.server.validation import built


def _new_thread(call: Call, body: Mapping[str, Any], where: str) -> Thread:
    rules.thread(body, where, call.control.max_thread_messages)
    thread_id, now = call.store.new_id("thread")
    resources = body.get("tool_resources") or {}
    shown = {
        key: {k: v for k, v in value.items() if k in {"file_ids", "vector_store_ids"}}
        for key, value in resources.items()
    }
    thread = Thread(thread_id, now, body.get("metadata") or {}, shown)
    add_messages(call.store, thread, body.get("messages") or ())
    call.store.threads[thread_id] = thread
    return thread


def _heard(thread: Thread, body: Mapping[str, Any]) -> tuple[Heard, ...]:
    given = [body.get("instructions"), body.get("additional_instructions")]
    heard = [Heard("instructions", text) for text in given if text]
    for message in thread.messages:
        texts = [c["text"]["value"] for c in message.content if c["type"] == "text"]
        heard.append(Heard(message.role, "".join(texts)))
    return tuple(heard)


def _new_run(call: Call, thread: Thread, body: Mapping[str, Any], scenario: Scenario) -> Run:
    run_id, now = call.store.new_id("run")
    heard = _heard(thread, body)
    # What only Responses knows is an ordinary answer here.
    only_there = {Scenario.PHASES, Scenario.REASONING_FIRST}
    spoken = Scenario.COMPLETED if scenario in only_there else scenario
    run = Run(
        run_id,
        now,
        thread.id,
        body,
        scenario,
        said(spoken, answer(call.control, heard)),
        "queued",
        plan(scenario, call.control.polls),
        heard,
    )
    call.store.runs[run_id] = run
    return run


def _answered(call: Call, run: Run, *, new_thread: bool) -> ASGIApp:
    if not run.body.get("stream"):
        return JSONResponse(run_json(run))
    return stream(call, run, new_thread=new_thread)


def create_thread_and_run(call: Call) -> ASGIApp:
    """`POST /v1/threads/runs`."""
    body = call.body(
        create_and_run_params.ThreadCreateAndRunParamsNonStreaming,
        create_and_run_params.ThreadCreateAndRunParamsStreaming,
    )
    rules.run(body)
    inner = body.get("thread") or {}
    rules.thread(inner, "thread.", call.control.max_thread_messages)
    scenario = call.scenario_on_create()
    thread = _new_thread(call, inner, "thread.")
    return _answered(call, _new_run(call, thread, body, scenario), new_thread=True)


def create_thread(call: Call) -> ASGIApp:
    """`POST /v1/threads`; the body may be absent."""
    body = call.body(thread_create_params.ThreadCreateParams) if call.request.body else {}
    return JSONResponse(thread_json(_new_thread(call, body, "")))


def delete_thread(call: Call) -> ASGIApp:
    """`DELETE /v1/threads/{thread}`."""
    thread = call.store.thread(call.ids["thread"])
    del call.store.threads[thread.id]
    deleted = {"id": thread.id, "object": "thread.deleted", "deleted": True}
    return JSONResponse(built(ThreadDeleted, deleted))


def create_message(call: Call) -> ASGIApp:
    """`POST /v1/threads/{thread}/messages`."""
    body = call.body(message_create_params.MessageCreateParams)
    rules.thread_message(body, "")
    thread = call.store.thread(call.ids["thread"])
    call.store.refuse_while_active(thread)
    add_messages(call.store, thread, [body])
    return JSONResponse(message_json(thread.messages[-1]))


def create_run(call: Call) -> ASGIApp:
    """`POST /v1/threads/{thread}/runs`."""
    body = call.body(
        run_create_params.RunCreateParamsNonStreaming,
        run_create_params.RunCreateParamsStreaming,
        {"include": None},
    )
    rules.run(body)
    thread = call.store.thread(call.ids["thread"])
    call.store.refuse_while_active(thread)
    scenario = call.scenario_on_create()
    add_messages(call.store, thread, body.get("additional_messages") or ())
    return _answered(call, _new_run(call, thread, body, scenario), new_thread=False)


def get_run(call: Call) -> ASGIApp:
    """`GET /v1/threads/{thread}/runs/{run}`: a poll."""
    run = call.store.run(call.ids["thread"], call.ids["run"])
    if run.scenario is Scenario.DROPPED_WHILE_POLLING:
        raise DropConnectionError
    call.store.poll(run)
    if run.status in {"completed", "incomplete"}:
        leave_messages(call.store, run)
    return JSONResponse(run_json(run))


def cancel_run(call: Call) -> ASGIApp:
    """`POST /v1/threads/{thread}/runs/{run}/cancel`: cancelling now, cancelled when polled."""
    run = call.store.run(call.ids["thread"], call.ids["run"])
    if run.status in TERMINAL:
        raise wrong(f"Cannot cancel run with status '{run.status}'.")
    run.status, run.plan = "cancelling", ["cancelled"]
    return JSONResponse(run_json(run))


def submit_tool_outputs(call: Call) -> ASGIApp:
    """`POST /v1/threads/{thread}/runs/{run}/submit_tool_outputs`: all outputs at once."""
    body = call.body(
        run_submit_tool_outputs_params.RunSubmitToolOutputsParamsNonStreaming,
        run_submit_tool_outputs_params.RunSubmitToolOutputsParamsStreaming,
        {"thread_id": call.ids["thread"]},
    )
    run = call.store.run(call.ids["thread"], call.ids["run"])
    if run.status != "requires_action":
        raise wrong(f"Runs in status '{run.status}' do not accept tool outputs.")
    given = [output.get("tool_call_id") for output in body["tool_outputs"]]
    if given != [TOOL_CALL["id"]]:
        raise wrong(f"Expected tool outputs for call_ids ['{TOOL_CALL['id']}'], got {given}.")
    run.status, run.plan, run.scenario = "queued", ["completed"], Scenario.COMPLETED
    run.body = {**run.body, "stream": body.get("stream")}
    return _answered(call, run, new_thread=False)


def list_messages(call: Call) -> ASGIApp:
    """`GET /v1/threads/{thread}/messages`: newest first, 20 at most, unless asked otherwise."""
    limit, ascending = rules.listing(call.request.query)
    thread = call.store.thread(call.ids["thread"])
    if call.control.scenario is Scenario.MESSAGES_ERROR:
        raise server_error()
    query = call.request.query
    found = thread.messages if ascending else thread.messages[::-1]
    if "run_id" in query:
        found = [m for m in found if m.run_id == query["run_id"]]
    order = {m.id: n for n, m in enumerate(found)}
    for cursor in ("after", "before"):
        if cursor in query and query[cursor] not in order:
            raise wrong(f"No message found with id '{query[cursor]}'.", cursor, status=404)
    start = order[query["after"]] + 1 if "after" in query else 0
    stop = order[query["before"]] if "before" in query else len(found)
    # With `before` alone the page is the one right before the cursor.
    window = found[start:stop]
    backwards = "before" in query and "after" not in query
    page = window[-limit:] if backwards else window[:limit]
    data = [message_json(m) for m in page]
    return JSONResponse(
        {
            "object": "list",
            "data": data,
            "first_id": data[0]["id"] if data else None,
            "last_id": data[-1]["id"] if data else None,
            "has_more": len(window) > len(page),
        }
    )
