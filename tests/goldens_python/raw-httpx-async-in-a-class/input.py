import asyncio
import os

import httpx

ASSISTANT_ID = os.environ["WORKFLOW_ID"]


class Assistant:
    def __init__(self) -> None:
        self.headers = {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
        }
        self.base = "https://api.openai.com/v1"

    async def answer(self, question: str) -> str:
        async with httpx.AsyncClient(timeout=30) as client:
            created = await client.post(f"{self.base}/threads", headers=self.headers)
            created.raise_for_status()
            thread_id = created.json()["id"]
            await client.post(
                f"{self.base}/threads/{thread_id}/messages",
                headers=self.headers,
                json={"role": "user", "content": question},
            )
            run = (
                await client.post(
                    f"{self.base}/threads/{thread_id}/runs",
                    headers=self.headers,
                    json={"assistant_id": ASSISTANT_ID},
                )
            ).json()
            for _ in range(60):
                await asyncio.sleep(1)
                r = await client.get(
                    f"{self.base}/threads/{thread_id}/runs/{run['id']}",
                    headers=self.headers,
                )
                r.raise_for_status()
                run = r.json()
                if run["status"] == "completed":
                    break
                elif run["status"] in ("failed", "cancelled", "expired"):
                    raise RuntimeError(f"response {run['status']}")
            else:
                raise TimeoutError("no answer in time")
            listed = await client.get(
                f"{self.base}/threads/{thread_id}/messages", headers=self.headers
            )
            messages = listed.json().get("data", [])
            if not messages:
                return "No response"
            return messages[0]["content"][0]["text"]["value"]


async def ask(question: str) -> str:
    return await Assistant().answer(question)
