from __future__ import annotations

import os
from typing import Any

import requests


class Assistant:
    """Answers questions."""

    base_url = "https://api.openai.com/v1"

    def __init__(self, api_key: str, workflow_id: str) -> None:
        self.api_key = api_key
        self.workflow_id = workflow_id
        self.last = ""

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
        }

    def ask(self, question: str) -> str:
        response = requests.post(
            f"{self.base_url}/workflows/runs",
            headers=self._headers(),
            json={
                "workflow_id": self.workflow_id,
                "input": {"message": f"Question: {question}"},
            },
            timeout=30,
        )
        if not response.ok:
            error: dict[str, Any] = response.json()
            raise RuntimeError(error["error"]["message"])
        data: dict[str, Any] = response.json()
        self.last = data["output"]["message"]
        if not self.last:
            raise ValueError("no answer")
        return self.last


def ask(question: str) -> str:
    return Assistant(os.environ["OPENAI_API_KEY"], os.environ["WORKFLOW_ID"]).ask(question)
