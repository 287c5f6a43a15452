import json
import os
import time

import requests

OPENAI_API_KEY = os.getenv("OPENAI_API_KEY")
ASSISTANT_ID = os.getenv("WORKFLOW_ID")


def ask(question):
    headers = {
        "Authorization": f"Bearer {OPENAI_API_KEY}",
        "Content-Type": "application/json",
        "OpenAI-Beta": "assistants=v2",
    }
    url = "https://api.openai.com/v1/threads"
    response = requests.post(url, headers=headers)
    if response.status_code != 200:
        print("Error creating thread:", response.text)
        raise RuntimeError("no thread")
    thread_id = response.json()["id"]

    url = f"https://api.openai.com/v1/threads/{thread_id}/messages"
    payload = {"role": "user", "content": question}
    response = requests.post(url, headers=headers, data=json.dumps(payload))
    if response.status_code != 200:
        raise RuntimeError("no message")

    url = f"https://api.openai.com/v1/threads/{thread_id}/runs"
    payload = {"assistant_id": ASSISTANT_ID, "instructions": "Be brief."}
    response = requests.post(url, headers=headers, data=json.dumps(payload))
    if response.status_code != 200:
        print("Error creating run:", response.text)
        raise RuntimeError(f"no run: {response.status_code}")
    run_data = response.json()
    run_id = run_data["id"]
    print("Run started:", run_id)

    status = "queued"
    start_time = time.time()
    max_wait = 60
    while status in ["queued", "in_progress"]:
        if time.time() - start_time > max_wait:
            raise TimeoutError("Run took too long")
        # not too often
        time.sleep(1)
        url = f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}"
        response = requests.get(url, headers=headers)
        run_status = response.json()
        status = run_status["status"]
        print("Status:", status)

    if status != "completed":
        error = run_status.get("last_error")
        raise RuntimeError("run ended as " + status + ": " + str(error))

    url = f"https://api.openai.com/v1/threads/{thread_id}/messages"
    response = requests.get(url, headers=headers)
    messages = response.json()
    for message in messages["data"]:
        if message["role"] == "assistant":
            return message["content"][0]["text"]["value"]
    raise RuntimeError("No response")
