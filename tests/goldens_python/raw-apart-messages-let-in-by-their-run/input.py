import os
import time

import requests

BASE = "https://api.openai.com/v1"
H = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "assistants=v2",
}


def ask(question, thread_id=None):
    if thread_id is None:
        thread_id = requests.post(f"{BASE}/threads", headers=H, json={}).json()["id"]
    asked = {"role": "user", "content": question}
    requests.post(f"{BASE}/threads/{thread_id}/messages", headers=H, json=asked)
    run = requests.post(
        f"{BASE}/threads/{thread_id}/runs",
        headers=H,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    ).json()
    while run["status"] in ["queued", "in_progress"]:
        time.sleep(1)
        run = requests.get(f"{BASE}/threads/{thread_id}/runs/{run['id']}", headers=H).json()
    if run["status"] != "completed":
        raise RuntimeError(f"Run did not complete: {run}")
    page = requests.get(f"{BASE}/threads/{thread_id}/messages", headers=H).json()
    answers = [m for m in page["data"] if m["run_id"] == run["id"] and m["role"] == "assistant"]
    answers.sort(key=lambda m: m["created_at"])
    out = ""
    for answer in answers:
        for part in answer["content"]:
            if part["type"] == "text":
                out += part["text"]["value"] + "\n"
    return out.strip()
