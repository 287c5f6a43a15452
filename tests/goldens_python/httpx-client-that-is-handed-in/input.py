import os

import httpx


async def answer_to(client, question):
    response = await client.post(
        "/workflows/runs",
        json={
            "workflow_id": os.environ["WORKFLOW_ID"],
            "input": {"message": question},
        },
    )
    response.raise_for_status()
    return response.json()["output"]["message"]


async def ask(question):
    async with httpx.AsyncClient(
        base_url="https://api.openai.com/v1",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    ) as http:
        return await answer_to(http, question)
