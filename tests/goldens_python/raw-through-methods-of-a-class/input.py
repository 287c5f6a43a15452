import os
import time

import requests


class Assistant:
    base = "https://api.openai.com/v1"

    def __init__(self, api_key: str, assistant_id: str) -> None:
        self.assistant_id = assistant_id
        self.headers = {"Authorization": f"Bearer {api_key}", "OpenAI-Beta": "assistants=v2"}

    def _request(self, method: str, path: str, **kwargs) -> dict:
        kwargs.setdefault("timeout", 30)
        response = requests.request(method, f"{self.base}{path}", headers=self.headers, **kwargs)
        response.raise_for_status()
        return response.json()

    def _get(self, path: str) -> dict:
        return self._request("GET", path)

    def _post(self, path: str, body: dict | None = None) -> dict:
        return self._request("POST", path, json=body or {})

    def answer(self, question: str) -> str:
        thread_id = self._post("/threads")["id"]
        self._post(f"/threads/{thread_id}/messages", {"role": "user", "content": question})
        run = self._post(f"/threads/{thread_id}/runs", {"assistant_id": self.assistant_id})
        while True:
            run = self._get(f"/threads/{thread_id}/runs/{run['id']}")
            if run["status"] == "completed":
                break
            if run["status"] in ("failed", "cancelled", "expired"):
                raise RuntimeError(f"response {run['status']}")
            time.sleep(1)
        messages = self._get(f"/threads/{thread_id}/messages")
        return messages["data"][0]["content"][0]["text"]["value"]


def ask(question: str) -> str:
    return Assistant(os.environ["OPENAI_API_KEY"], os.environ["WORKFLOW_ID"]).answer(question)
