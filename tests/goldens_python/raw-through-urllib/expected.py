import json
import os
import urllib.request

BASE_URL = "https://api.openai.com/v1"


def api(method, path, body=None):
    data = None
    if body is not None:
        data = json.dumps(body).encode("utf-8")
    request = urllib.request.Request(
        BASE_URL + path,
        data=data,
        headers={
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def ask(question):
    run = api("POST", "/responses", {"model": "gpt-6-luna", "input": question})
    if run["status"] in ("failed", "expired", "cancelled"):
        raise RuntimeError("response " + run["status"])
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
