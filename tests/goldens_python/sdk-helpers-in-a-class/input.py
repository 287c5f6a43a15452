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
        self.thread = self.client.beta.threads.create()

    def add(self, role, text):
        if self.thread:
            self.client.beta.threads.messages.create(
                thread_id=self.thread.id, role=role, content=text
            )

    def start(self):
        self.run = self.client.beta.threads.runs.create(
            thread_id=self.thread.id, assistant_id=self.assistant
        )

    def wait(self):
        for _ in range(30):
            state = self.client.beta.threads.runs.retrieve(
                thread_id=self.thread.id, run_id=self.run.id
            )
            if state.status == "completed":
                break
            if state.status == "failed":
                raise RuntimeError(f"response failed: {state.last_error.message}")
            time.sleep(2)

    def answer(self):
        messages = self.client.beta.threads.messages.list(thread_id=self.thread.id)
        for message in messages.data:
            if message.role == "assistant":
                return message.content[0].text.value
        return ""


def ask(question):
    desk = Desk(os.environ["WORKFLOW_ID"])
    desk.open()
    desk.add(role="user", text=question)
    desk.start()
    desk.wait()
    return desk.answer()
