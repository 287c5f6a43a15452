import os
from typing import Any

from openai import AsyncOpenAI


class Tutor:
    def __init__(self, assistant: str) -> None:
        self.client = AsyncOpenAI(max_retries=0)
        self.assistant = assistant
        self.thread: Any = None

    async def answer(self, question: str) -> str:
        if self.thread is None:
            self.thread = await self.client.conversations.create(
                items=[{"role": "user", "content": "I am Ann."}],
            )
        try:
            run = await self.client.responses.create(
                model="gpt-6-luna",
                instructions="Be kind.",
                conversation=self.thread.id,
                input=question,
            )
            if run.status == "completed":
                if not run.output_text:
                    raise RuntimeError("OpenAI response has no text")
                return run.output_text
        finally:
            print("asked", self.thread.id)
        raise RuntimeError(f"response {run.status}: {run.error}")

    async def forget(self) -> None:
        if self.thread is not None:
            await self.client.conversations.delete(self.thread.id)
        self.thread = None


tutor = Tutor(os.environ["WORKFLOW_ID"])


async def ask(question: str) -> str:
    found = await tutor.answer(question)
    await tutor.forget()
    return found
