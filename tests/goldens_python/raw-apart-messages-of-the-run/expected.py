import os
import time
import typing

import httpx

client = httpx.Client(
    base_url="https://api.openai.com/v1",
    headers={
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
    },
)


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
        raise RuntimeError(f"Response {status}: {reason}")
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


def started(question):
    """The ids of a thread and of its run."""
    first = {"role": "user", "content": question}
    thread = client.post("/conversations", json={"items": [first]}).json()
    run = client.post(
        "/responses",
        json={"model": "gpt-6-luna", "conversation": thread["id"], "input": []},
    ).json()
    run = run_of(run)
    return thread["id"], run["id"]


def state(thread, run):
    return run_of(client.get(f"/responses/{run}").json())["status"]


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


def said(thread, run):
    page = messages_of(client.get(f"/responses/{run}").json())
    texts = []
    for message in reversed(page["data"]):
        texts += [part["text"]["value"] for part in message["content"]]
    return "".join(texts)


def ask(question):
    thread, run = started(question)
    while state(thread, run) not in ("completed", "failed", "expired"):
        time.sleep(1)
    return said(thread, run)
