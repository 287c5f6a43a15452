import os

import requests


def first(question):
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    return r.json()["output"]["message"]


def ask(question):
    first(question)
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    data = r.json()
    message: str = data["output"]["message"]
    return message
