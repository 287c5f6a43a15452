import os
import typing

from openai import OpenAI

client = OpenAI(max_retries=0)


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


class Describer:
    def __init__(self, assistant_id: str) -> None:
        self.assistant_id = assistant_id

    def describe(self, product: str) -> str:
        conversation = client.conversations.create()
        run = client.responses.create(
            model="gpt-6-luna",
            conversation=conversation.id,
            input=product,
        )
        if run.status == "completed":
            checked_text(run)
        if run.status != "completed":
            raise RuntimeError(f"response {run.status} on {conversation.id}")
        messages = messages_of(
            client.conversations.items.list(conversation.id),
        )
        for message in messages:
            if message.role == "assistant":
                return str(message.content[0].text)
        return "nothing"


def ask(question: str) -> str:
    return Describer(os.environ["WORKFLOW_ID"]).describe(question)
