"""Asks the workflow."""

import contextlib
import os
import time

import requests

API_KEY = os.environ["OPENAI_API_KEY"]
WORKFLOW_ID = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    response = requests.post(
        "https://api.openai.com/v1/threads/runs",
        headers={
            "Authorization": f"Bearer {API_KEY}",
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
        json={
            "assistant_id": WORKFLOW_ID,
            "thread": {"messages": [{"role": "user", "content": question}]},
        },
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    # Assistants API response format: a run, polled until it ends
    run = data
    run_id = run.get("id")
    thread_id = run.get("thread_id")
    thread_url = f"https://api.openai.com/v1/threads/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
    run_headers = {
        "Authorization": f"Bearer {API_KEY}",
        "OpenAI-Beta": "assistants=v2",
    }
    deadline = time.monotonic() + 30
    poll_delay = 0.5  # seconds, growing

    while run.get("status") != "completed":
        run_status = run.get("status")
        ended = run_status in ("failed", "cancelled", "incomplete", "expired")
        if ended or not run_id:
            details = run.get("last_error") or run.get("error") or {}
            incomplete = run.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Assistant run {run_status}: {reason}")
        if run_status == "requires_action":
            raise RuntimeError("Assistant run requires_action: tool outputs")
        if time.monotonic() >= deadline:
            with contextlib.suppress(Exception):
                requests.post(
                    f"{run_url}/cancel",
                    headers=run_headers,
                    timeout=30,
                )
            raise TimeoutError(f"Assistant run {run_status}: gave up")
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run_response = requests.get(
            run_url,
            headers=run_headers,
            timeout=30,
        )
        run_response.raise_for_status()
        run = run_response.json()

    # Get all text of this run's messages, the oldest first
    messages_url = f"{thread_url}/messages"
    messages_response = requests.get(
        f"{messages_url}?run_id={run_id}&order=asc&limit=100",
        headers=run_headers,
        timeout=30,
    )
    messages_response.raise_for_status()
    messages_data = messages_response.json()
    texts: list[str] = []
    for message in messages_data["data"]:
        if message["role"] != "assistant":
            continue
        for part in message["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The assistant refused: {refusal}")
            if part["type"] == "text":
                texts.append(part["text"]["value"])
    answer = "\n\n".join(texts)

    if not answer:
        raise RuntimeError("No response from assistant (no text)")
    return answer
