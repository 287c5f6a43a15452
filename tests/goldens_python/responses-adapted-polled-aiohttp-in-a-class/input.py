import asyncio
import os

import aiohttp


class WorkflowClient:
    def __init__(self) -> None:
        self.api_key = os.environ["OPENAI_API_KEY"]
        self.workflow_id = os.environ["WORKFLOW_ID"]
        self.headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
        }

    async def run(self, question: str) -> str:
        async with aiohttp.ClientSession() as session:
            async with session.post(
                f"https://api.openai.com/v1/workflows/{self.workflow_id}/runs",
                headers=self.headers,
                json={"input": {"message": question}},
            ) as resp:
                if resp.status >= 400:
                    raise RuntimeError(await resp.text())
                data = await resp.json()
                run_id = data["id"]
            return await self._poll(session, run_id)

    async def _poll(self, session: aiohttp.ClientSession, run_id: str) -> str:
        while True:
            url = (
                f"https://api.openai.com/v1/workflows/{self.workflow_id}/runs/{run_id}"
            )
            async with session.get(url, headers=self.headers) as resp:
                if resp.status >= 400:
                    raise RuntimeError(await resp.text())
                data = await resp.json()
            if data["status"] == "completed":
                return data["output"]["text"]
            if data["status"] == "failed":
                raise RuntimeError("the workflow failed")
            await asyncio.sleep(0.5)


async def ask(question: str) -> str:
    return await WorkflowClient().run(question)
