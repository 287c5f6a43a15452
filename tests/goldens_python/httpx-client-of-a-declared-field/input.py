import os

import httpx

WORKFLOW_ID = os.environ["WORKFLOW_ID"]


class Workflow:
    client: httpx.AsyncClient
    base_url: str = "https://api.openai.com/v1"

    def __init__(self, client) -> None:
        self.client = client

    async def run(self, question: str) -> str:
        response = await self.client.post(
            f"{self.base_url}/workflows/{WORKFLOW_ID}/runs",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"input": {"message": question}},
        )
        response.raise_for_status()
        data = response.json()
        return data["output"]["message"]


async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=30) as client:
        return await Workflow(client).run(question)
