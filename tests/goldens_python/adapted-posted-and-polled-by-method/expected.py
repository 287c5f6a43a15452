"""A client that asks a workflow and waits, by a method for every request."""

import asyncio
import contextlib
import os
import time
from typing import Any

import httpx


async def workflow_answer(
    run: Any,
    get: Any,
    post: Any,
) -> Any:
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
                await post(f"{run_path}/cancel", {})
            continue
        await asyncio.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run = await get(run_path)
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages = await get(f"{threads}/{thread_id}/messages?{query}")
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
        "error": None,
        "id": f"{thread_id}/runs/{run_id}",
        "status": "completed",
    }


class Client:
    def __init__(self, key: str) -> None:
        self.http = httpx.AsyncClient(
            base_url="https://api.openai.com/v1", headers={"Authorization": f"Bearer {key}"}
        )

    async def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        response = await self.http.request(
            method,
            path,
            headers={"OpenAI-Beta": "assistants=v2"} if "threads/" in path else None,
            json=body,
            timeout=60,
        )
        response.raise_for_status()
        return response.json()

    async def models(self) -> list[str]:
        return [model["id"] for model in (await self._request("GET", "/models"))["data"]]

    async def start(self, question: str) -> dict[str, Any]:
        body = {
            "assistant_id": os.environ["WORKFLOW_ID"],
            "thread": {"messages": [{"role": "user", "content": question}]},
        }
        return await workflow_answer(
            await self._request("POST", "/threads/runs", body),
            lambda path: self._request("GET", path),
            lambda path, body: self._request("POST", path, body),
        )

    async def wait_for(self, run_id: str) -> dict[str, Any]:
        while True:
            run = await workflow_answer(
                await self._request("GET", f"/threads/{run_id}"),
                lambda path: self._request("GET", path),
                lambda path, body: self._request("POST", path, body),
            )
            if run["status"] in ("completed", "failed"):
                return run
            await asyncio.sleep(1)


async def ask(question: str) -> str:
    client = Client(os.environ["OPENAI_API_KEY"])
    try:
        started = await client.start(question)
        run = await client.wait_for(started["id"])
    finally:
        await client.http.aclose()
    if run["status"] == "failed":
        raise RuntimeError(run["error"])
    return str(run["output_text"])
