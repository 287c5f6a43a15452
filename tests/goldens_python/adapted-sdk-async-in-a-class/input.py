import os

from openai import AsyncOpenAI


class Agent:
    def __init__(self):
        self.client = AsyncOpenAI(max_retries=0)

    async def run(self, question):
        return await self.client.workflows.run(
            workflow_id=os.environ["WORKFLOW_ID"],
            input={"message": question},
            version="2",
        )


async def ask(question):
    result = await Agent().run(question)
    return str(result.output)
