import os

from openai import AsyncOpenAI


async def ask(question: str) -> str:
    client = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"], max_retries=0)
    thread = await client.beta.threads.create()
    await client.beta.threads.messages.create(
        thread_id=thread.id,
        role="user",
        content=f"{question}",
    )
    # Run it
    run = await client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=os.environ["WORKFLOW_ID"],
    )
    if run.status == "completed":
        messages = await client.beta.threads.messages.list(thread_id=thread.id)
        return messages.data[0].content[0].text.value
    raise RuntimeError(f"response {run.status}: {run.last_error}")
