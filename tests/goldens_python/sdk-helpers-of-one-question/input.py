import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT_ID = os.environ["WORKFLOW_ID"]


def open_thread():
    thread = client.beta.threads.create(metadata={"app": "desk"})
    return thread.id


def add_question(thread_id, text):
    # One question at a time
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=text)


def start(thread_id):
    run = client.beta.threads.runs.create(
        thread_id=thread_id,
        assistant_id=ASSISTANT_ID,
        additional_instructions="Answer in one sentence.",
    )
    return run


def wait_until_done(thread_id, run_id):
    while True:
        run = client.beta.threads.runs.retrieve(thread_id=thread_id, run_id=run_id)
        if run.status == "completed":
            return
        elif run.status in ["failed", "cancelled", "expired"]:
            raise RuntimeError(f"response {run.status}: {run.last_error}")
        time.sleep(1)


def newest_text(thread_id):
    page = client.beta.threads.messages.list(thread_id=thread_id, order="desc")
    return page.data[0].content[0].text.value


def ask(question):
    thread_id = open_thread()
    add_question(thread_id, question)
    run = start(thread_id)
    wait_until_done(thread_id, run.id)
    return newest_text(thread_id)
