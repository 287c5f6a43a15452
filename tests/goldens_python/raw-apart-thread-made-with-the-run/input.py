"""A run with its thread in one request; all texts of the assistant's messages are read."""

import os
import time

import requests

BASE = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
    "OpenAI-Beta": "assistants=v2",
}


def wait(thread_id: str, run_id: str) -> dict:
    while True:
        response = requests.get(f"{BASE}/threads/{thread_id}/runs/{run_id}", headers=HEADERS)
        response.raise_for_status()
        run = response.json()
        if run["status"] not in ("queued", "in_progress"):
            return run
        time.sleep(1)


def texts(thread_id: str, run_id: str) -> list[str]:
    response = requests.get(f"{BASE}/threads/{thread_id}/messages", headers=HEADERS)
    response.raise_for_status()
    messages = response.json()
    return [
        part["text"]["value"]
        for message in messages["data"]
        if message["role"] == "assistant"
        for part in message["content"]
        if part["type"] == "text"
    ]


def ask(prompt: str) -> str:
    payload = {
        "assistant_id": os.environ["WORKFLOW_ID"],
        "thread": {"messages": [{"role": "user", "content": prompt}]},
    }
    response = requests.post(f"{BASE}/threads/runs", headers=HEADERS, json=payload, timeout=30)
    response.raise_for_status()
    run = response.json()
    thread_id, run_id = run["thread_id"], run["id"]
    run = wait(thread_id, run_id)
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    return "\n".join(texts(thread_id, run_id))
