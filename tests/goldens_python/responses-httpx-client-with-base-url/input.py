import os

import httpx


def ask(question: str) -> str:
    with httpx.Client(
        base_url="https://api.openai.com/v1",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    ) as client:
        response = client.post(
            "/workflows/runs",
            json={
                "workflow_id": os.environ["WORKFLOW_ID"],
                "input": {"message": question},
            },
        )
        response.raise_for_status()
        data = response.json()
        answer = data["output"]["message"]
    return answer
