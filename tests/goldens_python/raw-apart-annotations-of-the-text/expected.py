import os
import time
import typing

import requests

BASE = "https://api.openai.com/v1"
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
        said = {"value": text, "annotations": []}  # nothing is cited
        content = [{"type": "text", "text": said}] if text else []
        messages.append({**item, "content": content})
    return {**answer, "data": messages}


def ask(question):
    thread = requests.post(f"{BASE}/conversations", headers=HEADERS).json()
    requests.post(
        f"{BASE}/conversations/{thread['id']}/items",
        headers=HEADERS,
        json={"items": [{"type": "message", "role": "user", "content": question}]},
    )
    run = requests.post(
        f"{BASE}/responses",
        headers=HEADERS,
        json={"model": "gpt-6-luna", "conversation": thread["id"], "input": []},
    ).json()
    run = run_of(run)
    while run["status"] != "completed":
        time.sleep(1)
        run = requests.get(f"{BASE}/responses/{run['id']}", headers=HEADERS).json()
        run = run_of(run)
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"run {run['status']}: {run['last_error']}")
    page = requests.get(
        f"{BASE}/conversations/{thread['id']}/items",
        headers=HEADERS,
    ).json()
    page = messages_of(page)
    said = []
    for message in page["data"]:
        if message["role"] == "assistant":
            for part in message["content"]:
                if part["type"] == "text":
                    text = part["text"]["value"]
                    for number, note in enumerate(part["text"].get("annotations", [])):
                        text = text.replace(note["text"], f"[{number}]")
                    said.append(text)
            break
    return "\n".join(said)
