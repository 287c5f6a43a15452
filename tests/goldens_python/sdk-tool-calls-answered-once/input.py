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


async def ask(question, user="ann"):
    assistant = await client.beta.assistants.create(
        name="Clock", model="gpt-6-luna", tools=TOOLS, metadata={"team": "clocks"}
    )
    if user not in threads:
        threads[user] = (await client.beta.threads.create()).id
    await client.beta.threads.messages.create(threads[user], role="user", content=question)
    run = await client.beta.threads.runs.create_and_poll(
        thread_id=threads[user], assistant_id=assistant.id
    )
    if run.status == "requires_action":
        tool_calls = run.required_action.submit_tool_outputs.tool_calls
        print(len(tool_calls), "calls")
        outputs: list[Any] = []
        for tool_call in tool_calls:
            function = tool_call.function
            if function.name == "lookup":
                said = await now(**json.loads(function.arguments))
                # the answer goes back
                outputs.append({"tool_call_id": tool_call.id, "output": said})
        run = await client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=threads[user], tool_outputs=outputs
        )
    if run.status == "completed":
        page = await client.beta.threads.messages.list(thread_id=threads[user])
        return page.data[0].content[0].text.value
    raise RuntimeError(f"response {run.status}")
