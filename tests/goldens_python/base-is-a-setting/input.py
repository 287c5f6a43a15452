import os

import requests

# A gateway may stand in front of the API.
BASE_URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")


def ask(question):
    response = requests.post(
        f"{BASE_URL}/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            "workflow_id": os.environ["WORKFLOW_ID"],
            "version": "3",  # the published one
            "input": {"message": question},
        },
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    return data["output"]["message"]
