import os
import time

import requests


class Settings:
    base_url: str = "https://api.openai.com/v1"
    workflow_id: str = "wf_faq"

    def __init__(self) -> None:
        self.workflow_id = os.environ["WORKFLOW_ID"]


settings = Settings()


def headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


def start(question: str) -> str:
    response = requests.post(
        f"{settings.base_url}/workflows/{settings.workflow_id}/runs",
        headers=headers(),
        json={"input": {"text": question}},
    )
    response.raise_for_status()
    return response.json()["id"]


def ask(question: str) -> str:
    run_id = start(question)
    while True:
        response = requests.get(
            f"{settings.base_url}/workflows/{settings.workflow_id}/runs/{run_id}",
            headers=headers(),
        )
        response.raise_for_status()
        run = response.json()
        if run["status"] == "completed":
            return run["output"]["text"]
        if run["status"] == "failed":
            raise RuntimeError(run["error"]["message"])
        time.sleep(1)
