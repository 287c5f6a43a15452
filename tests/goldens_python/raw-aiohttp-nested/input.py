import asyncio
import os

import aiohttp

HEADERS = {
    "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
}
BASE = "https://api.openai.com/v1"


async def ask(question: str) -> str:
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        async with session.post(f"{BASE}/threads", json={}) as resp:
            resp.raise_for_status()
            thread = await resp.json()
        thread_id = thread["id"]

        async with session.post(
            f"{BASE}/threads/{thread_id}/messages",
            json={"role": "user", "content": question},
        ) as resp:
            resp.raise_for_status()

        async with session.post(
            f"{BASE}/threads/{thread_id}/runs",
            json={"assistant_id": os.environ["WORKFLOW_ID"]},
        ) as resp:
            resp.raise_for_status()
            run = await resp.json()

        run_id = run["id"]
        while True:
            async with session.get(f"{BASE}/threads/{thread_id}/runs/{run_id}") as resp:
                data = await resp.json()
            status = data["status"]
            if status == "completed":
                break
            elif status in {"queued", "in_progress"}:
                await asyncio.sleep(1)
            else:
                raise RuntimeError(f"response {status}")

        async with session.get(f"{BASE}/threads/{thread_id}/messages?limit=1") as resp:
            messages = await resp.json()
            return messages["data"][0]["content"][0]["text"]["value"]
