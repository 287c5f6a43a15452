"""Ask a workflow, and wait for its run."""

import asyncio
import contextlib
import os
import time
import types
import typing

from openai import AsyncOpenAI

client = AsyncOpenAI()


async def workflow_answer(run: typing.Any, client: typing.Any) -> typing.Any:
    """Wait for a run and give its text in the shape that this file reads."""
    threads = client.beta.threads
    if isinstance(run, str):  # an id that this function has made
        thread_id, _, run_id = run.partition("/")
        run = await threads.runs.retrieve(run_id, thread_id=thread_id)
    run_id, thread_id = run.id, run.thread_id
    wait_seconds = 30
    deadline = time.monotonic() + wait_seconds
    poll_delay = 0.5  # seconds, growing
    ended = (
        "completed",
        "failed",
        "cancelled",
        "incomplete",
        "expired",
        "requires_action",
    )
    while run.status not in ended:
        if time.monotonic() >= deadline:
            with contextlib.suppress(Exception):
                await threads.runs.cancel(run_id, thread_id=thread_id)
            why = f"gave up after {wait_seconds} seconds"
            raise TimeoutError(f"Assistant run {run.status}: {why}")
        await asyncio.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run = await threads.runs.retrieve(run_id, thread_id=thread_id)
    texts = []
    refusal = ""
    if run.status == "completed":
        messages = await threads.messages.list(
            thread_id,
            run_id=run_id,
            order="asc",
            limit=100,
        )
        for message in messages.data:
            if message.role != "assistant":
                continue
            for part in message.content:
                if part.type == "refusal":
                    refusal = part.refusal
                if part.type == "text":
                    texts.append(part.text.value)
    text = "\n\n".join(texts)
    if refusal or not text:
        error, incomplete = run.last_error, run.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"Assistant run {run.status}: {why}")
    return types.SimpleNamespace(
        output_text=text,
        id=f"{thread_id}/{run_id}",
        status="completed",
    )


async def ask(question):
    run = await workflow_answer(
        await client.beta.threads.create_and_run(
            assistant_id=os.environ["WORKFLOW_ID"],
            thread={"messages": [{"role": "user", "content": question}]},
        ),
        client,
    )
    done = await wait_for(run.id)
    return done.output_text


async def wait_for(run_id):
    for _ in range(30):
        run = await workflow_answer(run_id, client)
        if run.status == "completed":
            return run
        await asyncio.sleep(1)
    raise TimeoutError(run_id)
