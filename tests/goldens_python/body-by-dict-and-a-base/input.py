import os

import requests

RUNS_URL = "https://api.openai.com/v1/workflows/runs"
BASE = {"workflow_id": os.environ["WORKFLOW_ID"], "version": "3"}


def ask(question: str) -> str:
    payload = dict(BASE, input=dict(message=question), metadata={"by": "desk"})
    response = requests.post(
        RUNS_URL,
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        },
        json=payload,
        timeout=30,
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
