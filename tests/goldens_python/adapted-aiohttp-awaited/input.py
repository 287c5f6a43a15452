import os

import aiohttp


async def ask(question):
    async with aiohttp.ClientSession() as session:
        response = await session.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
        )
        response.raise_for_status()
        data = await response.json()
        first = data["output"]["message"]
        print(response.status, data.get("id"))
        return first or data["output"]["text"]
