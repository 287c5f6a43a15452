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


def function_calls(response: Any) -> list[Any]:
    """Give the calls of functions that a response asks for."""
    return [item for item in response.output if item.type == "function_call"]


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
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    answered = run.output_text or function_calls(run)
    if run.status == "completed" and not answered:
        raise RuntimeError("OpenAI response has no text")
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
                reason = error.message if error else incomplete and incomplete.reason
                raise RuntimeError(f"OpenAI response {run.status}: {reason}")
            answered = run.output_text or function_calls(run)
            if run.status == "completed" and not answered:
                raise RuntimeError("OpenAI response has no text")
        elif run.status in ("failed", "incomplete"):
            raise RuntimeError(f"response {run.status}: {run.error}")
    messages = [
        item
        for item in client.conversations.items.list(thread.id, order="desc").data
        if item.type == "message"
    ]
    return messages[0].content[0].text
