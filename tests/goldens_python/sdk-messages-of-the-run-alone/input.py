import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    run = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT)
    while run.status in ("queued", "in_progress"):
        time.sleep(1)
        run = client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
    if run.status != "completed":
        raise RuntimeError(f"The response ended as {run.status}")
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    # What was said for this question
    answers = [
        message
        for message in messages
        if message.run_id == run.id and message.role == "assistant"
    ]
    return "".join(answer.content[0].text.value for answer in reversed(answers))
