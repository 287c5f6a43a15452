import os

import httpx

HEADERS = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


async def ask(question):
    async with httpx.AsyncClient(base_url="https://api.openai.com/v1", headers=HEADERS) as client:
        r = await client.post(
            "/responses",
            json={
                "model": "gpt-6-luna",
                "messages": [{"role": "user", "content": question}],
            },
        )
        r.raise_for_status()
        text = r.json()["output"]["message"]
        if not text:
            raise ValueError("nothing was said")
        return text
