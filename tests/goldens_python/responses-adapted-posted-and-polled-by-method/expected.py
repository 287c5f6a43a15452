"""A client that asks a workflow and waits, by a method for every request."""

import asyncio
import os
from typing import Any

import httpx


def workflow_answer(answered: Any) -> Any:
    """Give a Responses API answer in the shape that this file reads."""
    all_text = final_text = refusal = ""
    for item in answered.get("output") or []:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    outcome = answered.get("status")
    if outcome != "completed" or refusal or not text:
        details = answered.get("error") or {}
        incomplete = answered.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"OpenAI response {outcome}: {why}")
    return {
        "output_text": text,
        "error": None,
        "id": answered.get("id"),
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
        response = await self.http.request(method, path, json=body, timeout=60)
        response.raise_for_status()
        return response.json()

    async def models(self) -> list[str]:
        return [model["id"] for model in (await self._request("GET", "/models"))["data"]]

    async def start(self, question: str) -> dict[str, Any]:
        body = {"model": "gpt-6-luna", "input": question}
        return workflow_answer(await self._request("POST", "/responses", body))

    async def wait_for(self, run_id: str) -> dict[str, Any]:
        while True:
            run = workflow_answer(await self._request("GET", f"/responses/{run_id}"))
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
