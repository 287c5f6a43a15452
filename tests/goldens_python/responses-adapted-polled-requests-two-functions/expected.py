"""Asks a workflow from the command line."""

import io
import json
import os
import time

import requests

WORKFLOW_RUNS_URL = "https://api.openai.com/v1/responses"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


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
            "output": {"text": text},
            "id": answered.get("id"),
            "status": "succeeded",
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


def workflow_answer_2(live: requests.Response) -> requests.Response:
    """Give a Responses API answer in the shape that this file reads."""
    if not live.ok:
        shown = f"OpenAI error {live.status_code}: {live.text}"
        raise requests.HTTPError(shown, response=live)
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
            "status": "succeeded",
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
    if status != live.status_code:
        raise requests.HTTPError(reason, response=shaped)
    return shaped


def start_run(question):
    payload = {
        "model": "gpt-6-luna",
        "input": question,
    }
    response = workflow_answer(
        requests.post(WORKFLOW_RUNS_URL, headers=HEADERS, json=payload),
    )
    if response.status_code != 200:
        raise RuntimeError(f"Could not start: {response.text}")
    return response.json()["id"]


def wait_for_run(run_id, attempts=30):
    for _ in range(attempts):
        response = workflow_answer_2(
            requests.get(
                f"https://api.openai.com/v1/responses/{run_id}",
                headers=HEADERS,
            ),
        )
        run = response.json()
        status = run.get("status")
        if status == "succeeded":
            return run
        if status in ("failed", "cancelled"):
            raise RuntimeError(json.dumps(run.get("error")))
        time.sleep(2)
    raise TimeoutError("the workflow took too long")


def ask(question):
    run_id = start_run(question)
    print(f"started {run_id}")
    run = wait_for_run(run_id)
    return run.get("output", {}).get("text") or run.get("output_text") or "nothing"
