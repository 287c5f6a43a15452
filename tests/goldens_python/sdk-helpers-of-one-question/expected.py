import os
import time
import typing

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


def start(thread_id):
    run = client.responses.create(
        model="gpt-6-luna",
        instructions="Answer in one sentence.",
        conversation=thread_id,
        input=[],
    )
    if run.status in ("completed", "incomplete"):
        checked_text(run)
    return run


def wait_until_done(thread_id, run_id):
    while True:
        run = client.responses.retrieve(run_id)
        if run.status == "completed":
            return
        elif run.status in ["failed", "cancelled", "expired"]:
            raise RuntimeError(f"response {run.status}: {run.error}")
        time.sleep(1)


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


def newest_text(thread_id):
    page = messages_of(client.conversations.items.list(thread_id, order="desc").data)
    return page[0].content[0].text


def ask(question):
    thread_id = open_thread()
    add_question(thread_id, question)
    run = start(thread_id)
    wait_until_done(thread_id, run.id)
    return newest_text(thread_id)
