"""A client of OpenAI whose methods go through one for every request."""

import os
import typing

import requests


def workflow_answer(answered: typing.Any) -> typing.Any:
    """Give a Responses API answer in the shape that this file reads."""
    all_text = final_text = refusal = ""
    for item in answered.get("output") or []:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    outcome = answered.get("status")
    if outcome != "completed" or refusal or not text:
        details = answered.get("error") or {}
        incomplete = answered.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"OpenAI response {outcome}: {why}")
    return {
        "output_text": text,
        "output": {"message": text},
        "id": answered.get("id"),
        "status": "completed",
    }


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
        body = {"model": "gpt-6-luna", "input": question}
        run = workflow_answer(self._post("/responses", body))
        return run["output"]["message"]


def ask(question: str) -> str:
    return Client(os.environ["OPENAI_API_KEY"]).run(question)
