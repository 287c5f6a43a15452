"""Asks a workflow from the command line."""

import json
import os
import time

import requests

WORKFLOW_RUNS_URL = "https://api.openai.com/v1/workflows/runs"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


def start_run(question):
    payload = {
        "workflow_id": os.environ["WORKFLOW_ID"],
        "input": {"message": question},
    }
    response = requests.post(WORKFLOW_RUNS_URL, headers=HEADERS, json=payload)
    if response.status_code != 200:
        raise RuntimeError(f"Could not start: {response.text}")
    return response.json()["id"]


def wait_for_run(run_id, attempts=30):
    for _ in range(attempts):
        response = requests.get(f"{WORKFLOW_RUNS_URL}/{run_id}", headers=HEADERS)
        run = response.json()
        status = run.get("status")
        if status == "succeeded":
            return run
        if status in ("failed", "cancelled"):
            raise RuntimeError(json.dumps(run.get("error")))
        time.sleep(2)
    raise TimeoutError("the workflow took too long")


def ask(question):
    run_id = start_run(question)
    print(f"started {run_id}")
    run = wait_for_run(run_id)
    return run.get("output", {}).get("text") or run.get("output_text") or "nothing"
