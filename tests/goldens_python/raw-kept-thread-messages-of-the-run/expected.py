import os

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
}
threads = {}


def ask(text, person="ann"):
    thread_id = threads.get(person)
    if not thread_id:
        response = requests.post(f"{API}/conversations", headers=HEADERS)
        response.raise_for_status()
        thread_id = response.json()["id"]
        threads[person] = thread_id
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    response = requests.post(
        f"{API}/responses",
        headers=HEADERS,
        json={
            "model": "gpt-6-luna",
            "conversation": thread_id,
            "input": text,
        },
    )
    response.raise_for_status()
    run = response.json()
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['error']}")
    all_text = final_text = ""
    for item in run["output"]:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The model refused: {refusal}")
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    answer = final_text or all_text

    if not answer:
        raise RuntimeError("No response from the model (no text)")

    return answer
