import asyncio
import os

import openai

client = openai.AsyncOpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


async def ask(question):
    thread = await client.beta.threads.create(
        messages=[
            {"role": "assistant", "content": "How can I help?"},
            {"role": "user", "content": question},
        ]
    )
    run = await client.beta.threads.runs.create(thread.id, assistant_id=ASSISTANT)
    while run.status not in ("completed", "failed", "cancelled", "expired"):
        await asyncio.sleep(1)
        run = await client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
    if run.status == "completed":
        return (
            (await client.beta.threads.messages.list(thread_id=thread.id))
            .data[0]
            .content[0]
            .text.value
        )
    else:
        raise RuntimeError(f"response {run.status}")
