import os
import time

import requests

BASE = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "assistants=v2",
}


def ask(question):
    thread = requests.post(f"{BASE}/threads", headers=HEADERS).json()
    url = f"{BASE}/threads/{thread['id']}"
    message = {"role": "user", "content": question}
    requests.post(f"{url}/messages", headers=HEADERS, json=message)
    response = requests.post(
        f"{url}/runs",
        headers=HEADERS,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    )
    response.raise_for_status()
    run = response.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        run = requests.get(f"{url}/runs/{run['id']}", headers=HEADERS).json()
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    page = requests.get(f"{url}/messages", headers=HEADERS).json()
    answers = [m for m in page["data"] if m["role"] == "assistant"]
    newest = max(answers, key=lambda m: m["created_at"])
    return newest["content"][0]["text"]["value"]
