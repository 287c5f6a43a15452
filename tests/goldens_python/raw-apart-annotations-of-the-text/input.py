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
    requests.post(
        f"{BASE}/threads/{thread['id']}/messages",
        headers=HEADERS,
        json={"role": "user", "content": question},
    )
    run = requests.post(
        f"{BASE}/threads/{thread['id']}/runs",
        headers=HEADERS,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    ).json()
    while run["status"] != "completed":
        time.sleep(1)
        run = requests.get(
            f"{BASE}/threads/{thread['id']}/runs/{run['id']}", headers=HEADERS
        ).json()
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    page = requests.get(f"{BASE}/threads/{thread['id']}/messages", headers=HEADERS).json()
    said = []
    for message in page["data"]:
        if message["role"] == "assistant":
            for part in message["content"]:
                if part["type"] == "text":
                    text = part["text"]["value"]
                    for number, note in enumerate(part["text"].get("annotations", [])):
                        text = text.replace(note["text"], f"[{number}]")
                    said.append(text)
            break
    return "\n".join(said)
