import os
import time

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "OpenAI-Beta": "assistants=v2",
}


def ask(question: str) -> str:
    thread = requests.post(
        f"{API}/threads",
        headers=HEADERS,
        json={"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]},
    )
    thread.raise_for_status()
    thread_id = thread.json()["id"]
    requests.post(
        f"{API}/threads/{thread_id}/messages",
        headers=HEADERS,
        json={
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "https://example.org/plan.png"}},
                {"type": "text", "text": question},
            ],
        },
    ).raise_for_status()
    response = requests.post(
        f"{API}/threads/{thread_id}/runs",
        headers=HEADERS,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    )
    response.raise_for_status()
    run = response.json()
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        run = requests.get(f"{API}/threads/{thread_id}/runs/{run['id']}", headers=HEADERS).json()
    if run["status"] != "completed":
        raise RuntimeError(f"The run ended as {run['status']}")
    listed = requests.get(f"{API}/threads/{thread_id}/messages", headers=HEADERS).json()
    return listed["data"][0]["content"][0]["text"]["value"]
