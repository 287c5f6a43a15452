import os
import time
import typing

import requests

BASE = "https://api.openai.com/v1"
H = {
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
        made = answer.get("created_at")
        run = {"run_id": answer.get("id"), "created_at": made}
        messages.append({**item, "content": content, **run})
    page = {key: value for key, value in answer.items() if key != "error"}
    return {**page, "data": messages}


def ask(question, thread_id=None):
    if thread_id is None:
        thread_id = requests.post(
            f"{BASE}/conversations",
            headers=H,
            json={},
        ).json()["id"]
    asked = {"items": [{"type": "message", "role": "user", "content": question}]}
    requests.post(f"{BASE}/conversations/{thread_id}/items", headers=H, json=asked)
    # Stored thread_... ids ended with the Assistants API;
    # a conversation has an id of its own.
    run = requests.post(
        f"{BASE}/responses",
        headers=H,
        json={"model": "gpt-6-luna", "conversation": thread_id, "input": []},
    ).json()
    run = run_of(run)
    while run["status"] in ["queued", "in_progress"]:
        time.sleep(1)
        run = run_of(requests.get(f"{BASE}/responses/{run['id']}", headers=H).json())
    if run["status"] != "completed":
        raise RuntimeError(f"Run did not complete: {run}")
    page = messages_of(requests.get(f"{BASE}/responses/{run['id']}", headers=H).json())
    answers = [m for m in page["data"] if m["run_id"] == run["id"] and m["role"] == "assistant"]
    answers.sort(key=lambda m: m["created_at"])
    out = ""
    for answer in answers:
        for part in answer["content"]:
            if part["type"] == "text":
                out += part["text"]["value"] + "\n"
    return out.strip()
