import os
import time

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
        "https://api.openai.com/v1/threads/runs",
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
        },
        json={
            "assistant_id": run.model_dump(exclude_none=True)["workflow_id"],
            "thread": {
                "messages": [
                    {
                        "role": "user",
                        "content": run.model_dump(exclude_none=True)["input"]["text"],
                    },
                ],
            },
        },
        timeout=60,
    )
    response.raise_for_status()
    data = response.json()
    # Assistants API response format: a run, polled until it ends
    run_id = data["id"]
    thread_id = data["thread_id"]
    run_headers = {
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "assistants=v2",
    }

    # Poll for completion
    answer = ""
    for _ in range(30):  # 30 seconds max
        time.sleep(1)
        status_response = requests.get(
            f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
            headers=run_headers,
            timeout=60,
        )
        status_data = status_response.json()
        run_status = status_data.get("status")
        if run_status == "completed":
            # Get messages from thread; the first one is the latest
            messages_response = requests.get(
                f"https://api.openai.com/v1/threads/{thread_id}/messages",
                headers=run_headers,
                timeout=60,
            )
            latest_message = messages_response.json()["data"][0]
            if latest_message["role"] == "assistant":
                first_part = latest_message["content"][0]
                if first_part["type"] == "refusal":
                    refusal = first_part["refusal"]
                    raise RuntimeError(f"The assistant refused: {refusal}")
                answer = first_part["text"]["value"]
            break
        if run_status in ("failed", "cancelled"):
            last_error = status_data.get("last_error") or {}
            error_text = last_error.get("message") or "Unknown error"
            raise RuntimeError(f"Assistant run {run_status}: {error_text}")

    if not answer:
        raise RuntimeError("No response from assistant (timeout or failed)")

    return answer


def ask(question: str) -> str:
    run = RunRequest(
        workflow_id=os.environ["WORKFLOW_ID"],
        input=Question(text=question),
    )
    return send(run)
