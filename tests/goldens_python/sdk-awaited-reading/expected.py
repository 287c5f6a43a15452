import os

import openai

client = openai.AsyncOpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


async def ask(question):
    run = await client.responses.create(
        model="gpt-6-luna",
        input=[
            {"role": "assistant", "content": "How can I help?"},
            {"role": "user", "content": question},
        ],
    )
    if run.status == "completed":
        if not run.output_text:
            raise RuntimeError("OpenAI response has no text")
        return run.output_text
    else:
        raise RuntimeError(f"response {run.status}")
