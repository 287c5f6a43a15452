import os

import requests


def ask(question: str) -> dict[str, object]:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
    request = requests.Request(
        "POST",
        "https://api.openai.com/v1/workflows/runs",
        json={"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}},
    )
    response = session.send(session.prepare_request(request), timeout=30)
    response.raise_for_status()
    data: dict[str, object] = response.json()
    return data
