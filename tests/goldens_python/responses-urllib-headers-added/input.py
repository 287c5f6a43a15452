import json
import os
import urllib.request

RUNS_URL = "https://api.openai.com/v1/workflows/runs"


def ask(question: str) -> str:
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    request = urllib.request.Request(RUNS_URL, data=json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {os.environ['OPENAI_API_KEY']}")
    request.add_header("Content-Type", "application/json")
    request.add_header("OpenAI-Beta", "workflows=v1")
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read())
    return data["output"]["message"]
