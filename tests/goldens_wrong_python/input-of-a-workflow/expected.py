import json
import os

import requests

WORKFLOW_ID = "wf_68e1"


def response_text(answered, if_empty=None):
    """Give the text of a response: of its messages, the final ones where phases are marked."""
    status = answered.get("status")
    if status != "completed":
        details = answered.get("error") or answered.get("incomplete_details") or {}
        reason = details.get("message") or details.get("reason") or "no reason given"
        raise RuntimeError(f"Response {status}: {reason}")
    all_text = final_text = ""
    for item in answered["output"]:
        for part in item["content"] if item["type"] == "message" else []:
            if part["type"] == "refusal":
                raise RuntimeError("The model refused: " + part["refusal"])
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    found = final_text or all_text
    if not found and if_empty is None:
        raise RuntimeError("No response from the model (no text)")
    return found or if_empty


def ask(question: str, turn: int = 1) -> str:
    response = requests.post(
        "https://api.openai.com/v1/responses",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            # what the person asks
            "model": "gpt-6-luna",
            "metadata": {"app": "desk", "turn": json.dumps(turn)},
            "input": json.dumps(
                {"topic": question, "tone": "friendly"},
                ensure_ascii=False,
            ),
        },
        timeout=60,
    )
    response.raise_for_status()
    return response_text(response.json())
