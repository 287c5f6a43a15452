import json
import os
import time
import urllib.request

START = "https://api.openai.com/v1/workflows/runs"
STATUS = "https://api.openai.com/v1/workflows/runs/{}"


def _headers():
    return {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json",
    }


def ask(question):
    body = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "input": {"message": question},
    }
    request = urllib.request.Request(
        START, data=json.dumps(body).encode(), headers=_headers(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        run = json.load(response)
    while run["status"] != "completed":
        time.sleep(1)
        again = urllib.request.Request(STATUS.format(run["id"]), headers=_headers())
        with urllib.request.urlopen(again, timeout=60) as response:
            run = json.load(response)
    return run["output"]["message"]
