import os

import requests

WORKFLOW_ID = os.environ["WORKFLOW_ID"]


def ask(question):
    response = requests.post(
        f"https://api.openai.com/v1/workflows/{WORKFLOW_ID}/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            "input": {"input_as_text": question},
        },
    )
    response.raise_for_status()
    data = response.json()
    return data.get("output_text") or data.get("output") or ""
