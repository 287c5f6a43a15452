import os
from typing import Any

import requests


class OpenAISession(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
        self.headers["OpenAI-Beta"] = "workflows=v1"

    def run(self, question: str) -> str:
        body: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
        body.update(input={"message": question})
        response = self.post(
            "https://api.openai.com/v1/workflows/runs", json=body, timeout=30
        )
        response.raise_for_status()
        return response.json()["output"]["message"]


def ask(question: str) -> str:
    with OpenAISession() as session:
        return session.run(question)
