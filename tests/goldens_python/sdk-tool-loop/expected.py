import json
from typing import Any

from openai import OpenAI

client = OpenAI(max_retries=0)


def weather(city="Berlin"):
    return {"city": city, "degrees": 21, "at": "12:00"}


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


def ask(question):
    run = client.responses.create(
        model="gpt-6.1-sol",
        tools=[
            {
                "type": "function",
                "name": "weather",
                "parameters": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}},
                },
                "strict": False,
            },
        ],
        input=question,
    )
    # Call the functions that it asks for
    while any(item.type == "function_call" for item in run.output):
        tool_outputs: list[Any] = []
        for tool in [item for item in run.output if item.type == "function_call"]:
            given = json.loads(tool.arguments)
            print("calling", tool.name)
            tool_outputs.append(
                {
                    "type": "function_call_output",
                    "call_id": tool.call_id,
                    "output": json.dumps(weather(**given)),
                },
            )
        run = client.responses.create(
            model="gpt-6.1-sol",
            previous_response_id=run.id,
            tools=[
                {
                    "type": "function",
                    "name": "weather",
                    "parameters": {
                        "type": "object",
                        "properties": {"city": {"type": "string"}},
                    },
                    "strict": False,
                },
            ],
            input=tool_outputs,
        )
    if run.status != "completed":
        raise RuntimeError(f"response {run.status}")
    return checked_text(run)
