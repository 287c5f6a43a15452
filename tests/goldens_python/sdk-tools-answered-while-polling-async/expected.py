import asyncio
from typing import Any

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)
TOOLS = [{"type": "function", "function": {"name": "lookup"}}]


def checked_text(response: Any) -> str:
    """Give the text of a response's answer, or raise what it ended with."""
    if response.status != "completed":
        error, incomplete = response.error, response.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {response.status}: {reason}")
    text = ""
    for item in response.output:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        for part in item.content:
            if part.type == "refusal":
                raise RuntimeError(f"OpenAI response refused: {part.refusal}")
            if part.type == "output_text":
                text += part.text
    if not text:
        raise RuntimeError("OpenAI response has no text")
    return text


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
    if run.status in ("failed", "cancelled", "incomplete"):
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    if run.status == "completed" and not function_calls(run):
        checked_text(run)
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
            if run.status in ("failed", "cancelled", "incomplete"):
                error, incomplete = run.error, run.incomplete_details
                reason = error.message if error else None
                if not reason and incomplete:
                    reason = incomplete.reason
                raise RuntimeError(f"OpenAI response {run.status}: {reason}")
            if run.status == "completed" and not function_calls(run):
                checked_text(run)
            run_id = run.id
        await asyncio.sleep(0.5)
    raise TimeoutError("no answer")


def messages_of(
    items: Any,
    *,
    newest_first: bool = True,
) -> list[Any]:
    """Give a conversation's messages; one answer in several is one of them."""
    messages: list[Any] = []
    for item in items:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        parts = list(item.content)
        if messages and item.role == messages[-1].role == "assistant":
            other = messages.pop().content
            parts = parts + other if newest_first else other + parts
        said = [part for part in parts if part.type == "output_text"]
        if len(said) > 1:
            whole = "".join(part.text for part in said)
            joined = said[0].model_copy(update={"text": whole})
            others = [part for part in parts if part.type != "output_text"]
            parts = [joined, *others]
        messages.append(item.model_copy(update={"content": parts}))
    return messages


async def ask(question):
    thread = await client.conversations.create(
        items=[{"role": "user", "content": question}],
    )
    last = await finish(await start(thread.id), thread.id)
    print("done", last.id)
    page = messages_of((await client.conversations.items.list(thread.id)).data)
    return page[0].content[0].text
