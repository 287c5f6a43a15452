import asyncio
import json
import os
import typing
from typing import Any

import httpx

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


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
            "text": text,
            "id": answered.get("id"),
            "status": "succeeded",
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


async def run_agent(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    response = await workflow_answer(
        client.post(
            "https://api.openai.com/v1/responses",
            headers=HEADERS,
            json={"model": "gpt-6-luna", "input": question},
        ),
    )
    if response.status_code >= 400:
        detail = response.json().get("error", {}).get("message", "unknown")
        raise RuntimeError(f"workflow: {detail}")
    payload: dict[str, Any] = response.json()
    return payload


async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=60) as client:
        data = await run_agent(client, question)
    text = data.get("text") or data.get("message") or data.get("output", {}).get("text")
    if data.get("status") != "succeeded" or not text:
        raise RuntimeError(f"no answer: {data}")
    await asyncio.sleep(0)
    return str(text)
