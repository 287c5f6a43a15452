import json
import os
import urllib.request


def ask(question):
    payload = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "input": {"message": question},
    }
    request = urllib.request.Request(
        "https://api.openai.com/v1/workflows/runs",
        data=json.dumps(payload).encode("utf-8"),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        },
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read().decode("utf-8"))
    return data["output"]["message"]
