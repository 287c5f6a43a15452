import asyncio
import os

import httpx

API_KEY = os.environ["OPENAI_API_KEY"]
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
HEADERS = {
    "Authorization": "Bearer " + API_KEY,
    "OpenAI-Beta": "assistants=v2",
}


async def create_thread(client: httpx.AsyncClient) -> str:
    response = await client.post("https://api.openai.com/v1/threads", headers=HEADERS, json={})
    response.raise_for_status()
    return response.json()["id"]


async def post_message(client: httpx.AsyncClient, thread_id: str, text: str) -> None:
    response = await client.post(
        f"https://api.openai.com/v1/threads/{thread_id}/messages",
        headers=HEADERS,
        json={"role": "user", "content": text},
    )
    response.raise_for_status()


async def start_run(client: httpx.AsyncClient, thread_id: str) -> str:
    response = await client.post(
        f"https://api.openai.com/v1/threads/{thread_id}/runs",
        headers=HEADERS,
        json={"assistant_id": ASSISTANT_ID, "instructions": "Answer shortly."},
    )
    response.raise_for_status()
    return response.json()["id"]


async def poll_run(client: httpx.AsyncClient, thread_id: str, run_id: str) -> dict:
    for _ in range(60):
        response = await client.get(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}", headers=HEADERS
        )
        data = response.json()
        if data["status"] == "completed":
            return data
        if data["status"] in {"failed", "expired", "cancelled"}:
            raise RuntimeError(f"Run {run_id} {data['status']}: {data.get('last_error')}")
        await asyncio.sleep(1)
    raise TimeoutError(run_id)


async def latest_message(client: httpx.AsyncClient, thread_id: str) -> str:
    response = await client.get(
        f"https://api.openai.com/v1/threads/{thread_id}/messages",
        headers=HEADERS,
        params={"limit": 1, "order": "desc"},
    )
    response.raise_for_status()
    return response.json()["data"][0]["content"][0]["text"]["value"]


async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=30) as client:
        thread_id = await create_thread(client)
        await post_message(client, thread_id, question)
        run_id = await start_run(client, thread_id)
        await poll_run(client, thread_id, run_id)
        return await latest_message(client, thread_id)
