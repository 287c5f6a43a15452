import json
from typing import Any

from openai import OpenAI

client = OpenAI(max_retries=0)


def weather(city="Berlin"):
    return {"city": city, "degrees": 21, "at": "12:00"}


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
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run.output_text
