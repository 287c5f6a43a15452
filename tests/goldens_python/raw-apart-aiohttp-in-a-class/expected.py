import asyncio
import os
import typing

import aiohttp

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}
API = "https://api.openai.com/v1/threads"


def run_of(answer: typing.Any) -> typing.Any:
    """Give a Response as the run that this file waits for."""
    if "status" not in answer:
        return answer  # an error of the API
    status = answer["status"]
    details = answer.get("error") or answer.get("incomplete_details") or {}
    run = {key: value for key, value in answer.items() if key != "error"}
    run["thread_id"] = (answer.get("conversation") or {}).get("id")
    if status in ("failed", "cancelled", "incomplete"):
        reason = details.get("message") or details.get("reason")
        raise RuntimeError(f"Response {status}: {reason}")
    if status == "completed":
        output = answer["output"]
        items = [item for item in output if item["type"] == "message"]
        parts = [part for item in items for part in item["content"]]
        refused = [part for part in parts if part["type"] == "refusal"]
        if refused:
            raise RuntimeError("The model refused: " + refused[0]["refusal"])
        if not any(part.get("text") for part in parts):
            raise RuntimeError("No response from the model (no text)")
    return {**run, "last_error": None}


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    items = answer.get("data")
    if items is None:
        return answer  # an error of the API
    messages: list[typing.Any] = []
    for item in items:
        if item["type"] != "message" or item.get("phase") == "commentary":
            continue
        text = "".join(part.get("text", "") for part in item["content"])
        if messages and item["role"] == messages[-1]["role"] == "assistant":
            # one answer in several messages
            parts = messages.pop()["content"]
            other = "".join(part["text"]["value"] for part in parts)
            text = text + other
        content = [{"type": "text", "text": {"value": text}}] if text else []
        messages.append({**item, "content": content})
    return {**answer, "data": messages}


class Desk:
    """Answers questions, each person on a thread of their own."""

    def __init__(self, assistant):
        self.assistant = assistant
        self.threads = {}

    async def thread_of(self, session: aiohttp.ClientSession, user):
        if user not in self.threads:
            async with session.post(
                "https://api.openai.com/v1/conversations",
                headers=HEADERS,
                json={},
            ) as response:
                response.raise_for_status()
                made = await response.json()
                self.threads[user] = made["id"]
        return self.threads[user]

    async def add(self, session: aiohttp.ClientSession, thread_id, text):
        async with session.post(
            f"https://api.openai.com/v1/conversations/{thread_id}/items",
            headers=HEADERS,
            json={"items": [{"type": "message", "role": "user", "content": text}]},
        ) as response:
            if response.status != 200:
                raise RuntimeError(f"not added: {await response.text()}")

    async def start(self, session: aiohttp.ClientSession, thread_id):
        # Stored thread_... ids ended with the Assistants API;
        # a conversation has an id of its own.
        async with session.post(
            "https://api.openai.com/v1/responses",
            headers=HEADERS,
            json={
                "model": "gpt-6-luna",
                "instructions": "Be brief.",
                "conversation": thread_id,
                "input": [],
            },
        ) as response:
            response.raise_for_status()
            return run_of(await response.json())

    async def wait(self, session: aiohttp.ClientSession, thread_id, run_id):
        while True:
            # not too often
            await asyncio.sleep(1)
            url = f"https://api.openai.com/v1/responses/{run_id}"
            async with session.get(url, headers=HEADERS) as response:
                run = run_of(await response.json())
                if run["status"] not in ["queued", "in_progress"]:
                    return run

    async def read(self, session: aiohttp.ClientSession, thread_id):
        url = f"https://api.openai.com/v1/conversations/{thread_id}/items?limit=20"
        async with session.get(url, headers=HEADERS) as response:
            response.raise_for_status()
            return messages_of(await response.json())

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
