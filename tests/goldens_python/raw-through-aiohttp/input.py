import asyncio
import os

import aiohttp

BASE_URL = "https://api.openai.com/v1"


def headers():
    return {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
    }


async def request(session, method, path, data=None):
    url = f"{BASE_URL}/{path}"
    async with session.request(method, url, headers=headers(), json=data) as response:
        response.raise_for_status()
        return await response.json()


async def ask(question):
    async with aiohttp.ClientSession() as session:
        thread = await request(session, "POST", "threads")
        thread_id = thread["id"]
        message = {"role": "user", "content": question}
        await request(session, "POST", f"threads/{thread_id}/messages", message)
        body = {"assistant_id": os.environ["WORKFLOW_ID"]}
        run = await request(session, "POST", f"threads/{thread_id}/runs", body)
        run_id = run["id"]
        while True:
            run = await request(session, "GET", f"threads/{thread_id}/runs/{run_id}")
            if run["status"] == "completed":
                break
            if run["status"] in ("failed", "cancelled", "expired"):
                raise RuntimeError(f"response {run['status']}")
            await asyncio.sleep(1)
        messages = await request(session, "GET", f"threads/{thread_id}/messages")
        return messages["data"][0]["content"][0]["text"]["value"]
