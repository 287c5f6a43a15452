import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT_ID = os.environ["WORKFLOW_ID"]


def open_thread():
    thread = client.conversations.create(metadata={"app": "desk"})
    return thread.id


def add_question(thread_id, text):
    # One question at a time
    client.conversations.items.create(
        thread_id,
        items=[{"type": "message", "role": "user", "content": text}],
    )


def start(thread_id):
    run = client.responses.create(
        model="gpt-6-luna",
        instructions="Answer in one sentence.",
        conversation=thread_id,
        input=[],
    )
    if run.status == "incomplete":
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    if run.status == "completed" and not run.output_text:
        raise RuntimeError("OpenAI response has no text")
    return run


def wait_until_done(thread_id, run_id):
    while True:
        run = client.responses.retrieve(run_id)
        if run.status == "completed":
            return
        elif run.status in ["failed", "cancelled", "expired"]:
            raise RuntimeError(f"response {run.status}: {run.error}")
        time.sleep(1)


def newest_text(thread_id):
    page = [
        item
        for item in client.conversations.items.list(thread_id, order="desc").data
        if item.type == "message"
    ]
    return page[0].content[0].text


def ask(question):
    thread_id = open_thread()
    add_question(thread_id, question)
    run = start(thread_id)
    wait_until_done(thread_id, run.id)
    return newest_text(thread_id)
