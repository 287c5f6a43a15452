"""Ask a workflow, and wait for its run."""

import asyncio
import os

from openai import AsyncOpenAI

client = AsyncOpenAI()


async def ask(question):
    run = await client.workflows.runs.create(
        workflow_id=os.environ["WORKFLOW_ID"],
        input={"message": question},
    )
    done = await wait_for(run.id)
    return done.output_text


async def wait_for(run_id):
    for _ in range(30):
        run = await client.workflows.runs.retrieve(run_id)
        if run.status == "completed":
            return run
        await asyncio.sleep(1)
    raise TimeoutError(run_id)
