import os
import time

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "assistants=v2",
}
threads = {}


def ask(text, person="ann"):
    thread_id = threads.get(person)
    if not thread_id:
        response = requests.post(f"{API}/threads", headers=HEADERS)
        response.raise_for_status()
        thread_id = response.json()["id"]
        threads[person] = thread_id
    response = requests.post(
        f"{API}/threads/{thread_id}/runs",
        headers=HEADERS,
        json={
            "assistant_id": os.environ["WORKFLOW_ID"],
            "additional_messages": [{"role": "user", "content": text}],
        },
    )
    response.raise_for_status()
    run = response.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        response = requests.get(f"{API}/threads/{thread_id}/runs/{run['id']}", headers=HEADERS)
        response.raise_for_status()
        run = response.json()
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    response = requests.get(f"{API}/threads/{thread_id}/messages?limit=1", headers=HEADERS)
    response.raise_for_status()
    newest = response.json()["data"][0]
    return "".join(part["text"]["value"] for part in newest["content"] if part["type"] == "text")
