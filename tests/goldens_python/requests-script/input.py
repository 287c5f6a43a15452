import os

import requests

QUESTION = os.environ.get("QUESTION", "a question")
r = requests.post(
    "https://api.openai.com/v1/workflows/runs",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": QUESTION}},
)
ANSWER = r.json()["output"]["message"]


def ask(question):
    return ANSWER
