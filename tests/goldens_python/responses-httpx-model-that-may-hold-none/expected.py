import json
import os
from typing import Optional

import httpx
from pydantic import BaseModel

HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
}


class Output(BaseModel):
    text: str = ""
    confidence: Optional[float] = None


class Run(BaseModel):
    id: str
    status: str
    output: Optional[Output] = None


def workflow_answer(live: httpx.Response) -> httpx.Response:
    """Give a Responses API answer in the shape that this file reads."""
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


def ask(question: str) -> str:
    payload = {"model": "gpt-6-luna", "input": question}
    version = os.getenv("WORKFLOW_VERSION")
    print("version", version)
    with httpx.Client(headers=HEADERS, timeout=60) as client:
        response = workflow_answer(
            client.post("https://api.openai.com/v1/responses", json=payload),
        )
    response.raise_for_status()
    run = Run.model_validate(response.json())
    if run.status != "completed" or run.output is None:
        raise RuntimeError(f"run {run.id} is {run.status}")
    return run.output.text
