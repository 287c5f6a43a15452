"""A client of the agent."""

import json
import os
from typing import Any

import requests


class AgentError(Exception):
    """The agent gave no answer."""


class Agent:
    def __init__(self, key: str) -> None:
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {key}"})

    def _run(self, question: str) -> Any:
        # One request for each question
        resp = self.session.post(
            "https://api.openai.com/v1/workflows/runs",
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
                "session_id": "s-1",
            },
            timeout=30,
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
