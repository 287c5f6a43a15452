import os

import requests

BASE = "https://api.openai.com/v1"
WORKFLOW_ID = os.environ["WORKFLOW_ID"]


def ask(question: str) -> str:
    failure = "nothing was tried"
    for url in [  # one of these
        f"{BASE}/workflows/{WORKFLOW_ID}/runs",  # the documented one?
        # and an older one
        f"{BASE}/workflows/{WORKFLOW_ID}/invoke",
    ]:
        response = requests.post(
            url,
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"input": {"message": question}},
            timeout=30,
        )
        if response.ok:
            return response.json()["output_text"]
        failure = f"{url}: {response.status_code}"
    raise RuntimeError(failure)
