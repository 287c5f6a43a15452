import os

import requests

OTHER = os.environ.get("OTHER_BASE", "")


def elsewhere(question):
    return requests.post(f"{OTHER}/workflows/runs", json={"input": question})


def ask(question):
    r = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    return r.json()["output"]["message"]
