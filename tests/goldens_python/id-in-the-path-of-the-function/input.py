import os

import requests


def ask(question):
    workflow_id = os.environ["WORKFLOW_ID"]
    response = requests.post(
        f"https://api.openai.com/v1/workflows/{workflow_id}/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={"input": {"input_as_text": question}},
    )
    data = response.json()
    return data["output"]["text"]
