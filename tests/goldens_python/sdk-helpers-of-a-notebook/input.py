import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
TUTOR = os.environ["WORKFLOW_ID"]


def send(assistant_id, thread, text):
    client.beta.threads.messages.create(
        thread_id=thread.id, role="user", content=text
    )
    return client.beta.threads.runs.create(
        thread_id=thread.id,
        assistant_id=assistant_id,
    )


def begin(text):
    thread = client.beta.threads.create()
    run = send(TUTOR, thread, text)
    return thread, run


# Ask again until it is done
def wait_on(run, thread):
    while run.status == "queued" or run.status == "in_progress":
        run = client.beta.threads.runs.retrieve(
            thread_id=thread.id,
            run_id=run.id,
        )
        time.sleep(0.5)
    return run


def messages_of(thread):
    return client.beta.threads.messages.list(thread_id=thread.id, order="asc")


def shown(messages):
    lines = []
    for number, m in enumerate(messages):
        lines.append(f"{number} {m.role}: {m.content[0].text.value}")
    return "\n".join(lines)


def ask(question):
    thread, run = begin(question)
    run = wait_on(run, thread)
    return shown(messages_of(thread))
