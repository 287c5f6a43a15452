import json
from typing import Any

import openai

client = openai.AsyncOpenAI(max_retries=0)
threads = {}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "lookup",
            "description": "The time of day",
            "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}},
            "strict": False,
        },
    },
    {"type": "code_interpreter"},
]


async def now(zone="UTC"):
    return f"12:00 {zone}"


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


async def ask(question, user="ann"):
    if user not in threads:
        threads[user] = (await client.conversations.create()).id
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = await client.responses.create(
        model="gpt-6-luna",
        instructions="Use the functions.",
        conversation=threads[user],
        tools=[
            {
                "type": "function",
                "name": "lookup",
                "description": "The time of day",
                "parameters": {
                    "type": "object",
                    "properties": {"zone": {"type": "string"}},
                },
                "strict": False,
            },
            {"type": "code_interpreter", "container": {"type": "auto"}},
        ],
        input=question,
    )
    if any(item.type == "function_call" for item in run.output):
        tool_calls = [item for item in run.output if item.type == "function_call"]
        print(len(tool_calls), "calls")
        outputs: list[Any] = []
        for tool_call in tool_calls:
            function = tool_call
            if function.name == "lookup":
                said = await now(**json.loads(function.arguments))
                # the answer goes back
                outputs.append(
                    {
                        "type": "function_call_output",
                        "call_id": tool_call.call_id,
                        "output": said,
                    },
                )
        run = await client.responses.create(
            model="gpt-6-luna",
            instructions="Use the functions.",
            conversation=threads[user],
            tools=[
                {
                    "type": "function",
                    "name": "lookup",
                    "description": "The time of day",
                    "parameters": {
                        "type": "object",
                        "properties": {"zone": {"type": "string"}},
                    },
                    "strict": False,
                },
                {"type": "code_interpreter", "container": {"type": "auto"}},
            ],
            input=outputs,
        )
    if run.status == "completed":
        return checked_text(run)
    raise RuntimeError(f"response {run.status}")
