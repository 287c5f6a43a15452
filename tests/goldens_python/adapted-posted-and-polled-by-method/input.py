"""A client that asks a workflow and waits, by a method for every request."""

import asyncio
import os
from typing import Any

import httpx


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
        body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
        return await self._request("POST", "/workflows/runs", body)

    async def wait_for(self, run_id: str) -> dict[str, Any]:
        while True:
            run = await self._request("GET", f"/workflows/runs/{run_id}")
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
