"""Ask a workflow by two small functions, which other calls of this use as well."""

import os
import time

import requests

BASE = "https://api.openai.com/v1"
KEY = os.environ["OPENAI_API_KEY"]


def post(path, payload):
    response = requests.post(BASE + path, headers={"Authorization": "Bearer " + KEY}, json=payload)
    response.raise_for_status()
    return response.json()


def get(path):
    response = requests.get(BASE + path, headers={"Authorization": "Bearer " + KEY})
    response.raise_for_status()
    return response.json()


def models():
    return [model["id"] for model in get("/models")["data"]]


def ask(question):
    body = {"workflow_id": os.environ["WORKFLOW_ID"], "input": {"message": question}}
    run = post("/workflows/runs", body)
    for _ in range(30):
        if run["status"] == "completed":
            return run["output"]["message"]
        if run["status"] == "failed":
            raise RuntimeError(run)
        time.sleep(1)
        run = get(f"/workflows/runs/{run['id']}")
    raise TimeoutError(run["id"])
