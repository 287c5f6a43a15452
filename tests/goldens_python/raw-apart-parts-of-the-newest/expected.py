import os
import time
import typing

import requests

API = "https://api.openai.com/v1"
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
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
    del messages[10:]
    return {**answer, "data": messages}


def ask(question):
    response = requests.post(f"{API}/conversations", headers=HEADERS, json={})
    response.raise_for_status()
    thread_id = response.json()["id"]
    message = {"items": [{"type": "message", "role": "user", "content": question}]}
    response = requests.post(
        f"{API}/conversations/{thread_id}/items",
        headers=HEADERS,
        json=message,
    )
    response.raise_for_status()
    body = {"model": "gpt-6-luna", "conversation": thread_id, "input": []}
    response = requests.post(f"{API}/responses", headers=HEADERS, json=body)
    response.raise_for_status()
    run = run_of(response.json())
    while run["status"] in ("queued", "in_progress"):
        time.sleep(1)
        url = f"{API}/responses/{run['id']}"
        response = requests.get(url, headers=HEADERS)
        response.raise_for_status()
        run = run_of(response.json())
    if run["status"] != "completed":
        error = run["last_error"]
        raise RuntimeError(f"no answer, {error['code']}: {error['message']}")
    url = f"{API}/conversations/{thread_id}/items"
    response = requests.get(url, headers=HEADERS, params={"limit": 100})
    response.raise_for_status()
    page = messages_of(response.json())
    for message in page["data"]:
        if message["role"] != "assistant":
            continue
        said = []
        for part in message["content"]:
            if part["type"] == "text" and "text" in part:
                said.append(part["text"]["value"])
        if said:
            return "".join(said)
    return None
