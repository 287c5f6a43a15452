import os
import time

import requests

BASE_URL = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
}


def call(method, path, body=None):
    response = requests.request(method, BASE_URL + path, headers=HEADERS, json=body, timeout=30)
    response.raise_for_status()
    return response.json()


def ask(question):
    thread = call("POST", "/threads")
    thread_id = thread["id"]
    call("POST", f"/threads/{thread_id}/messages", {"role": "user", "content": question})
    run = call("POST", f"/threads/{thread_id}/runs", {"assistant_id": os.environ["WORKFLOW_ID"]})
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        run = call("GET", f"/threads/{thread_id}/runs/{run['id']}")
    if run["status"] != "completed":
        raise RuntimeError(f"response {run['status']}: {run['last_error']}")
    messages = call("GET", f"/threads/{thread_id}/messages")
    return messages["data"][0]["content"][0]["text"]["value"]
