import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
threads: dict[str, str] = {}


def thread_of(user: str) -> str:
    if user not in threads:
        # Each person has a thread of their own.
        thread = client.beta.threads.create(metadata={"user": user})
        threads[user] = thread.id
    return threads[user]


def ask(question: str, user: str = "ann") -> str:
    thread_id = thread_of(user)
    # Add the question to the thread
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=question)
    # Run it
    run = client.beta.threads.runs.create(
        thread_id=thread_id, assistant_id=os.environ["WORKFLOW_ID"]
    )
    while True:
        run_status = client.beta.threads.runs.retrieve(thread_id=thread_id, run_id=run.id)
        print(f"Run {run.id}: {run_status.status}")
        if run_status.status == "completed":
            break
        time.sleep(1)
    messages = client.beta.threads.messages.list(thread_id=thread_id)
    newest = messages.data[0]
    return newest.content[0].text.value
