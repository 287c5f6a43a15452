import os

import httpx


def show(data):
    for name in ("output_text", "text"):
        if name in data:
            return data[name]
    return data["output"][0]["content"][0]["text"]


def ask(question):
    try:
        response = httpx.post(
            "https://api.openai.com/v1/workflows/runs",
            headers={"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
            json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
            timeout=httpx.Timeout(60),
        )
        response.raise_for_status()
    except httpx.HTTPError as error:
        raise RuntimeError(f"workflow: {error}") from error
    return show(response.json())
