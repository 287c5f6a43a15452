"""Asks an assistant, where requests is installed."""

import os
import time

try:
    import requests
except ImportError:
    requests = None

BASE = "https://api.openai.com/v1"


def ask(question):
    if requests is None:
        raise RuntimeError("requests is not installed")
    headers = {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
    }
    response = requests.post(BASE + "/threads", headers=headers)
    response.raise_for_status()
    thread = response.json()
    response = requests.post(
        BASE + "/threads/" + thread["id"] + "/messages",
        headers=headers,
        json={"role": "user", "content": question},
    )
    response.raise_for_status()
    response = requests.post(
        BASE + "/threads/" + thread["id"] + "/runs",
        headers=headers,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    )
    response.raise_for_status()
    run = response.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        response = requests.get(
            BASE + "/threads/" + thread["id"] + "/runs/" + run["id"], headers=headers
        )
        response.raise_for_status()
        run = response.json()
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    response = requests.get(BASE + "/threads/" + thread["id"] + "/messages", headers=headers)
    response.raise_for_status()
    for message in response.json()["data"]:
        if message["role"] == "assistant":
            return message["content"][0]["text"]["value"]
    return None
