import os

import aiohttp


async def ask(question):
    url = "https://api.openai.com" + "/v1/workflows/runs"
    async with (
        aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
        ) as session,
        session.post(
            url,
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
            },
            timeout=aiohttp.ClientTimeout(total=60),
        ) as response,
    ):
        if response.status != 200:
            raise RuntimeError(await response.text())
        data = await response.json()
    return data["output"]["message"]
