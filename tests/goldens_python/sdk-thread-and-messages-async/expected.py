import os

from openai import AsyncOpenAI


async def ask(question: str) -> str:
    client = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"], max_retries=0)
    # Run it
    run = await client.responses.create(
        model="gpt-6-luna",
        instructions="Be brief.",
        input=f"{question}",
    )
    if run.status == "completed":
        if not run.output_text:
            raise RuntimeError("OpenAI response has no text")
        return run.output_text
    raise RuntimeError(f"response {run.status}: {run.error}")
