import os
from typing import Any

from openai import AsyncOpenAI


def checked_text(response: Any) -> str:
    """Give the text of a response's answer, or raise what it ended with."""
    if response.status != "completed":
        error, incomplete = response.error, response.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {response.status}: {reason}")
    text = ""
    for item in response.output:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        for part in item.content:
            if part.type == "refusal":
                raise RuntimeError(f"OpenAI response refused: {part.refusal}")
            if part.type == "output_text":
                text += part.text
    if not text:
        raise RuntimeError("OpenAI response has no text")
    return text


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
                return checked_text(run)
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
