import os
import time
import typing

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
}
threads = {}


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


def messages_of(answer: typing.Any) -> typing.Any:
    """Give a conversation's items as the messages that this file reads."""
    items = answer.get("data")
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
    return {**answer, "data": messages}


def ask(text, person="ann"):
    thread_id = threads.get(person)
    if not thread_id:
        response = requests.post(f"{API}/conversations", headers=HEADERS)
        response.raise_for_status()
        thread_id = response.json()["id"]
        threads[person] = thread_id
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    response = requests.post(
        f"{API}/responses",
        headers=HEADERS,
        json={
            "model": "gpt-6-luna",
            "conversation": thread_id,
            "input": text,
        },
    )
    response.raise_for_status()
    run = run_of(response.json())
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        response = requests.get(f"{API}/responses/{run['id']}", headers=HEADERS)
        response.raise_for_status()
        run = run_of(response.json())
    if run["status"] != "completed":
        raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    response = requests.get(
        f"{API}/conversations/{thread_id}/items?limit=20",
        headers=HEADERS,
    )
    response.raise_for_status()
    newest = messages_of(response.json())["data"][0]
    return "".join(part["text"]["value"] for part in newest["content"] if part["type"] == "text")
