import os

import requests
from requests.adapters import HTTPAdapter


def make_session() -> requests.Session:
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=3))
    session.headers.update({"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"})
    return session


class Asker:
    def __init__(self, http=None) -> None:
        self.http = http or make_session()

    def ask(self, question: str) -> str:
        response = self.http.post(
            "https://api.openai.com/v1/workflows/runs",
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
            },
            timeout=30,
        )
        response.raise_for_status()
        return response.json()["output"]["message"]


def ask(question: str) -> str:
    return Asker().ask(question)
