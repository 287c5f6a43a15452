import os

import requests

API_KEY = os.environ["OPENAI_API_KEY"]
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
BASE_URL = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {API_KEY}",
    "Content-Type": "application/json",
}


def ask(question: str) -> str:
    # Create a thread

    # Add the message

    # Run it
    response = requests.post(
        f"{BASE_URL}/responses",
        headers=HEADERS,
        json={"model": "gpt-6-luna", "input": question},
        timeout=30,
    )
    response.raise_for_status()
    run = response.json()

    # Wait
    if run["status"] in ("failed", "cancelled", "expired"):
        raise RuntimeError(f"response {run['status']}")

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
