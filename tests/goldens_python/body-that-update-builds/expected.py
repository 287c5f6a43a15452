import asyncio
import contextlib
import json
import os
import time
import typing
from typing import Any

import httpx


async def workflow_answer(
    asked: typing.Awaitable[httpx.Response],
    client: httpx.AsyncClient,
    **options: Any,
) -> httpx.Response:
    """Wait for a run and give its text in the shape that this file reads."""
    live = await asked
    if not live.is_success:
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
                await client.post(
                    f"{run_url}/cancel",
                    headers=run_headers,
                    **options,
                )
            continue
        await asyncio.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        polled = await client.get(
            run_url,
            headers=run_headers,
            **options,
        )
        if not polled.is_success:
            return polled
        run = polled.json()
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages_url = f"{thread_url}/messages?{query}"
        listed = await client.get(
            messages_url,
            headers=run_headers,
            **options,
        )
        if not listed.is_success:
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
            "output": {"text": text},
            "id": run.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason_phrase
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Assistant run {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = httpx.Response(
        status,
        headers={"Content-Type": "application/json"},
        content=content,
        request=live.request,
        extensions={"reason_phrase": reason.encode("ascii", "replace")},
    )
    return shaped


async def ask(question: str, language: str | None = None) -> str:
    payload: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
    payload.update({"input": {"message": question}})
    if language:
        payload["input"]["language"] = language
    payload.setdefault("version", "2")
    async with httpx.AsyncClient() as client:
        response = await workflow_answer(
            client.post(
                "https://api.openai.com/v1/threads/runs",
                headers={
                    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                    "OpenAI-Beta": "assistants=v2",
                },
                json={
                    "assistant_id": payload["workflow_id"],
                    "thread": {
                        "messages": [
                            {
                                "role": "user",
                                "content": json.dumps(
                                    payload["input"],
                                    ensure_ascii=False,
                                ),
                            },
                        ],
                    },
                },
                timeout=60,
            ),
            client,
            timeout=60,
        )
    response.raise_for_status()
    data = response.json()
    return data["output"]["text"]
