import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
TUTOR = os.environ["WORKFLOW_ID"]


def send(assistant_id, thread, text):
    client.conversations.items.create(
        thread.id,
        items=[{"type": "message", "role": "user", "content": text}],
    )
    run = client.responses.create(
        model="gpt-6-luna",
        conversation=thread.id,
        input=[],
    )
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    return run


def begin(text):
    thread = client.conversations.create()
    run = send(TUTOR, thread, text)
    return thread, run


# Ask again until it is done
def wait_on(run, thread):
    while run.status == "queued" or run.status == "in_progress":
        run = client.responses.retrieve(run.id)
        time.sleep(0.5)
    return run


def messages_of(thread):
    return [
        item
        for item in client.conversations.items.list(thread.id, order="asc")
        if item.type == "message"
    ]


def shown(messages):
    lines = []
    for number, m in enumerate(messages):
        lines.append(f"{number} {m.role}: {m.content[0].text}")
    return "\n".join(lines)


def ask(question):
    thread, run = begin(question)
    run = wait_on(run, thread)
    return shown(messages_of(thread))
