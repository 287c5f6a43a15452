import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def create_run(thread_id: str):
    run = await client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        input=[],
    )
    if run.status == "completed" and not run.output_text:
        raise RuntimeError("OpenAI response has no text")
    return run


async def wait_on(run, thread_id: str):
    while run.status in ("queued", "in_progress"):
        run = await client.responses.retrieve(run.id)
        await asyncio.sleep(0.5)
    return run


async def reply_on(thread_id: str):
    page = [
        item
        for item in (await client.conversations.items.list(thread_id)).data
        if item.type == "message"
    ][:1]
    parts = page[0].content
    texts = [part.text for part in parts if part.type in ("input_text", "output_text")]
    return "".join(texts)


async def ask(question: str):
    thread = await client.conversations.create()
    await client.conversations.items.create(
        thread.id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    run = await wait_on(await create_run(thread.id), thread.id)
    if run.status != "completed":
        raise RuntimeError(f"response {run.status}: {run.error}")
    return await reply_on(thread.id)
