"""An agent that is handed its client."""

import os

from openai import AsyncOpenAI


class Agent:
    """Asks an assistant."""

    def __init__(self, client: AsyncOpenAI, assistant_id: str) -> None:
        self.client = client
        self.assistant_id = assistant_id

    async def answer(self, question: str) -> str:
        """Ask on a thread of its own."""
        run = await self.client.beta.threads.create_and_run_poll(
            assistant_id=self.assistant_id,
            thread={"messages": [{"role": "user", "content": question}]},
        )
        if run.status != "completed":
            raise RuntimeError(f"run {run.status}: {run.last_error}")
        messages = await self.client.beta.threads.messages.list(thread_id=run.thread_id)
        return messages.data[0].content[0].text.value


async def ask(question: str) -> str:
    """Ask with a client of this file's own."""
    async with AsyncOpenAI() as client:
        return await Agent(client, os.environ["WORKFLOW_ID"]).answer(question)
