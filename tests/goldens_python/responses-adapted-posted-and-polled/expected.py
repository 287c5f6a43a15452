"""Ask a workflow by two small functions, which other calls of this use as well."""

import os
import time
import typing

import requests

BASE = "https://api.openai.com/v1"
KEY = os.environ["OPENAI_API_KEY"]


def post(path, payload):
    response = requests.post(BASE + path, headers={"Authorization": "Bearer " + KEY}, json=payload)
    response.raise_for_status()
    return response.json()


def get(path):
    response = requests.get(BASE + path, headers={"Authorization": "Bearer " + KEY})
    response.raise_for_status()
    return response.json()


def models():
    return [model["id"] for model in get("/models")["data"]]


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
    body = {"model": "gpt-6-luna", "input": question}
    run = workflow_answer(post("/responses", body))
    for _ in range(30):
        if run["status"] == "completed":
            return run["output"]["message"]
        if run["status"] == "failed":
            raise RuntimeError(run)
        time.sleep(1)
        run = workflow_answer(get(f"/responses/{run['id']}"))
    raise TimeoutError(run["id"])
