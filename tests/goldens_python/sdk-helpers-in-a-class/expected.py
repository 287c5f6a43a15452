import os
import time

from openai import OpenAI


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
        if self.run.status in ("cancelled", "incomplete"):
            error, incomplete = self.run.error, self.run.incomplete_details
            reason = error.message if error else incomplete and incomplete.reason
            raise RuntimeError(f"OpenAI response {self.run.status}: {reason}")
        if self.run.status == "completed" and not self.run.output_text:
            raise RuntimeError("OpenAI response has no text")

    def wait(self):
        for _ in range(30):
            state = self.client.responses.retrieve(self.run.id)
            if state.status == "completed":
                break
            if state.status == "failed":
                raise RuntimeError(f"response failed: {state.error.message}")
            time.sleep(2)

    def answer(self):
        messages = [
            item
            for item in self.client.conversations.items.list(self.thread.id).data
            if item.type == "message"
        ]
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
