"""A desk that keeps the thread of its visitor."""

import os
import time

import requests


class Desk:
    def __init__(self, assistant):
        self.assistant = assistant
        self.root = "https://api.openai.com/v1"
        self.headers = {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        }
        self.thread = None
        self.run = None

    def open(self):
        response = requests.post(f"{self.root}/threads", headers=self.headers, timeout=30)
        response.raise_for_status()
        self.thread = response.json().get("id")

    def say(self, text):
        response = requests.post(
            f"{self.root}/threads/{self.thread}/messages",
            headers=self.headers,
            json={"role": "user", "content": text},
            timeout=30,
        )
        if not response.ok:
            raise RuntimeError(response.text)

    def start(self):
        response = requests.post(
            f"{self.root}/threads/{self.thread}/runs",
            headers=self.headers,
            json={"assistant_id": self.assistant},
            timeout=30,
        )
        response.raise_for_status()
        self.run = response.json()

    def look(self):
        response = requests.get(
            f"{self.root}/threads/{self.thread}/runs/{self.run['id']}",
            headers=self.headers,
            timeout=30,
        )
        response.raise_for_status()
        self.run = response.json()

    def heard(self):
        response = requests.get(
            f"{self.root}/threads/{self.thread}/messages",
            headers=self.headers,
            params={"order": "desc", "limit": 1},
            timeout=30,
        )
        response.raise_for_status()
        return response.json()["data"]

    def answer(self, question):
        if self.thread is None:
            self.open()
        self.say(question)
        self.start()
        while self.run["status"] in ("queued", "in_progress"):
            time.sleep(1)
            self.look()
        if self.run["status"] != "completed":
            raise RuntimeError(f"the run is {self.run['status']}: {self.run['last_error']}")
        return self.heard()[0]["content"][0]["text"]["value"]


def ask(question):
    return Desk(os.environ["WORKFLOW_ID"]).answer(question)
