"""Asks the workflow."""

import os

import requests

API_KEY = os.environ["OPENAI_API_KEY"]
WORKFLOW_ID = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={
            "Authorization": f"Bearer {API_KEY}",
            "Content-Type": "application/json",
        },
        json={
            "workflow_id": WORKFLOW_ID,
            "input": {"message": question},
        },
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    answer = data["output"]["message"]
    return answer
