from __future__ import annotations

import os
import time
from typing import Any

import requests


class Assistant:
    """Answers questions."""

    base_url = "https://api.openai.com/v1"

    def __init__(self, api_key: str, workflow_id: str) -> None:
        self.api_key = api_key
        self.workflow_id = workflow_id
        self.last = ""

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
        }

    def ask(self, question: str) -> str:
        response = requests.post(
            f"{self.base_url}/threads/runs",
            headers={**self._headers(), "OpenAI-Beta": "assistants=v2"},
            json={
                "assistant_id": self.workflow_id,
                "thread": {
                    "messages": [{"role": "user", "content": f"Question: {question}"}],
                },
            },
            timeout=30,
        )
        if not response.ok:
            error: dict[str, Any] = response.json()
            raise RuntimeError(error["error"]["message"])
        data: dict[str, Any] = response.json()
        # Assistants API response format: a run, polled until it ends
        run_id = data["id"]
        thread_id = data["thread_id"]
        run_headers = {**self._headers(), "OpenAI-Beta": "assistants=v2"}

        # Poll for completion
        self.last = ""
        for _ in range(30):  # 30 seconds max
            time.sleep(1)
            status_response = requests.get(
                f"{self.base_url}/threads/{thread_id}/runs/{run_id}",
                headers=run_headers,
                timeout=30,
            )
            status_data = status_response.json()
            run_status = status_data.get("status")
            if run_status == "completed":
                # Get messages from thread; the first one is the latest
                messages_response = requests.get(
                    f"{self.base_url}/threads/{thread_id}/messages",
                    headers=run_headers,
                    timeout=30,
                )
                latest_message = messages_response.json()["data"][0]
                if latest_message["role"] == "assistant":
                    first_part = latest_message["content"][0]
                    if first_part["type"] == "refusal":
                        refusal = first_part["refusal"]
                        raise RuntimeError(f"The assistant refused: {refusal}")
                    self.last = first_part["text"]["value"]
                break
            if run_status in ("failed", "cancelled"):
                last_error = status_data.get("last_error") or {}
                error_text = last_error.get("message") or "Unknown error"
                raise RuntimeError(f"Assistant run {run_status}: {error_text}")
        if not self.last:
            raise ValueError("no answer")
        return self.last


def ask(question: str) -> str:
    return Assistant(os.environ["OPENAI_API_KEY"], os.environ["WORKFLOW_ID"]).ask(question)
