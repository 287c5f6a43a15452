import asyncio
import os
import typing

import httpx

API_KEY = os.environ["OPENAI_API_KEY"]
ASSISTANT_ID = os.environ["WORKFLOW_ID"]
HEADERS = {
    "Authorization": "Bearer " + API_KEY,
}


async def create_thread(client: httpx.AsyncClient) -> str:
    response = await client.post(
        "https://api.openai.com/v1/conversations",
        headers=HEADERS,
        json={},
    )
    response.raise_for_status()
    return response.json()["id"]


async def post_message(client: httpx.AsyncClient, thread_id: str, text: str) -> None:
    response = await client.post(
        f"https://api.openai.com/v1/conversations/{thread_id}/items",
        headers=HEADERS,
        json={"items": [{"type": "message", "role": "user", "content": text}]},
    )
    response.raise_for_status()


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


async def start_run(client: httpx.AsyncClient, thread_id: str) -> str:
    response = await client.post(
        "https://api.openai.com/v1/responses",
        headers=HEADERS,
        json={
            "model": "gpt-6-luna",
            "instructions": "Answer shortly.",
            "conversation": thread_id,
            "input": [],
        },
    )
    response.raise_for_status()
    return run_of(response.json())["id"]


async def poll_run(client: httpx.AsyncClient, thread_id: str, run_id: str) -> dict:
    for _ in range(60):
        response = await client.get(
            f"https://api.openai.com/v1/responses/{run_id}", headers=HEADERS
        )
        data = run_of(response.json())
        if data["status"] == "completed":
            return data
        if data["status"] in {"failed", "expired", "cancelled"}:
            raise RuntimeError(f"Run {run_id} {data['status']}: {data.get('last_error')}")
        await asyncio.sleep(1)
    raise TimeoutError(run_id)


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


async def latest_message(client: httpx.AsyncClient, thread_id: str) -> str:
    response = await client.get(
        f"https://api.openai.com/v1/conversations/{thread_id}/items",
        headers=HEADERS,
        params={"limit": 20, "order": "desc"},
    )
    response.raise_for_status()
    return messages_of(response.json())["data"][0]["content"][0]["text"]["value"]


async def ask(question: str) -> str:
    async with httpx.AsyncClient(timeout=30) as client:
        thread_id = await create_thread(client)
        await post_message(client, thread_id, question)
        run_id = await start_run(client, thread_id)
        await poll_run(client, thread_id, run_id)
        return await latest_message(client, thread_id)
