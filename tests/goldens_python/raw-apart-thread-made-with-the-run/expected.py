"""A run with its thread in one request; all texts of the assistant's messages are read."""

import os
import time
import typing

import requests

BASE = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


def run_of(answer: typing.Any) -> typing.Any:
    """Give a Response as the run that this file waits for."""
    if "status" not in answer:
        return answer  # an error of the API
    status = answer["status"]
    details = answer.get("error") or answer.get("incomplete_details") or {}
    run = {key: value for key, value in answer.items() if key != "error"}
    run["thread_id"] = (answer.get("conversation") or {}).get("id")
    if status in ("failed", "cancelled", "incomplete"):
        reason = details.get("message") or details.get("reason")
        failure = {"code": status, "message": reason or status}
        return {**run, "status": "failed", "last_error": failure}
    if status == "completed":
        output = answer["output"]
        items = [item for item in output if item["type"] == "message"]
        parts = [part for item in items for part in item["content"]]
        refused = [part for part in parts if part["type"] == "refusal"]
        if refused:
            raise RuntimeError("The model refused: " + refused[0]["refusal"])
        if not any(part.get("text") for part in parts):
            raise RuntimeError("No response from the model (no text)")
    return {**run, "last_error": None}


def wait(thread_id: str, run_id: str) -> dict:
    while True:
        response = requests.get(f"{BASE}/responses/{run_id}", headers=HEADERS)
        response.raise_for_status()
        run = run_of(response.json())
        if run["status"] not in ("queued", "in_progress"):
            return run
        time.sleep(1)


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    output = answer.get("output")
    items = answer.get("data") if output is None else output[::-1]
    if items is None:
        return answer  # an error of the API
    messages: list[typing.Any] = []
    for item in items:
        if item["type"] != "message" or item.get("phase") == "commentary":
            continue
        text = "".join(part.get("text", "") for part in item["content"])
        if messages and item["role"] == messages[-1]["role"] == "assistant":
            # one answer in several messages
            parts = messages.pop()["content"]
            other = "".join(part["text"]["value"] for part in parts)
            text = text + other
        content = [{"type": "text", "text": {"value": text}}] if text else []
        messages.append({**item, "content": content})
    page = {key: value for key, value in answer.items() if key != "error"}
    return {**page, "data": messages}


def texts(thread_id: str, run_id: str) -> list[str]:
    response = requests.get(f"{BASE}/responses/{run_id}", headers=HEADERS)
    response.raise_for_status()
    messages = messages_of(response.json())
    return [
        part["text"]["value"]
        for message in messages["data"]
        if message["role"] == "assistant"
        for part in message["content"]
        if part["type"] == "text"
    ]


def ask(prompt: str) -> str:
    payload = {
        "model": "gpt-6-luna",
        "input": prompt,
    }
    response = requests.post(
        f"{BASE}/responses",
        headers=HEADERS,
        json=payload,
        timeout=30,
    )
    response.raise_for_status()
    run = run_of(response.json())
    thread_id, run_id = run["thread_id"], run["id"]
    run = wait(thread_id, run_id)
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    return "\n".join(texts(thread_id, run_id))
