"""Ask a workflow, and embed."""

import os

import requests


class Client:
    """A client of OpenAI."""

    BASE = "https://api.openai.com/v1"

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"

    def _post(self, path: str, body: dict[str, object]) -> dict[str, str]:
        """POST a body and give the JSON of the answer."""
        response = self.session.post(f"{self.BASE}{path}", json=body, timeout=60)
        if response.status_code >= 400:
            raise RuntimeError(f"POST {path} failed: {response.status_code}")
        data: dict[str, str] = response.json()
        return data

    def run(self, question: str) -> str:
        """Ask the workflow."""
        body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
        data = self._post("/workflows/runs", body)
        return str(data["output_text"])


def ask(question: str) -> str:
    """Ask a question."""
    return Client().run(question)
