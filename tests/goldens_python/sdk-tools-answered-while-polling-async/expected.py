import asyncio
from typing import Any

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)
TOOLS = [{"type": "function", "function": {"name": "lookup"}}]


def function_calls(response: Any) -> list[Any]:
    """Give the calls of functions that a response asks for."""
    return [item for item in response.output if item.type == "function_call"]


async def start(thread_id):
    run = await client.responses.create(
        model="gpt-6-luna",
        conversation=thread_id,
        tools=[
            {"type": "function", "name": "lookup", "parameters": None, "strict": False},
        ],
        input=[],
    )
    answered = run.output_text or function_calls(run)
    if run.status != "completed" or not answered:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run


async def finish(first, thread_id):
    run_id = first.id
    for _ in range(60):
        state = await client.responses.retrieve(run_id)
        if state.status == "completed" and not function_calls(state):
            return state
        if function_calls(state):
            calls = function_calls(state)
            outputs: list[Any] = []
            for c in calls:
                outputs.append(
                    {
                        "type": "function_call_output",
                        "call_id": c.call_id,
                        "output": "12:00",
                    },
                )
            run = await client.responses.create(
                model="gpt-6-luna",
                conversation=thread_id,
                tools=[
                    {
                        "type": "function",
                        "name": "lookup",
                        "parameters": None,
                        "strict": False,
                    },
                ],
                input=outputs,
            )
            answered = run.output_text or function_calls(run)
            if run.status != "completed" or not answered:
                error, incomplete = run.error, run.incomplete_details
                reason = error.message if error else incomplete and incomplete.reason
                raise RuntimeError(f"OpenAI response {run.status}: {reason}")
            run_id = run.id
        await asyncio.sleep(0.5)
    raise TimeoutError("no answer")


async def ask(question):
    thread = await client.conversations.create(
        items=[{"role": "user", "content": question}],
    )
    last = await finish(await start(thread.id), thread.id)
    print("done", last.id)
    page = [
        item
        for item in (await client.conversations.items.list(thread.id)).data
        if item.type == "message"
    ]
    return page[0].content[0].text
