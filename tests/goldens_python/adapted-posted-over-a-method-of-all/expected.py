"""A client of OpenAI whose methods go through one for every request."""

import contextlib
import os
import time
import typing

import requests


def workflow_answer(
    run: typing.Any,
    get: typing.Any,
    post: typing.Any,
) -> typing.Any:
    """Wait for a run and give its text in the shape that this file reads."""
    run_id, thread_id = run.get("id"), run.get("thread_id")
    threads = "/threads"
    run_path = f"{threads}/{thread_id}/runs/{run_id}"
    wait_seconds = 30
    deadline = time.monotonic() + wait_seconds
    poll_delay = 0.5  # seconds, growing
    ended = (
        "completed",
        "failed",
        "cancelled",
        "incomplete",
        "expired",
        "requires_action",
    )
    reason = ""
    while run.get("status") not in ended and not reason:
        if not run.get("id"):
            shown = run.get("error") or run
            raise RuntimeError(f"OpenAI error: {shown}")
        if time.monotonic() >= deadline:
            reason = f"gave up after {wait_seconds} seconds"
            with contextlib.suppress(Exception):
                post(f"{run_path}/cancel", {})
            continue
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        run = get(run_path)
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages = get(f"{threads}/{thread_id}/messages?{query}")
        if "data" not in messages:
            shown = messages.get("error") or messages
            raise RuntimeError(f"OpenAI error: {shown}")
        for message in messages["data"]:
            if message["role"] != "assistant":
                continue
            for part in message["content"]:
                if part["type"] == "refusal":
                    refusal = part["refusal"]
                if part["type"] == "text":
                    texts.append(part["text"]["value"])
    text = "\n\n".join(texts)
    outcome = run.get("status")
    if outcome != "completed" or refusal or not text:
        details = run.get("last_error") or {}
        incomplete = run.get("incomplete_details") or {}
        refused = f"refused: {refusal}" if refusal else ""
        why = refused or reason or details.get("message")
        why = why or incomplete.get("reason") or "no text"
        raise RuntimeError(f"Assistant run {outcome}: {why}")
    return {
        "output_text": text,
        "output": {"message": text},
        "id": run.get("id"),
        "status": "completed",
    }


class Client:
    def __init__(self, key: str) -> None:
        self.base = "https://api.openai.com/v1"
        self.headers = {"Authorization": f"Bearer {key}"}

    def _request(self, verb: str, where: str, **kwargs) -> dict:
        url = f"{self.base}{where}"
        response = requests.request(
            verb,
            url,
            headers=(
                {**self.headers, "OpenAI-Beta": "assistants=v2"}
                if "threads/" in where
                else self.headers
            ),
            timeout=60,
            **kwargs,
        )
        response.raise_for_status()
        return response.json()

    def _post(self, path: str, body: dict) -> dict:
        return self._request("POST", path, json=body)

    def chat(self, messages: list) -> dict:
        return self._post("/chat/completions", {"model": "gpt-6-luna", "messages": messages})

    def run(self, question: str) -> str:
        body = {
            "assistant_id": os.environ["WORKFLOW_ID"],
            "thread": {"messages": [{"role": "user", "content": question}]},
        }
        run = workflow_answer(
            self._post("/threads/runs", body),
            lambda path: self._request("GET", path),
            self._post,
        )
        return run["output"]["message"]


def ask(question: str) -> str:
    return Client(os.environ["OPENAI_API_KEY"]).run(question)
