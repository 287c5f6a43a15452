import json
import os
import urllib.request

BASE = "https://api.openai.com/v1"


def api(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def ask(question):
    given = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    run = api("POST", "/workflows/runs", given)
    return run["output"]["message"]
