import os
from collections.abc import AsyncIterator

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def pieces(thread_id: str, question: str) -> AsyncIterator[str]:
    await client.beta.threads.messages.create(thread_id, role="user", content=question)
    async with client.beta.threads.runs.stream(
        thread_id=thread_id,
        assistant_id=os.environ["WORKFLOW_ID"],
    ) as stream:
        async for event in stream:
            if event.event == "thread.run.created":
                print("run", event.data.id)
            elif event.event == "thread.message.delta" and event.data.delta.content:
                part = event.data.delta.content[0]
                if part.type == "text" and part.text:
                    yield part.text.value or ""
            elif event.event in ("thread.run.failed", "thread.run.incomplete"):
                raise RuntimeError(f"response {event.data.status}: {event.data.last_error}")


async def ask(question: str) -> str:
    thread = await client.beta.threads.create()
    return "".join([piece async for piece in pieces(thread.id, question)])
