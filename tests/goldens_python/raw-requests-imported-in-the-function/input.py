"""Asks an assistant; requests is imported where it is needed."""

import os
import time


def ask(question):
    import requests

    base = "https://api.openai.com/v1"
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }
    thread_id = requests.post(f"{base}/threads", headers=headers, json={}).json()["id"]
    requests.post(
        f"{base}/threads/{thread_id}/messages",
        headers=headers,
        json={"role": "user", "content": question},
    )
    run_id = requests.post(
        f"{base}/threads/{thread_id}/runs",
        headers=headers,
        json={"assistant_id": os.environ["WORKFLOW_ID"]},
    ).json()["id"]
    while True:
        run = requests.get(f"{base}/threads/{thread_id}/runs/{run_id}", headers=headers).json()
        if run["status"] == "completed":
            break
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(run["status"])
        time.sleep(1)
    messages = requests.get(f"{base}/threads/{thread_id}/messages", headers=headers).json()
    return messages["data"][0]["content"][0]["text"]["value"]
