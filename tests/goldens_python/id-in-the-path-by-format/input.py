import os

import requests

URL = "https://api.openai.com/v1/workflows/{}/runs"


def ask(question):
    return requests.post(
        URL.format(os.environ["WORKFLOW_ID"]),
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"input": f"{question}"},
    ).json()["output"]["text"]
