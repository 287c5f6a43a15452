import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)
shelf = {}


def kept(person):
    return shelf.get(person, None)


def keep(person, thread_id):
    shelf[person] = thread_id


def run_on(thread):
    assistant = client.beta.assistants.retrieve(os.environ["WORKFLOW_ID"])
    run = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
    while run.status != "completed":
        time.sleep(0.5)
        run = client.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
    page = client.beta.threads.messages.list(thread_id=thread.id, limit=50)
    return next(m.content[0].text.value for m in page.data if m.role == "assistant")


def ask(question, person="ann"):
    thread_id = kept(person)
    if thread_id is None:
        thread = client.beta.threads.create()
        keep(person, thread.id)
        thread_id = thread.id
    else:
        thread = client.beta.threads.retrieve(thread_id)
    client.beta.threads.messages.create(thread_id=thread_id, role="user", content=question)
    return run_on(thread)
