import os

import requests

BASE_URL = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


def call(method, path, body=None):
    response = requests.request(method, BASE_URL + path, headers=HEADERS, json=body, timeout=30)
    response.raise_for_status()
    return response.json()


def ask(question):
    run = call("POST", "/responses", {"model": "gpt-6-luna", "input": question})
    if run["status"] != "completed":
        raise RuntimeError(f"response {run['status']}: {run['error']}")
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
