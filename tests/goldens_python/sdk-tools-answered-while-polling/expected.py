import json
import time
from typing import Any

from openai import OpenAI

client = OpenAI(max_retries=0)
LOOKUP = {
    "type": "function",
    "function": {
        "name": "lookup",
        "description": "Tell the time.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def lookup(city="here"):
    return {"city": city, "time": "12:00"}


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


def ask(question):
    thread = client.conversations.create()
    client.conversations.items.create(
        thread.id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    run = client.responses.create(
        model="gpt-6-luna",
        conversation=thread.id,
        tools=[
            {
                "type": "function",
                "name": "lookup",
                "description": "Tell the time.",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}},
                },
                "strict": False,
            },
        ],
        input=[],
    )
    if run.status == "cancelled":
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    if run.status == "completed" and not function_calls(run):
        checked_text(run)
    while run.status != "completed" or function_calls(run):
        time.sleep(0.5)
        run = client.responses.retrieve(run.id)
        if function_calls(run):
            # Call what it asks for
            outputs: list[Any] = []
            for call in function_calls(run):
                print("calling", call.name)
                found = lookup(**json.loads(call.arguments))
                outputs.append(
                    {
                        "type": "function_call_output",
                        "call_id": call.call_id,
                        "output": json.dumps(found),
                    },
                )
            run = client.responses.create(
                model="gpt-6-luna",
                conversation=thread.id,
                tools=[
                    {
                        "type": "function",
                        "name": "lookup",
                        "description": "Tell the time.",
                        "parameters": {
                            "type": "object",
                            "properties": {"city": {"type": "string"}},
                        },
                        "strict": False,
                    },
                ],
                input=outputs,
            )
            if run.status == "cancelled":
                error, incomplete = run.error, run.incomplete_details
                reason = error.message if error else None
                if not reason and incomplete:
                    reason = incomplete.reason
                raise RuntimeError(f"OpenAI response {run.status}: {reason}")
            if run.status == "completed" and not function_calls(run):
                checked_text(run)
        elif run.status in ("failed", "incomplete"):
            raise RuntimeError(f"response {run.status}: {run.error}")
    messages = messages_of(
        client.conversations.items.list(thread.id, order="desc").data,
    )
    return messages[0].content[0].text
