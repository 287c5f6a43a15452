"""A client of the agent."""

import io
import json
import os
from typing import Any

import requests


class AgentError(Exception):
    """The agent gave no answer."""


def workflow_answer(live: requests.Response) -> requests.Response:
    """Give a Responses API answer in the shape that this file reads."""
    if not live.ok:
        return live
    answered = live.json()
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
    details = answered.get("error") or {}
    incomplete = answered.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or details.get("message") or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = {
            "output_text": text,
            "answer": text,
            "id": answered.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Response {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = requests.Response()
    shaped.status_code, shaped.reason = status, reason
    shaped.url, shaped.request = live.url, live.request
    shaped.headers["Content-Type"] = "application/json"
    shaped.encoding = "utf-8"
    shaped.raw = io.BytesIO(content.encode())
    return shaped


class Agent:
    def __init__(self, key: str) -> None:
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {key}"})

    def _run(self, question: str) -> Any:
        # One request for each question
        resp = workflow_answer(
            self.session.post(
                "https://api.openai.com/v1/responses",
                json={
                    "model": "gpt-6-luna",
                    "input": question,
                },
                timeout=30,
            ),
        )
        raw = resp.text
        if not resp.ok:
            raise AgentError(f"{resp.status_code}: {raw}")
        return json.loads(raw)

    def answer(self, question: str) -> str:
        data = self._run(question)
        for key in ("answer", "reply"):
            if key in data:
                return str(data[key])
        output = data.get("output") or {}
        if isinstance(output, str):
            return output
        text = output.get("message") or output.get("text")
        if not text:
            raise AgentError(f"no answer in {data}")
        return str(text)


def ask(question: str) -> str:
    return Agent(os.environ["OPENAI_API_KEY"]).answer(question)
