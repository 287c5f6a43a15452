import json
import os
import typing
import urllib.request

BASE = "https://api.openai.com/v1"


def api(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def workflow_answer(answered: typing.Any) -> typing.Any:
    """Give a Responses API answer in the shape that this file reads."""
    all_text = final_text = refusal = ""
    for item in answered.get("output") or []:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    outcome = answered.get("status")
    if outcome != "completed" or refusal or not text:
        details = answered.get("error") or {}
        incomplete = answered.get("incomplete_details") or {}
        reason = details.get("message") or incomplete.get("reason")
        why = f"refused: {refusal}" if refusal else reason or "no text"
        raise RuntimeError(f"OpenAI response {outcome}: {why}")
    return {
        "output_text": text,
        "output": {"message": text},
        "id": answered.get("id"),
        "status": "completed",
    }


def ask(question):
    given = {"model": "gpt-6-luna", "input": question}
    run = workflow_answer(api("POST", "/responses", given))
    return run["output"]["message"]
