import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)


def error(text):
    return RuntimeError(f"response: {text}")


def ask(question):
    run = client.beta.threads.create_and_run(
        assistant_id=os.environ["WORKFLOW_ID"],
        thread={"messages": [{"role": "user", "content": question}]},
    )
    while run.status == "queued" or run.status == "in_progress":
        print("waiting", run.status)
        time.sleep(1)
        run = client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    if run.status == "failed":
        raise error(run.last_error.message)
    if run.status != "completed":
        raise error(run.status)
    messages = client.beta.threads.messages.list(
        thread_id=run.thread_id, run_id=run.id, limit=1
    )
    return messages.data[0].content[0].text.value
