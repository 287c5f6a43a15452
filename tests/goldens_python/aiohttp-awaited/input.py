import os

import aiohttp


async def ask(question):
    session = aiohttp.ClientSession()
    try:
        response = await session.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
        )
        data = await response.json()
        answer = data["output"]["message"]
    finally:
        await session.close()
    return answer
