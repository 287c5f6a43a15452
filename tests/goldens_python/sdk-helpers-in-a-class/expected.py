import os
import time
import typing

from openai import OpenAI


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


class Desk:
    def __init__(self, assistant):
        self.client = OpenAI(max_retries=0)
        self.assistant = assistant
        self.thread = None
        self.run = None

    def open(self):
        self.thread = self.client.conversations.create()

    def add(self, role, text):
        if self.thread:
            self.client.conversations.items.create(
                self.thread.id,
                items=[{"type": "message", "role": role, "content": text}],
            )

    def start(self):
        self.run = self.client.responses.create(
            model="gpt-6-luna",
            conversation=self.thread.id,
            input=[],
        )
        if self.run.status in ("completed", "cancelled", "incomplete"):
            checked_text(self.run)

    def wait(self):
        for _ in range(30):
            state = self.client.responses.retrieve(self.run.id)
            if state.status == "completed":
                break
            if state.status == "failed":
                raise RuntimeError(f"response failed: {state.error.message}")
            time.sleep(2)

    def answer(self):
        messages = messages_of(
            self.client.conversations.items.list(self.thread.id, limit=100).data,
        )
        for message in messages:
            if message.role == "assistant":
                return message.content[0].text
        return ""


def ask(question):
    desk = Desk(os.environ["WORKFLOW_ID"])
    desk.open()
    desk.add(role="user", text=question)
    desk.start()
    desk.wait()
    return desk.answer()
