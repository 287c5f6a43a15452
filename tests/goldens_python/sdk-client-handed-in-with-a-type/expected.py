"""An agent that is handed its client."""

import os
import typing

from openai import AsyncOpenAI


def checked_text(response: typing.Any) -> str:
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


class Agent:
    """Asks an assistant."""

    def __init__(self, client: AsyncOpenAI, assistant_id: str) -> None:
        self.client = client
        self.assistant_id = assistant_id

    async def answer(self, question: str) -> str:
        """Ask on a thread of its own."""
        run = await self.client.responses.create(model="gpt-6-luna", input=question)
        if run.status != "completed":
            raise RuntimeError(f"run {run.status}: {run.error}")
        return checked_text(run)


async def ask(question: str) -> str:
    """Ask with a client of this file's own."""
    async with AsyncOpenAI() as client:
        return await Agent(client, os.environ["WORKFLOW_ID"]).answer(question)
