"""A client that starts runs and waits for them."""

import io
import json
import os
import time

import requests


def workflow_answer(live: requests.Response) -> requests.Response:
    """Give a Responses API answer in the shape that this file reads."""
    if not live.ok:
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
            "output": {"message": text},
            "error": None,
            "id": answered.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Response {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = requests.Response()
    shaped.status_code, shaped.reason = status, reason
    shaped.url, shaped.request = live.url, live.request
    shaped.headers["Content-Type"] = "application/json"
    shaped.encoding = "utf-8"
    shaped.raw = io.BytesIO(content.encode())
    return shaped


class Workflows:
    base = "https://api.openai.com/v1/workflows"

    def __init__(self, session=None):
        self.session = session or requests.Session()
        self.session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"

    def start(self, question):
        response = workflow_answer(
            self.session.post(
                "https://api.openai.com/v1/responses",
                json={"model": "gpt-6-luna", "input": question},
            ),
        )
        response.raise_for_status()
        return response.json()["id"]

    def poll(self, run_id):
        for _ in range(30):
            response = workflow_answer(
                self.session.get(f"https://api.openai.com/v1/responses/{run_id}"),
            )
            response.raise_for_status()
            run = response.json()
            if run["status"] == "completed":
                return run["output"]["message"]
            if run["status"] == "failed":
                raise RuntimeError(run["error"])
            time.sleep(1)
        raise TimeoutError(f"no answer of {run_id}")


def ask(question):
    workflows = Workflows()
    return workflows.poll(workflows.start(question))
