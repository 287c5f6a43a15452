"""A desk that keeps the thread of its visitor."""

import os
import time
import typing

import requests


def run_of(answer: typing.Any) -> typing.Any:
    """Give a Response as the run that this file waits for."""
    if "status" not in answer:
        return answer  # an error of the API
    status = answer["status"]
    details = answer.get("error") or answer.get("incomplete_details") or {}
    run = {key: value for key, value in answer.items() if key != "error"}
    run["thread_id"] = (answer.get("conversation") or {}).get("id")
    if status in ("failed", "cancelled", "incomplete"):
        reason = details.get("message") or details.get("reason")
        failure = {"code": status, "message": reason or status}
        return {**run, "status": "failed", "last_error": failure}
    if status == "completed":
        output = answer["output"]
        items = [item for item in output if item["type"] == "message"]
        parts = [part for item in items for part in item["content"]]
        refused = [part for part in parts if part["type"] == "refusal"]
        if refused:
            raise RuntimeError("The model refused: " + refused[0]["refusal"])
        if not any(part.get("text") for part in parts):
            raise RuntimeError("No response from the model (no text)")
    return {**run, "last_error": None}


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    items = answer.get("data")
    if items is None:
        return answer  # an error of the API
    messages: list[typing.Any] = []
    for item in items:
        if item["type"] != "message" or item.get("phase") == "commentary":
            continue
        text = "".join(part.get("text", "") for part in item["content"])
        if messages and item["role"] == messages[-1]["role"] == "assistant":
            # one answer in several messages
            parts = messages.pop()["content"]
            other = "".join(part["text"]["value"] for part in parts)
            text = text + other
        content = [{"type": "text", "text": {"value": text}}] if text else []
        messages.append({**item, "content": content})
    return {**answer, "data": messages}


class Desk:
    def __init__(self, assistant):
        self.assistant = assistant
        self.root = "https://api.openai.com/v1"
        self.headers = {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        }
        self.thread = None
        self.run = None

    def open(self):
        response = requests.post(
            f"{self.root}/conversations",
            headers=self.headers,
            timeout=30,
        )
        response.raise_for_status()
        self.thread = response.json().get("id")

    def say(self, text):
        response = requests.post(
            f"{self.root}/conversations/{self.thread}/items",
            headers=self.headers,
            json={"items": [{"type": "message", "role": "user", "content": text}]},
            timeout=30,
        )
        if not response.ok:
            raise RuntimeError(response.text)

    def start(self):
        response = requests.post(
            f"{self.root}/responses",
            headers=self.headers,
            json={"model": "gpt-6-luna", "conversation": self.thread, "input": []},
            timeout=30,
        )
        response.raise_for_status()
        self.run = run_of(response.json())

    def look(self):
        response = requests.get(
            f"{self.root}/responses/{self.run['id']}",
            headers=self.headers,
            timeout=30,
        )
        response.raise_for_status()
        self.run = run_of(response.json())

    def heard(self):
        response = requests.get(
            f"{self.root}/conversations/{self.thread}/items",
            headers=self.headers,
            params={"order": "desc", "limit": 20},
            timeout=30,
        )
        response.raise_for_status()
        return messages_of(response.json())["data"]

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
