import os
import time

from openai import OpenAI

client = OpenAI(max_retries=0)


class Person:
    name = "Ada"
    thread_id = None

    def save(self):
        print("saved")


def ask(question, person=None):
    person = person or Person()
    if not person.thread_id:
        thread = client.beta.threads.create(metadata={"person": person.name})
        person.thread_id = thread.id
        person.save()

    client.beta.threads.messages.create(
        thread_id=person.thread_id, role="user", content=question
    )
    run = client.beta.threads.runs.create(
        thread_id=person.thread_id,
        assistant_id=os.environ["ASSISTANT_ID"],
        additional_instructions=f"You talk with {person.name}.",
        # temperature=0.2,
    )
    deadline = time.monotonic() + 30
    while run.status in ["queued", "in_progress"]:
        if time.monotonic() > deadline:
            client.beta.threads.runs.cancel(run.id, thread_id=person.thread_id)
            raise TimeoutError(run.status)
        time.sleep(0.5)
        run = client.beta.threads.runs.retrieve(run.id, thread_id=person.thread_id)
    if run.status != "completed":
        raise RuntimeError(f"assistant {run.status}")

    messages = client.beta.threads.messages.list(thread_id=person.thread_id, limit=1)
    return messages.data[0].content[0].text.value
