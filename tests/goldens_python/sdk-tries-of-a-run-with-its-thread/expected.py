import time
import typing

from openai import OpenAI

client = OpenAI()
TRIES = 60


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
    conversation = client.conversations.create()
    run = client.responses.create(
        model="gpt-5-mini",
        conversation=conversation.id,
        input=question,
    )
    if run.status in ("completed", "incomplete"):
        checked_text(run)
    for _ in range(TRIES):
        run = client.responses.retrieve(run.id)
        if run.status == "completed":
            break
        if run.status in ("failed", "expired", "cancelled"):
            raise RuntimeError(f"the run {run.status}: {run.error}")
        time.sleep(1)
    else:
        raise TimeoutError(f"no answer after {TRIES} tries")
    listed = messages_of(
        client.conversations.items.list(conversation.id, limit=100).data,
    )
    answer: str = next(m.content[0].text for m in listed if m.role == "assistant")
    return answer
