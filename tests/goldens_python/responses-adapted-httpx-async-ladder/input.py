import asyncio
import os
from typing import Any

import httpx

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


async def run_agent(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    response = await client.post(
        "https://api.openai.com/v1/workflows/runs",
        headers=HEADERS,
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    if response.status_code >= 400:
        detail = response.json().get("error", {}).get("message", "unknown")
        raise RuntimeError(f"workflow: {detail}")
    payload: dict[str, Any] = response.json()
    return payload


async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=60) as client:
        data = await run_agent(client, question)
    text = data.get("text") or data.get("message") or data.get("output", {}).get("text")
    if data.get("status") != "succeeded" or not text:
        raise RuntimeError(f"no answer: {data}")
    await asyncio.sleep(0)
    return str(text)
