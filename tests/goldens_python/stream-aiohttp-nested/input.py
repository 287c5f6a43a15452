import os

import aiohttp

BASE = "https://api.openai.com/v1"


async def ask(question: str) -> str:
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(
            f"{BASE}/workflows/runs",
            headers=headers,
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
            },
        ) as response:
            response.raise_for_status()
            data = await response.json()
            return data["output"]["message"]
