import asyncio
import contextlib
import os
import time

import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/ask")
async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=60) as client:
        response = await client.post(
            "https://api.openai.com/v1/threads/runs",
            headers={
                "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                "OpenAI-Beta": "assistants=v2",
            },
            json={
                "assistant_id": os.environ["WORKFLOW_ID"],
                "thread": {
                    "messages": [{"role": "user", "content": question}],
                },
            },
        )
    if response.status_code != 200:
        raise HTTPException(status_code=502, detail=response.text)
    data = response.json()
    async with httpx.AsyncClient(timeout=60) as client:
        # Assistants API response format: a run, polled until it ends
        run = data
        run_id = run.get("id")
        thread_id = run.get("thread_id")
        thread_url = f"https://api.openai.com/v1/threads/{thread_id}"
        run_url = f"{thread_url}/runs/{run_id}"
        run_headers = {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
        }
        deadline = time.monotonic() + 30
        poll_delay = 0.5  # seconds, growing

        while run.get("status") != "completed":
            run_status = run.get("status")
            ended = run_status in (
                "failed",
                "cancelled",
                "incomplete",
                "expired",
            )
            if ended or not run_id:
                details = run.get("last_error") or run.get("error") or {}
                incomplete = run.get("incomplete_details") or {}
                reason = details.get("message") or incomplete.get("reason")
                raise RuntimeError(f"Assistant run {run_status}: {reason}")
            if run_status == "requires_action":
                raise RuntimeError(
                    "Assistant run requires_action: tool outputs",
                )
            if time.monotonic() >= deadline:
                with contextlib.suppress(Exception):
                    await client.post(
                        f"{run_url}/cancel",
                        headers=run_headers,
                    )
                raise TimeoutError(f"Assistant run {run_status}: gave up")
            await asyncio.sleep(poll_delay)
            poll_delay = min(poll_delay * 1.5, 5)
            run_response = await client.get(
                run_url,
                headers=run_headers,
            )
            run_response.raise_for_status()
            run = run_response.json()

        # Get all text of this run's messages, the oldest first
        messages_url = f"{thread_url}/messages"
        messages_response = await client.get(
            f"{messages_url}?run_id={run_id}&order=asc&limit=100",
            headers=run_headers,
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
