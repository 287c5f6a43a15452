import asyncio
import os

import aiohttp

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
}
API = "https://api.openai.com/v1/threads"


class Desk:
    """Answers questions, each person on a thread of their own."""

    def __init__(self, assistant):
        self.assistant = assistant
        self.threads = {}

    async def thread_of(self, session: aiohttp.ClientSession, user):
        if user not in self.threads:
            async with session.post(API, headers=HEADERS, json={}) as response:
                response.raise_for_status()
                made = await response.json()
                self.threads[user] = made["id"]
        return self.threads[user]

    async def add(self, session: aiohttp.ClientSession, thread_id, text):
        async with session.post(
            f"{API}/{thread_id}/messages",
            headers=HEADERS,
            json={"role": "user", "content": text},
        ) as response:
            if response.status != 200:
                raise RuntimeError(f"not added: {await response.text()}")

    async def start(self, session: aiohttp.ClientSession, thread_id):
        async with session.post(
            f"{API}/{thread_id}/runs",
            headers=HEADERS,
            json={
                "assistant_id": self.assistant,
                "instructions": "Be brief.",
            },
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def wait(self, session: aiohttp.ClientSession, thread_id, run_id):
        while True:
            # not too often
            await asyncio.sleep(1)
            url = f"{API}/{thread_id}/runs/{run_id}"
            async with session.get(url, headers=HEADERS) as response:
                run = await response.json()
                if run["status"] not in ["queued", "in_progress"]:
                    return run

    async def read(self, session: aiohttp.ClientSession, thread_id):
        url = f"{API}/{thread_id}/messages?limit=5"
        async with session.get(url, headers=HEADERS) as response:
            response.raise_for_status()
            return await response.json()

    async def answer(self, question, user="ann"):
        async with aiohttp.ClientSession() as session:
            thread_id = await self.thread_of(session, user)
            await self.add(session, thread_id, question)
            run = await self.start(session, thread_id)
            await self.wait(session, thread_id, run["id"])
            messages = await self.read(session, thread_id)
            return newest(messages)


def newest(messages):
    for message in messages["data"]:
        if message["role"] == "assistant":
            parts = message["content"]
            return "".join(p["text"]["value"] for p in parts if p["type"] == "text")
    raise RuntimeError("No response")


async def ask(question):
    return await Desk(os.environ["WORKFLOW_ID"]).answer(question)
