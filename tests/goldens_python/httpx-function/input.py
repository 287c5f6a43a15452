import json
import os

import httpx


def ask(question: str) -> str:
    response = httpx.post(
        "https://api.openai.com/v1/workflows/runs",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        content=json.dumps(
            {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
        ),
        timeout=30.0,
    )
    return response.json()["output"]["message"]
