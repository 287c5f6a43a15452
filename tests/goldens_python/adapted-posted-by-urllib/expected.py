import contextlib
import json
import os
import time
import typing
import urllib.request

BASE = "https://api.openai.com/v1"


def api(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def workflow_answer(
    run: typing.Any,
    get: typing.Any,
    post: typing.Any,
) -> typing.Any:
    """Wait for a run and give its text in the shape that this file reads."""
    run_id, thread_id = run.get("id"), run.get("thread_id")
    threads = "/threads"
    run_path = f"{threads}/{thread_id}/runs/{run_id}"
    wait_seconds = 30
    deadline = time.monotonic() + wait_seconds
    poll_delay = 0.5  # seconds, growing
    ended = (
        "completed",
        "failed",
        "cancelled",
        "incomplete",
        "expired",
        "requires_action",
    )
    reason = ""
    while run.get("status") not in ended and not reason:
        if not run.get("id"):
            shown = run.get("error") or run
            raise RuntimeError(f"OpenAI error: {shown}")
        if time.monotonic() >= deadline:
            reason = f"gave up after {wait_seconds} seconds"
            with contextlib.suppress(Exception):
                post(f"{run_path}/cancel", {})
            continue
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run = get(run_path)
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages = get(f"{threads}/{thread_id}/messages?{query}")
        if "data" not in messages:
            shown = messages.get("error") or messages
            raise RuntimeError(f"OpenAI error: {shown}")
        for message in messages["data"]:
            if message["role"] != "assistant":
                continue
            for part in message["content"]:
                if part["type"] == "refusal":
                    refusal = part["refusal"]
                if part["type"] == "text":
                    texts.append(part["text"]["value"])
    text = "\n\n".join(texts)
    outcome = run.get("status")
    if outcome != "completed" or refusal or not text:
        details = run.get("last_error") or {}
        incomplete = run.get("incomplete_details") or {}
        refused = f"refused: {refusal}" if refusal else ""
        why = refused or reason or details.get("message")
        why = why or incomplete.get("reason") or "no text"
        raise RuntimeError(f"Assistant run {outcome}: {why}")
    return {
        "output_text": text,
        "output": {"message": text},
        "id": run.get("id"),
        "status": "completed",
    }


def ask(question):
    given = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": question}]},
    }
    run = workflow_answer(
        api("POST", "/threads/runs", given),
        lambda path: api("GET", path),
        lambda path, body: api("POST", path, body),
    )
    return run["output"]["message"]
