import os
from typing import Any

import requests

BASE = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")


def post(path: str, body: dict[str, Any], timeout: float = 30.0) -> dict[str, Any]:
    response = requests.post(
        f"{BASE}{path}",
        json=body,
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        timeout=timeout,
    )
    response.raise_for_status()
    result: dict[str, Any] = response.json()
    return result


def embed(text: str) -> list[float]:
    body = {"model": "text-embedding-3-small", "input": text}
    vector: list[float] = post("/embeddings", body)["data"][0]["embedding"]
    return vector


def workflow_answer(answered: Any) -> Any:
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


def ask(question: str) -> str:
    data = workflow_answer(
        post(
            "/responses",
            {
                "model": "gpt-6-luna",
                "input": question,  # what is asked
            },
            timeout=90,
        ),
    )
    return str(data["output"]["message"])
