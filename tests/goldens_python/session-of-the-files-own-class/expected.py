import os
import time
from typing import Any

import requests


class OpenAISession(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
        self.headers["OpenAI-Beta"] = "workflows=v1"

    def run(self, question: str) -> str:
        body: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
        body.update(input={"message": question})
        response = self.post(
            "https://api.openai.com/v1/threads/runs",
            headers={"OpenAI-Beta": "assistants=v2"},
            json={
                "assistant_id": body["workflow_id"],
                "thread": {
                    "messages": [{"role": "user", "content": body["input"]["message"]}],
                },
            },
            timeout=30,
        )
        response.raise_for_status()
        # Assistants API response format: a run, polled until it ends
        run_2 = response.json()
        run_id = run_2["id"]
        thread_id = run_2["thread_id"]
        run_headers = {"OpenAI-Beta": "assistants=v2"}

        # Poll for completion
        answer = ""
        for _ in range(30):  # 30 seconds max
            time.sleep(1)
            status_response = self.get(
                f"https://api.openai.com/v1/threads/{thread_id}/runs/{run_id}",
                headers=run_headers,
                timeout=30,
            )
            status_data = status_response.json()
            run_status = status_data.get("status")
            if run_status == "completed":
                # Get messages from thread; the first one is the latest
                messages_response = self.get(
                    f"https://api.openai.com/v1/threads/{thread_id}/messages",
                    headers=run_headers,
                    timeout=30,
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
    with OpenAISession() as session:
        return session.run(question)
