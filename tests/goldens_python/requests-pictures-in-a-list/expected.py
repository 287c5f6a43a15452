"""Describe a roof by its photo."""

import base64
import contextlib
import io
import json
import os
import time
import typing

import requests


def workflow_answer(
    live: requests.Response,
    **options: typing.Any,
) -> requests.Response:
    """Wait for a run and give its text in the shape that this file reads."""
    if not live.ok:
        return live
    run = live.json()
    sent = live.request.headers.items()
    kept = ("authorization", "openai-")
    run_headers = {k: v for k, v in sent if k.lower().startswith(kept)}
    run_id, thread_id = run.get("id"), run.get("thread_id")
    threads_url, _, _ = str(live.url).rpartition("/")
    thread_url = f"{threads_url}/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
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
        if time.monotonic() >= deadline:
            reason = f"gave up after {wait_seconds} seconds"
            with contextlib.suppress(Exception):
                requests.post(
                    f"{run_url}/cancel",
                    headers=run_headers,
                    **options,
                )
            continue
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        polled = requests.get(
            run_url,
            headers=run_headers,
            **options,
        )
        if not polled.ok:
            return polled
        run = polled.json()
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages_url = f"{thread_url}/messages?{query}"
        listed = requests.get(
            messages_url,
            headers=run_headers,
            **options,
        )
        if not listed.ok:
            return listed
        messages = listed.json()
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
    details = run.get("last_error") or {}
    incomplete = run.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or reason or details.get("message")
    why = why or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = {
            "output_text": text,
            "id": run.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Assistant run {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = requests.Response()
    shaped.status_code, shaped.reason = status, reason
    shaped.url, shaped.request = live.url, live.request
    shaped.headers["Content-Type"] = "application/json"
    shaped.encoding = "utf-8"
    shaped.raw = io.BytesIO(content.encode())
    return shaped


def ask(question, photo=b"", mime="image/jpeg"):
    data_url = f"data:{mime};base64,{base64.b64encode(photo).decode()}"
    items = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": question or "What is wrong with this roof?"},
                {"type": "image_url", "image_url": {"url": data_url}},
            ],
        }
    ]
    response = workflow_answer(
        requests.post(
            "https://api.openai.com/v1/threads/runs",
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "assistants=v2",
            },
            json={
                "assistant_id": os.environ["WORKFLOW_ID"],
                "thread": {"messages": items},
            },
            timeout=90,
        ),
        timeout=90,
    )
    response.raise_for_status()
    return response.json()["output_text"]
