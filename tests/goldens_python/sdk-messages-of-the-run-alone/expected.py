import os
import time
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)
ASSISTANT = os.environ["WORKFLOW_ID"]


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


def ask(question: str) -> str:
    thread = client.conversations.create()
    client.conversations.items.create(
        thread.id,
        items=[{"type": "message", "role": "user", "content": question}],
    )
    run = client.responses.create(model="gpt-5-mini", conversation=thread.id, input=[])
    if run.status == "completed":
        checked_text(run)
    while run.status in ("queued", "in_progress"):
        time.sleep(1)
        run = client.responses.retrieve(run.id)
    if run.status != "completed":
        raise RuntimeError(f"The response ended as {run.status}")
    messages = messages_of(client.responses.retrieve(run.id).output, newest_first=False)
    # What was said for this question
    answers = [message for message in messages if message.role == "assistant"]
    return "".join(answer.content[0].text for answer in reversed(answers))
