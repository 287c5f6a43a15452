import json
import logging
import os

import httpx

logger = logging.getLogger(__name__)


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


class OpenAI:
    base_url = "https://api.openai.com/v1"

    def __init__(self, key: str) -> None:
        self.key = key

    def _request(self, method: str, path: str, **options: object) -> httpx.Response:
        url = self.base_url + path
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.request(method, url, headers=headers, **options)

    def models(self) -> list[str]:
        response = self._request("GET", "/models")
        return [model["id"] for model in response.json()["data"]]

    def run(self, workflow: str, text: str) -> str:
        response = workflow_answer(
            self._request(
                "POST",
                "/responses",
                json={"model": "gpt-6-luna", "input": text},
            ),
        )
        if response.status_code != 200:
            logger.error("workflow %s: %s", workflow, response.text)
            raise RuntimeError(f"workflow failed with {response.status_code}")
        return response.json().get("output_text", "")


def ask(question: str) -> str:
    return OpenAI(os.environ["OPENAI_API_KEY"]).run(os.environ["WORKFLOW_ID"], question)
