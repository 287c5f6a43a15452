import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


def wait_for(thread_id: str, run_id: str) -> None:
    while True:
        run = client.beta.threads.runs.retrieve(thread_id=thread_id, run_id=run_id)
        if run.completed_at:
            print(f"{run.completed_at - run.created_at} seconds")
            break
        time.sleep(1)


def ask(question: str) -> str:
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread_id=thread.id, role="user", content=question)
    run = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT)
    wait_for(thread.id, run.id)
    messages = client.beta.threads.messages.list(thread_id=thread.id)
    answer: str = messages.data[0].content[0].text.value
    return answer
