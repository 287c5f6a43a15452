import asyncio
import os

import httpx

BASE_URL = "https://api.openai.com/v1"


async def ask(question: str) -> str:
    async with httpx.AsyncClient(
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        timeout=60.0,
    ) as client:
        created = await client.post(
            "/workflows/runs",
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": question},
        )
        created.raise_for_status()
        run = created.json()

        while run["status"] in ("queued", "in_progress"):
            await asyncio.sleep(1)
            polled = await client.get(f"/workflows/runs/{run['id']}")
            polled.raise_for_status()
            run = polled.json()

        if run["status"] != "completed":
            raise RuntimeError(f"run {run['id']} ended as {run['status']}")
        return run["output"]["message"]
