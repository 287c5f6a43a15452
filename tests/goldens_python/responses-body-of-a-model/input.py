import os

import requests
from pydantic import BaseModel


class Question(BaseModel):
    text: str


class RunRequest(BaseModel):
    workflow_id: str
    input: Question
    version: str | None = None


def send(run: RunRequest) -> str:
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json=run.model_dump(exclude_none=True),
        timeout=60,
    )
    response.raise_for_status()
    data = response.json()
    return data["output_text"]


def ask(question: str) -> str:
    run = RunRequest(
        workflow_id=os.environ["WORKFLOW_ID"],
        input=Question(text=question),
    )
    return send(run)
