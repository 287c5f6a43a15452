import json
import os
from typing import Any

from openai import OpenAI

client = OpenAI(max_retries=0)


def weather(city="Berlin"):
    return {"city": city, "degrees": 21, "at": "12:00"}


def ask(question):
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id,
        assistant_id=os.environ["WORKFLOW_ID"],
        model="gpt-6.1-sol",
        temperature=0.2,
        tools=[
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
                },
            }
        ],
    )
    # Call the functions that it asks for
    while run.status == "requires_action" and run.required_action:
        tool_outputs: list[Any] = []
        for tool in run.required_action.submit_tool_outputs.tool_calls:
            given = json.loads(tool.function.arguments)
            print("calling", tool.function.name)
            tool_outputs.append({"tool_call_id": tool.id, "output": json.dumps(weather(**given))})
        run = client.beta.threads.runs.submit_tool_outputs_and_poll(
            thread_id=thread.id, run_id=run.id, tool_outputs=tool_outputs
        )
    if run.status != "completed":
        raise RuntimeError(f"response {run.status}")
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    return messages.data[0].content[0].text.value
