import os

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def open_thread(question: str):
    thread = await client.beta.threads.create()
    await client.beta.threads.messages.create(thread.id, role="user", content=question)
    return thread


async def answer_on(thread):
    run = await client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=os.environ["WORKFLOW_ID"]
    )
    if run.status != "completed":
        raise RuntimeError(f"response {run.status}: {run.last_error}")
    async for message in client.beta.threads.messages.list(thread_id=thread.id):
        if message.role == "assistant":
            return message.content[0].text.value
    raise RuntimeError("no answer")


async def ask(question: str):
    thread = await open_thread(question)
    answer = await answer_on(thread)
    page = await client.beta.threads.messages.list(thread_id=thread.id, order="asc")
    roles = [message.role async for message in page]
    print(len(roles))
    return answer
