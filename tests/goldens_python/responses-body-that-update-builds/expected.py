import json
import os
import typing
from typing import Any

import httpx


async def workflow_answer(
    asked: typing.Awaitable[httpx.Response],
) -> httpx.Response:
    """Give a Responses API answer in the shape that this file reads."""
    live = await asked
    if not live.is_success:
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
            "output": {"text": text},
            "id": answered.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason_phrase
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Response {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = httpx.Response(
        status,
        headers={"Content-Type": "application/json"},
        content=content,
        request=live.request,
        extensions={"reason_phrase": reason.encode("ascii", "replace")},
    )
    return shaped


async def ask(question: str, language: str | None = None) -> str:
    payload: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
    payload.update({"input": {"message": question}})
    if language:
        payload["input"]["language"] = language
    payload.setdefault("version", "2")
    async with httpx.AsyncClient() as client:
        response = await workflow_answer(
            client.post(
                "https://api.openai.com/v1/responses",
                headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
                json={
                    "model": "gpt-6-luna",
                    "input": json.dumps(payload["input"], ensure_ascii=False),
                },
                timeout=60,
            ),
        )
    response.raise_for_status()
    data = response.json()
    return data["output"]["text"]
