"""Describe a roof by its photo."""

import base64
import io
import json
import os

import requests


def workflow_answer(live: requests.Response) -> requests.Response:
    """Give a Responses API answer in the shape that this file reads."""
    if not live.ok:
        return live
    answered = live.json()
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
    details = answered.get("error") or {}
    incomplete = answered.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or details.get("message") or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = {
            "output_text": text,
            "id": answered.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Response {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = requests.Response()
    shaped.status_code, shaped.reason = status, reason
    shaped.url, shaped.request = live.url, live.request
    shaped.headers["Content-Type"] = "application/json"
    shaped.encoding = "utf-8"
    shaped.raw = io.BytesIO(content.encode())
    return shaped


def ask(question, photo=b"", mime="image/jpeg"):
    data_url = f"data:{mime};base64,{base64.b64encode(photo).decode()}"
    items = [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": question or "What is wrong with this roof?"},
                {"type": "input_image", "image_url": data_url, "detail": "auto"},
            ],
        }
    ]
    response = workflow_answer(
        requests.post(
            "https://api.openai.com/v1/responses",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={"model": "gpt-6-luna", "input": items},
            timeout=90,
        ),
    )
    response.raise_for_status()
    return response.json()["output_text"]
