import os
import time
import typing

import requests

API = "https://api.openai.com/v1"


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


class Assistants:
    """A small client of the Assistants API."""

    def __init__(self, key: str) -> None:
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"
        self.session.headers.update({"Accept": "application/json"})

    def _call(self, method: str, path: str, payload=None, params=None) -> dict:
        response = self.session.request(method, API + path, json=payload, params=params)
        if response.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json()

    def create_thread(self) -> str:
        return self._call("POST", "/conversations", {})["id"]

    def add_message(self, thread_id: str, text: str) -> None:
        message = {"items": [{"type": "message", "role": "user", "content": text}]}
        self._call("POST", f"/conversations/{thread_id}/items", message)

    def run(self, thread_id: str, assistant_id: str) -> dict:
        run = self._call(
            "POST",
            "/responses",
            {"model": "gpt-6-luna", "conversation": thread_id, "input": []},
        )
        run = run_of(run)
        while run["status"] in ("queued", "in_progress"):
            time.sleep(1)
            run = run_of(self._call("GET", f"/responses/{run['id']}"))
        return run

    def last_message(self, thread_id: str) -> str:
        query = {"limit": 20, "order": "desc"}
        page = self._call("GET", f"/conversations/{thread_id}/items", params=query)
        page = messages_of(page)
        return page["data"][0]["content"][0]["text"]["value"]

    def answer(self, question: str, assistant_id: str) -> str:
        thread_id = self.create_thread()
        self.add_message(thread_id, question)
        run = self.run(thread_id, assistant_id)
        if run["status"] != "completed":
            raise RuntimeError(f"response {run['status']}: {run['last_error']}")
        return self.last_message(thread_id)


def ask(question: str) -> str:
    return Assistants(os.environ["OPENAI_API_KEY"]).answer(question, os.environ["WORKFLOW_ID"])
