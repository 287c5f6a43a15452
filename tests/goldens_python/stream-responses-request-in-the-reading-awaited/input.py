import os

import httpx


async def ask(question):
    async with httpx.AsyncClient() as client:
        text: str = (
            await client.post(
                "https://api.openai.com/v1/workflows/runs",
                headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
                json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
            )
        ).json()["output"]["message"]
        return text
