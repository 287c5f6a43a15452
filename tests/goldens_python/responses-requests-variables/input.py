import os
import sys

import requests

URL = "https://api.openai.com/v1/workflows/runs"


def ask(question: str) -> str:
    headers = {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json",
    }
    payload = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "version": "6",
        "input": {
            "user_message": question,
        },
    }
    print("asking", payload, file=sys.stderr)
    response = requests.post(URL, headers=headers, json=payload)

    if response.status_code != 200:
        raise RuntimeError(f"workflow error: {response.text}")

    data = response.json()
    return data.get("output", {}).get("message", "")
