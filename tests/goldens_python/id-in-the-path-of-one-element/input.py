import os

import requests

RUNS_URL = "https://api.openai.com/v1/workflows/%s/runs" % os.environ.get(
    "WORKFLOW_ID", "wf_demo"
)


def ask(question: str, history: tuple = ()) -> str:
    response = requests.post(
        RUNS_URL,
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            "input": {
                "message": question,
                "conversation_history": [
                    {"role": role, "content": content.strip()}
                    for role, content in history
                    if content is not None
                ],
            }
        },
    )
    if response.status_code not in (200, 201):
        raise RuntimeError(f"The workflow answered {response.status_code}")
    data = response.json()
    return data["output"]["message"]
