import os

import requests

API_KEY = os.environ["OPENAI_API_KEY"]


def run_workflow(question):
    payload = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "input": {"input_as_text": question},
    }
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {API_KEY}"},
        json=payload,
    )
    return response.json()


def ask(question):
    result = run_workflow(question)
    return result.get("output_text") or result.get("output", {}).get("text") or str(result)
