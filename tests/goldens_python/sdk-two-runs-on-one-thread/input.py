import os

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


def ask(question: str) -> tuple[str, str]:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content="Hello!")
    first = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)
    if first.status != "completed":
        raise RuntimeError(f"response {first.status}")
    greeting = client.beta.threads.messages.list(thread_id=thread.id).data[0].content[0].text.value
    print(greeting)
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    second = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)
    if second.status != "completed":
        raise RuntimeError(f"response {second.status}")
    answer = client.beta.threads.messages.list(thread_id=thread.id).data[0].content[0].text.value
    return answer, thread.id
