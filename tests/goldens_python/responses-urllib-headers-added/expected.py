import json
import os
import urllib.request

RUNS_URL = "https://api.openai.com/v1/responses"


def ask(question: str) -> str:
    body = {"model": "gpt-6-luna", "input": question}
    request = urllib.request.Request(RUNS_URL, data=json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {os.environ['OPENAI_API_KEY']}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as response:
        data = json.loads(response.read())
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
    answer = final_text or all_text

    if not answer:
        raise RuntimeError("No response from the model (no text)")

    return answer
