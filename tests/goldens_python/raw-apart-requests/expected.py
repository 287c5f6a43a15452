import os
import time
import typing

import requests

BASE_URL = "https://api.openai.com/v1"
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
HEADERS = {
    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    "Content-Type": "application/json",
}


def create_thread():
    """Create a thread."""
    response = requests.post(f"{BASE_URL}/conversations", headers=HEADERS, json={})
    response.raise_for_status()
    return response.json()["id"]


def add_message(thread_id, content):
    url = f"{BASE_URL}/conversations/{thread_id}/items"
    data = {"items": [{"type": "message", "role": "user", "content": content}]}
    response = requests.post(url, headers=HEADERS, json=data)
    response.raise_for_status()
    return response.json()


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


def run_assistant(thread_id):
    url = f"{BASE_URL}/responses"
    data = {"model": "gpt-6-luna", "conversation": thread_id, "input": []}
    response = requests.post(url, headers=HEADERS, json=data)
    response.raise_for_status()
    return run_of(response.json())["id"]


def wait_for_run(thread_id, run_id, timeout=60):
    start = time.time()
    while time.time() - start < timeout:
        url = f"{BASE_URL}/responses/{run_id}"
        response = requests.get(url, headers=HEADERS)
        response.raise_for_status()
        run = run_of(response.json())
        if run["status"] == "completed":
            return run
        if run["status"] in ("failed", "cancelled", "expired"):
            raise RuntimeError(f"response {run['status']}: {run['last_error']}")
        time.sleep(1)
    raise TimeoutError("the run takes too long")


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


def get_messages(thread_id):
    url = f"{BASE_URL}/conversations/{thread_id}/items"
    response = requests.get(url, headers=HEADERS, params={"order": "desc"})
    response.raise_for_status()
    return messages_of(response.json())["data"]


def ask(question):
    thread_id = create_thread()
    add_message(thread_id, question)
    run_id = run_assistant(thread_id)
    wait_for_run(thread_id, run_id)
    for message in get_messages(thread_id):
        if message["role"] == "assistant":
            return message["content"][0]["text"]["value"]
    raise RuntimeError("No response")
