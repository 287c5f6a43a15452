import os

import requests

WORKFLOW_ID = "wf_68e1"


def ask(question: str, turn: int = 1) -> str:
    response = requests.post(
        "https://api.openai.com/v1/responses",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            "workflow_id": WORKFLOW_ID,
            # what the person asks
            "input": {"topic": question, "tone": "friendly"},
            "session_id": "desk",
            "metadata": {"app": "desk", "turn": turn},
        },
        timeout=60,
    )
    response.raise_for_status()
    return response.json()["output"]["message"]
