import os
import time

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "assistants=v2",
}


def ask(question):
    response = requests.post(f"{API}/threads", headers=HEADERS, json={})
    response.raise_for_status()
    thread_id = response.json()["id"]
    message = {"role": "user", "content": question}
    response = requests.post(f"{API}/threads/{thread_id}/messages", headers=HEADERS, json=message)
    response.raise_for_status()
    body = {"assistant_id": os.environ["WORKFLOW_ID"]}
    response = requests.post(f"{API}/threads/{thread_id}/runs", headers=HEADERS, json=body)
    response.raise_for_status()
    run = response.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        url = f"{API}/threads/{thread_id}/runs/{run['id']}"
        response = requests.get(url, headers=HEADERS)
        response.raise_for_status()
        run = response.json()
    if run["status"] != "completed":
        error = run["last_error"]
        raise RuntimeError(f"no answer, {error['code']}: {error['message']}")
    url = f"{API}/threads/{thread_id}/messages"
    response = requests.get(url, headers=HEADERS, params={"limit": 10})
    response.raise_for_status()
    page = response.json()
    for message in page["data"]:
        if message["role"] != "assistant":
            continue
        said = []
        for part in message["content"]:
            if part["type"] == "text" and "text" in part:
                said.append(part["text"]["value"])
        if said:
            return "".join(said)
    return None
