import os

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def ask(question):
    result = await client.beta.workflows.invoke(
        os.environ["WORKFLOW_ID"], input={"message": question}, version="2"
    )
    return result.output_text
