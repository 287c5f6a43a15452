"""Ask a workflow, and wait for its run."""

import asyncio
import types
import typing

from openai import AsyncOpenAI

client = AsyncOpenAI()


def workflow_answer(answered: typing.Any) -> typing.Any:
    """Give a Responses API answer in the shape that this file reads."""
    all_text = final_text = refusal = ""
    for item in answered.output or []:
        if item.type != "message":
            continue
        for part in item.content:
            if part.type == "refusal":
                refusal = part.refusal
            if part.type == "output_text":
                all_text += part.text
                if getattr(item, "phase", None) == "final_answer":
                    final_text += part.text
    text = final_text or all_text
    if answered.status != "completed" or refusal or not text:
        error, incomplete = answered.error, answered.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"OpenAI response {answered.status}: {why}")
    return types.SimpleNamespace(
        output_text=text,
        id=answered.id,
        status="completed",
    )


async def ask(question):
    run = workflow_answer(
        await client.responses.create(model="gpt-6-luna", input=question),
    )
    done = await wait_for(run.id)
    return done.output_text


async def wait_for(run_id):
    for _ in range(30):
        run = workflow_answer(await client.responses.retrieve(run_id))
        if run.status == "completed":
            return run
        await asyncio.sleep(1)
    raise TimeoutError(run_id)
