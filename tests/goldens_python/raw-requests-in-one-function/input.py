import os
import time

import requests

API_KEY = os.environ["OPENAI_API_KEY"]
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
BASE_URL = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {API_KEY}",
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
}


def ask(question: str) -> str:
    # Create a thread
    thread = requests.post(f"{BASE_URL}/threads", headers=HEADERS, json={}, timeout=30)
    thread.raise_for_status()
    thread_id = thread.json()["id"]

    # Add the message
    added = requests.post(
        f"{BASE_URL}/threads/{thread_id}/messages",
        headers=HEADERS,
        json={"role": "user", "content": question},
        timeout=30,
    )
    added.raise_for_status()

    # Run it
    response = requests.post(
        f"{BASE_URL}/threads/{thread_id}/runs",
        headers=HEADERS,
        json={"assistant_id": ASSISTANT_ID},
        timeout=30,
    )
    response.raise_for_status()
    run_id = response.json()["id"]

    # Wait
    while True:
        url = f"{BASE_URL}/threads/{thread_id}/runs/{run_id}"
        state = requests.get(url, headers=HEADERS, timeout=30).json()
        if state["status"] == "completed":
            break
        if state["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"response {state['status']}")
        time.sleep(1)

    listed = f"{BASE_URL}/threads/{thread_id}/messages"
    messages = requests.get(listed, headers=HEADERS, timeout=30)
    messages.raise_for_status()
    return messages.json()["data"][0]["content"][0]["text"]["value"]
