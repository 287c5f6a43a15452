import os

import requests

URL = "https://api.openai.com/v1/workflows/runs"
HEADERS = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
json = None


def workflow_answer(data):
    return data["output"]["text"]


def ask(question):
    """Ask once, and once more."""
    first = requests.post(
        URL,
        headers=HEADERS,
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    first.raise_for_status()
    text = workflow_answer(first.json())
    second = requests.post(
        URL,
        headers=HEADERS,
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": text}},
    )
    second.raise_for_status()
    return workflow_answer(second.json())
