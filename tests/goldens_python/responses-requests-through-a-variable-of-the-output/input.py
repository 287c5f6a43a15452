import os

import requests


def ask(question):
    url = "{}/workflows/runs".format("https://api.openai.com/v1")
    r = requests.post(
        url,
        headers={"Authorization": f"Bearer {os.getenv('OPENAI_API_KEY')}"},
        json={"workflow_id": os.getenv("WORKFLOW_ID"), "input": {"message": question}},
    )
    r.raise_for_status()
    data = r.json()
    output = data.get("output") or {}
    text = output.get("message", "")
    return text
