import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def create_run(thread_id: str):
    return await client.beta.threads.runs.create(
        thread_id=thread_id, assistant_id=os.environ["WORKFLOW_ID"]
    )


async def wait_on(run, thread_id: str):
    while run.status in ("queued", "in_progress"):
        run = await client.beta.threads.runs.retrieve(run.id, thread_id=thread_id)
        await asyncio.sleep(0.5)
    return run


async def reply_on(thread_id: str):
    page = await client.beta.threads.messages.list(thread_id=thread_id, limit=1)
    parts = page.data[0].content
    texts = [part.text.value for part in parts if part.type == "text"]
    return "".join(texts)


async def ask(question: str):
    thread = await client.beta.threads.create()
    await client.beta.threads.messages.create(thread.id, role="user", content=question)
    run = await wait_on(await create_run(thread.id), thread.id)
    if run.status != "completed":
        raise RuntimeError(f"response {run.status}: {run.last_error}")
    return await reply_on(thread.id)
