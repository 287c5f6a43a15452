import os
import time

import requests

BASE_URL = "https://api.openai.com/v1"
ASSISTANT_ID = os.environ["WORKFLOW_ID"]


def make_headers():
    return {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
    }


def create_thread(headers):
    """Create a thread."""
    response = requests.post(f"{BASE_URL}/threads", headers=headers, json={})
    response.raise_for_status()
    return response.json()["id"]


def add_message(headers, thread_id, content):
    url = f"{BASE_URL}/threads/{thread_id}/messages"
    data = {"role": "user", "content": content}
    response = requests.post(url, headers=headers, json=data)
    response.raise_for_status()
    return response.json()


def run_assistant(headers, thread_id):
    url = f"{BASE_URL}/threads/{thread_id}/runs"
    data = {"assistant_id": ASSISTANT_ID}
    response = requests.post(url, headers=headers, json=data)
    response.raise_for_status()
    return response.json()["id"]


def wait_for_run(headers, thread_id, run_id, timeout=60):
    start = time.time()
    while time.time() - start < timeout:
        url = f"{BASE_URL}/threads/{thread_id}/runs/{run_id}"
        response = requests.get(url, headers=headers)
        response.raise_for_status()
        run = response.json()
        if run["status"] == "completed":
            return run
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"response {run['status']}: {run['last_error']}")
        time.sleep(1)
    raise TimeoutError("the run takes too long")


def get_messages(headers, thread_id):
    url = f"{BASE_URL}/threads/{thread_id}/messages"
    response = requests.get(url, headers=headers, params={"order": "desc"})
    response.raise_for_status()
    return response.json()["data"]


def ask(question):
    headers = make_headers()
    thread_id = create_thread(headers)
    add_message(headers, thread_id, question)
    run_id = run_assistant(headers, thread_id)
    wait_for_run(headers, thread_id, run_id)
    for message in get_messages(headers, thread_id):
        if message["role"] == "assistant":
            return message["content"][0]["text"]["value"]
    raise RuntimeError("No response")
