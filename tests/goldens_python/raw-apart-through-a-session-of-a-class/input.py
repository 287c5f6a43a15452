import os
import time

import requests

API = "https://api.openai.com/v1"


class Assistants:
    """A small client of the Assistants API."""

    def __init__(self, key: str) -> None:
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"
        self.session.headers.update({"OpenAI-Beta": "assistants=v2", "Accept": "application/json"})

    def _call(self, method: str, path: str, payload=None, params=None) -> dict:
        response = self.session.request(method, API + path, json=payload, params=params)
        if response.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json()

    def create_thread(self) -> str:
        return self._call("POST", "/threads", {})["id"]

    def add_message(self, thread_id: str, text: str) -> None:
        message = {"role": "user", "content": text}
        self._call("POST", f"/threads/{thread_id}/messages", message)

    def run(self, thread_id: str, assistant_id: str) -> dict:
        run = self._call("POST", f"/threads/{thread_id}/runs", {"assistant_id": assistant_id})
        while run["status"] in ("queued", "in_progress"):
            time.sleep(1)
            run = self._call("GET", f"/threads/{thread_id}/runs/{run['id']}")
        return run

    def last_message(self, thread_id: str) -> str:
        query = {"limit": 1, "order": "desc"}
        page = self._call("GET", f"/threads/{thread_id}/messages", params=query)
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
