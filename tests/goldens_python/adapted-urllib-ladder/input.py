import json
import os
import urllib.error
import urllib.request


def call(question):
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    request = urllib.request.Request(
        "https://api.openai.com/v1/workflows/runs",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
        },
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.code}: {error.read().decode()}") from error


def ask(question):
    data = call(question)
    return data.get("answer") or data.get("output", {}).get("message")
