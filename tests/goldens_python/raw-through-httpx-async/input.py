import asyncio
import os

import httpx

BASE_URL = "https://api.openai.com/v1"


async def api(client, method, path, **kwargs):
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }
    response = await client.request(method, f"{BASE_URL}{path}", headers=headers, **kwargs)
    response.raise_for_status()
    return response.json()


async def ask(question):
    async with httpx.AsyncClient(timeout=60) as client:
        thread = await api(client, "POST", "/threads", json={})
        thread_id = thread["id"]
        message = {"role": "user", "content": question}
        await api(client, "POST", f"/threads/{thread_id}/messages", json=message)
        body = {"assistant_id": os.environ["WORKFLOW_ID"]}
        run = await api(client, "POST", f"/threads/{thread_id}/runs", json=body)
        while run["status"] not in ("completed", "failed", "cancelled", "expired"):
            await asyncio.sleep(1)
            run = await api(client, "GET", f"/threads/{thread_id}/runs/{run['id']}")
        if run["status"] != "completed":
            raise RuntimeError(f"response {run['status']}: {run.get('last_error')}")
        query = {"order": "desc", "limit": 1}
        page = await api(client, "GET", f"/threads/{thread_id}/messages", params=query)
        return page["data"][0]["content"][0]["text"]["value"]
