import json
import os

import aiohttp


async def fetch(session: aiohttp.ClientSession, question):
    async with session.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
        timeout=aiohttp.ClientTimeout(total=60),
    ) as response:
        body = await response.text()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {body}")
        return json.loads(body)


async def ask(question):
    async with aiohttp.ClientSession() as session:
        data = await fetch(session, question)
    if data.get("output_text"):
        return data["output_text"]
    return data["output"]["message"]
