import time

from openai import OpenAI

client = OpenAI(max_retries=0)
shelf = {}


def kept(person):
    return shelf.get(person, None)


def keep(person, thread_id):
    shelf[person] = thread_id


def run_on(thread):
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = client.responses.create(model="gpt-6-luna", conversation=thread.id, input=[])
    if run.status != "completed" or not run.output_text:
        error, incomplete = run.error, run.incomplete_details
        reason = error.message if error else incomplete and incomplete.reason
        raise RuntimeError(f"OpenAI response {run.status}: {reason}")
    while run.status != "completed":
        time.sleep(0.5)
        run = client.responses.retrieve(run.id)
    page = [
        item
        for item in client.conversations.items.list(thread.id, limit=50).data
        if item.type == "message"
    ]
    return next(m.content[0].text for m in page if m.role == "assistant")


def ask(question, person="ann"):
    thread_id = kept(person)
    if thread_id is None:
        thread = client.conversations.create()
        keep(person, thread.id)
        thread_id = thread.id
    else:
        thread = client.conversations.retrieve(thread_id)
    client.conversations.items.create(
        thread_id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    return run_on(thread)
