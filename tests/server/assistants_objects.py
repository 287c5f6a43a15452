"""Threads, messages and runs as the API shows them, and the messages that a run leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openai.types.beta.thread import Thread as ThreadModel
from openai.types.beta.threads.message import Message as MessageModel
from openai.types.beta.threads.run import Run as RunModel

from tests.server.saying import ERROR_MESSAGE, Part
from tests.server.scenarios import Scenario
from tests.server.store import TERMINAL, UNKNOWN, Message, Run, Store, Thread, or_one
from tests.server.validation import built

#: The model that the server's assistants have, where a run does not override it.
MODEL = "gpt-6-luna"
#: The function that a run asks for under REQUIRES_ACTION.
TOOL_CALL = {
    "id": "call_lookup",
    "type": "function",
    "function": {"name": "lookup", "arguments": "{}"},
}


def thread_json(thread: Thread) -> dict[str, Any]:
    """A thread as the API shows it."""
    return built(
        ThreadModel,
        {
            "id": thread.id,
            "object": "thread",
            "created_at": thread.created_at,
            "metadata": thread.metadata,
            "tool_resources": thread.tool_resources,
        },
    )


def message_json(message: Message) -> dict[str, Any]:
    """A message as the API shows it."""
    done = message.status == "completed" and message.run_id is not None
    reason = message.incomplete_reason
    return built(
        MessageModel,
        {
            "id": message.id,
            "object": "thread.message",
            "created_at": message.created_at,
            "thread_id": message.thread_id,
            "status": message.status,
            "completed_at": message.created_at if done else None,
            "incomplete_at": message.created_at if reason else None,
            "incomplete_details": {"reason": reason} if reason else None,
            "role": message.role,
            "content": message.content,
            "assistant_id": message.assistant_id,
            "run_id": message.run_id,
            "attachments": message.attachments,
            "metadata": message.metadata,
        },
    )


def run_json(run: Run) -> dict[str, Any]:
    """A run as the API shows it, with all keys that the specification requires."""
    body, status = run.body, run.status
    failed = {"code": "server_error", "message": ERROR_MESSAGE}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [TOOL_CALL]}}
    usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    made = built(
        RunModel,
        {
            "id": run.id,
            "object": "thread.run",
            "created_at": run.created_at,
            "thread_id": run.thread_id,
            "assistant_id": body["assistant_id"],
            # The models know no unknown status; it is put in afterwards.
            "status": "in_progress" if status == UNKNOWN else status,
            "required_action": action if status == "requires_action" else None,
            "last_error": failed if status == "failed" else None,
            "expires_at": None if status in TERMINAL else run.created_at + 600,
            "started_at": None if status == "queued" else run.created_at,
            "cancelled_at": run.times.get("cancelled"),
            "failed_at": run.times.get("failed"),
            "completed_at": run.times.get("completed"),
            "incomplete_details": (
                {"reason": "max_completion_tokens"} if status == "incomplete" else None
            ),
            "model": body.get("model") or MODEL,
            "instructions": body.get("instructions") or "",
            "tools": body.get("tools") or [],
            "metadata": body.get("metadata") or {},
            "usage": usage if status in TERMINAL else None,
            "temperature": or_one(body.get("temperature")),
            "top_p": or_one(body.get("top_p")),
            "max_prompt_tokens": body.get("max_prompt_tokens"),
            "max_completion_tokens": body.get("max_completion_tokens"),
            "truncation_strategy": body.get("truncation_strategy")
            or {"type": "auto", "last_messages": None},
            "tool_choice": body.get("tool_choice") or "auto",
            "parallel_tool_calls": body.get("parallel_tool_calls", True),
            "response_format": body.get("response_format") or "auto",
        },
    )
    return {**made, "status": status}


def _stored_part(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part as it is shown: in a request a text is a string, in an answer an object."""
    if part["type"] == "text":
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    key = part["type"]
    return {"type": key, key: {"detail": "auto", **part[key]}}


def _said_part(part: Part) -> dict[str, Any]:
    if part.kind == "refusal":
        return {"type": "refusal", "refusal": part.text}
    if part.kind == "image":
        return {"type": "image_file", "image_file": {"file_id": part.text, "detail": "auto"}}
    return _stored_part({"type": "text", "text": part.text})


def add_messages(store: Store, thread: Thread, messages: Iterable[Mapping[str, Any]]) -> None:
    for message in messages:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        message_id, now = store.new_id("msg")
        thread.messages.append(
            Message(
                message_id,
                now,
                thread.id,
                message["role"],
                [_stored_part(p) for p in parts],
                attachments=list(message.get("attachments") or ()),
                metadata=message.get("metadata") or {},
            )
        )


def leave_messages(store: Store, run: Run) -> list[Message]:
    """The messages that the run leaves in its thread; they are made once."""
    thread = store.threads[run.thread_id]
    if run.message_ids:
        return [m for m in thread.messages if m.id in run.message_ids]
    made = []
    incomplete = run.scenario is Scenario.INCOMPLETE
    for one in run.said:
        message_id, now = store.new_id("msg")
        made.append(
            Message(
                message_id,
                now,
                thread.id,
                "assistant",
                [_said_part(p) for p in one.parts],
                status="incomplete" if incomplete else "completed",
                incomplete_reason="max_tokens" if incomplete else None,
                run_id=run.id,
                assistant_id=run.body["assistant_id"],
            )
        )
    thread.messages += made
    run.message_ids = tuple(m.id for m in made)
    return made
