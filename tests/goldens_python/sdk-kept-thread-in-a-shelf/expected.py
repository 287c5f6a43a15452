import time
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)
shelf = {}


def kept(person):
    return shelf.get(person, None)


def keep(person, thread_id):
    shelf[person] = thread_id


def checked_text(response: typing.Any) -> str:
    """Give the text of a response's answer, or raise what it ended with."""
    if response.status != "completed":
        error, incomplete = response.error, response.incomplete_details
        reason = error.message if error else None
        if not reason and incomplete:
            reason = incomplete.reason
        raise RuntimeError(f"OpenAI response {response.status}: {reason}")
    text = ""
    for item in response.output:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        for part in item.content:
            if part.type == "refusal":
                raise RuntimeError(f"OpenAI response refused: {part.refusal}")
            if part.type == "output_text":
                text += part.text
    if not text:
        raise RuntimeError("OpenAI response has no text")
    return text


def messages_of(
    items: typing.Any,
    *,
    newest_first: bool = True,
) -> list[typing.Any]:
    """Give a conversation's messages; one answer in several is one of them."""
    messages: list[typing.Any] = []
    for item in items:
        # What is said on the way to the answer is marked as commentary.
        phase = getattr(item, "phase", "")
        if item.type != "message" or phase == "commentary":
            continue
        parts = list(item.content)
        if messages and item.role == messages[-1].role == "assistant":
            other = messages.pop().content
            parts = parts + other if newest_first else other + parts
        said = [part for part in parts if part.type == "output_text"]
        if len(said) > 1:
            whole = "".join(part.text for part in said)
            joined = said[0].model_copy(update={"text": whole})
            others = [part for part in parts if part.type != "output_text"]
            parts = [joined, *others]
        messages.append(item.model_copy(update={"content": parts}))
    return messages


def run_on(thread):
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = client.responses.create(model="gpt-6-luna", conversation=thread.id, input=[])
    checked_text(run)
    while run.status != "completed":
        time.sleep(0.5)
        run = client.responses.retrieve(run.id)
    page = messages_of(client.conversations.items.list(thread.id, limit=100).data)[:50]
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
