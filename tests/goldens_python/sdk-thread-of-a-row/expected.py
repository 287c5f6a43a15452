import time
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)


class Person:
    name = "Ada"
    thread_id = None

    def save(self):
        print("saved")


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


def ask(question, person=None):
    person = person or Person()
    if not person.thread_id:
        thread = client.conversations.create(metadata={"person": person.name})
        person.thread_id = thread.id
        person.save()

    client.conversations.items.create(
        person.thread_id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    # temperature=0.2,
    run = client.responses.create(
        model="gpt-6-luna",
        instructions=f"You talk with {person.name}.",
        conversation=person.thread_id,
        input=[],
    )
    if run.status == "completed":
        checked_text(run)
    deadline = time.monotonic() + 30
    while run.status in ["queued", "in_progress"]:
        if time.monotonic() > deadline:
            client.responses.cancel(run.id)
            raise TimeoutError(run.status)
        time.sleep(0.5)
        run = client.responses.retrieve(run.id)
    if run.status != "completed":
        raise RuntimeError(f"assistant {run.status}")

    messages = messages_of(client.conversations.items.list(person.thread_id).data)[:1]
    return messages[0].content[0].text
