import os

from openai import AsyncAssistantEventHandler, AsyncOpenAI

client = AsyncOpenAI(max_retries=0)
said = []


class Handler(AsyncAssistantEventHandler):
    async def on_text_delta(self, delta, snapshot) -> None:
        said.append(delta.value)


async def ask(question):
    said.clear()
    thread = await client.beta.threads.create(messages=[{"role": "user", "content": question}])
    async with client.beta.threads.runs.stream(
        thread_id=thread.id,
        assistant_id=os.environ["WORKFLOW_ID"],
        event_handler=Handler(),
    ) as stream:
        await stream.until_done()
    return "".join(said)
