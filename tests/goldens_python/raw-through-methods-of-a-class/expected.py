import os

import requests


class Assistant:
    base = "https://api.openai.com/v1"

    def __init__(self, api_key: str, assistant_id: str) -> None:
        self.assistant_id = assistant_id
        self.headers = {"Authorization": f"Bearer {api_key}"}

    def _request(self, method: str, path: str, **kwargs) -> dict:
        kwargs.setdefault("timeout", 30)
        response = requests.request(method, f"{self.base}{path}", headers=self.headers, **kwargs)
        response.raise_for_status()
        return response.json()

    def _get(self, path: str) -> dict:
        return self._request("GET", path)

    def _post(self, path: str, body: dict | None = None) -> dict:
        return self._request("POST", path, json=body or {})

    def answer(self, question: str) -> str:
        run = self._post("/responses", {"model": "gpt-6-luna", "input": question})
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"response {run['status']}")
        # Responses API format: the text of the messages among the output items
        response_status = run.get("status")
        if response_status != "completed":
            details = run.get("error") or {}
            incomplete = run.get("incomplete_details") or {}
            reason = details.get("message") or incomplete.get("reason")
            raise RuntimeError(f"Response {response_status}: {reason}")
        all_text = final_text = ""
        for item in run["output"]:
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
        reply = final_text or all_text

        if not reply:
            raise RuntimeError("No response from the model (no text)")

        return reply


def ask(question: str) -> str:
    return Assistant(os.environ["OPENAI_API_KEY"], os.environ["WORKFLOW_ID"]).answer(question)
