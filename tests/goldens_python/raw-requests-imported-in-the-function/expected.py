"""Asks an assistant; requests is imported where it is needed."""

import os


def ask(question):
    import requests

    base = "https://api.openai.com/v1"
    headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    }
    run = requests.post(
        f"{base}/responses",
        headers=headers,
        json={"model": "gpt-6-luna", "input": question},
    ).json()
    if run["status"] in ("failed", "cancelled", "expired"):
        raise RuntimeError(run["status"])
    # Responses API format: the text of the messages among the output items
    response_status = run.get("status")
    if response_status != "completed":
        details = run.get("error") or {}
        incomplete = run.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        raise RuntimeError(f"Response {response_status}: {reason}")
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
