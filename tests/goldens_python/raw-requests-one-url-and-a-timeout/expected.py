import json
import os

import requests

OPENAI_API_KEY = os.getenv("OPENAI_API_KEY")
ASSISTANT_ID = os.getenv("WORKFLOW_ID")


def ask(question):
    headers = {
        "Authorization": f"Bearer {OPENAI_API_KEY}",
        "Content-Type": "application/json",
    }

    url = "https://api.openai.com/v1/responses"
    payload = {
        "model": "gpt-6-luna",
        "instructions": "Be brief.",
        "input": question,
    }
    response = requests.post(url, headers=headers, data=json.dumps(payload))
    if response.status_code != 200:
        print("Error creating run:", response.text)
        raise RuntimeError(f"no run: {response.status_code}")
    run_data = response.json()
    print("Run started:", run_data["id"])

    # not too often

    if run_data["status"] != "completed":
        raise RuntimeError(
            "run ended as " + run_data["status"] + ": " + str(run_data["error"]),
        )

    all_text = final_text = ""
    for item in run_data["output"]:
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

    if answer:
        return answer
    raise RuntimeError("No response")
