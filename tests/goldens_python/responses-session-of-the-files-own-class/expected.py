import os
from typing import Any

import requests


class OpenAISession(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"

    def run(self, question: str) -> str:
        body: dict[str, Any] = {"workflow_id": os.environ["WORKFLOW_ID"]}
        body.update(input={"message": question})
        response = self.post(
            "https://api.openai.com/v1/responses",
            json={"model": "gpt-6-luna", "input": body["input"]["message"]},
            timeout=30,
        )
        response.raise_for_status()
        # Responses API format: the text of the messages among the output items
        reply = response.json()
        response_status = reply.get("status")
        if response_status != "completed":
            details = reply.get("error") or {}
            incomplete = reply.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in reply["output"]:
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
    with OpenAISession() as session:
        return session.run(question)
