import os

import requests


def ask(question):
    url = "https://api.openai.com/v1/responses"
    r = requests.post(
        url,
        headers={"Authorization": f"Bearer {os.getenv('OPENAI_API_KEY')}"},
        json={"model": "gpt-6-luna", "input": question},
    )
    r.raise_for_status()
    data = r.json()
    # Responses API format: the text of the messages among the output items
    response_status = data.get("status")
    if response_status != "completed":
        details = data.get("error") or {}
        incomplete = data.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
    all_text = final_text = ""
    for item in data["output"]:
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
    text = final_text or all_text

    if not text:
        raise RuntimeError("No response from the model (no text)")
    return text
