import os

import requests

session = requests.Session()
session.headers.update({"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"})


def ask(question: str) -> str:
    data = session.post(
        "https://api.openai.com/v1/workflows/runs",
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    ).json()
    return data["output"]["message"]
