import os

import requests
from pydantic import BaseModel


class Question(BaseModel):
    text: str


class RunRequest(BaseModel):
    workflow_id: str
    input: Question
    version: str | None = None


def send(run: RunRequest) -> str:
    response = requests.post(
        "https://api.openai.com/v1/responses",
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
        json={
            "model": "gpt-6-luna",
            "input": run.model_dump(exclude_none=True)["input"]["text"],
        },
        timeout=60,
    )
    response.raise_for_status()
    data = response.json()
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


def ask(question: str) -> str:
    run = RunRequest(
        workflow_id=os.environ["WORKFLOW_ID"],
        input=Question(text=question),
    )
    return send(run)
