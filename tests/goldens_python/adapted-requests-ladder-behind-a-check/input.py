import os

import requests

KEY = os.environ["OPENAI_API_KEY"]


def ask(question):
    response = requests.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {KEY}"},
        json={
            "workflow_id": os.environ["WORKFLOW_ID"],
            "input": {"message": question},
        },
        timeout=60,
    )
    if response.status_code != 200:
        raise RuntimeError(f"workflow failed: {response.text}")
    data = response.json()
    if "output_text" in data:
        return data["output_text"]
    output = data.get("output")
    if isinstance(output, dict):
        return output.get("text") or output.get("message")
    return str(output)
