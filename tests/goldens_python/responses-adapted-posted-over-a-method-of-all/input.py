"""A client of OpenAI whose methods go through one for every request."""

import os

import requests


class Client:
    def __init__(self, key: str) -> None:
        self.base = "https://api.openai.com/v1"
        self.headers = {"Authorization": f"Bearer {key}"}

    def _request(self, verb: str, where: str, **kwargs) -> dict:
        url = f"{self.base}{where}"
        response = requests.request(verb, url, headers=self.headers, timeout=60, **kwargs)
        response.raise_for_status()
        return response.json()

    def _post(self, path: str, body: dict) -> dict:
        return self._request("POST", path, json=body)

    def chat(self, messages: list) -> dict:
        return self._post("/chat/completions", {"model": "gpt-6-luna", "messages": messages})

    def run(self, question: str) -> str:
        body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
        run = self._post("/workflows/runs", body)
        return run["output"]["message"]


def ask(question: str) -> str:
    return Client(os.environ["OPENAI_API_KEY"]).run(question)
