import contextlib
import json
import logging
import os
import time

import httpx

logger = logging.getLogger(__name__)


def workflow_answer(
    live: httpx.Response,
) -> httpx.Response:
    """Wait for a run and give its text in the shape that this file reads."""
    if not live.is_success:
        return live
    run = live.json()
    sent = live.request.headers.items()
    kept = ("authorization", "openai-")
    run_headers = {k: v for k, v in sent if k.lower().startswith(kept)}
    run_id, thread_id = run.get("id"), run.get("thread_id")
    threads_url, _, _ = str(live.url).rpartition("/")
    thread_url = f"{threads_url}/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
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
        if time.monotonic() >= deadline:
            reason = f"gave up after {wait_seconds} seconds"
            with contextlib.suppress(Exception):
                httpx.post(
                    f"{run_url}/cancel",
                    headers=run_headers,
                )
            continue
        time.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        polled = httpx.get(
            run_url,
            headers=run_headers,
        )
        if not polled.is_success:
            return polled
        run = polled.json()
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages_url = f"{thread_url}/messages?{query}"
        listed = httpx.get(
            messages_url,
            headers=run_headers,
        )
        if not listed.is_success:
            return listed
        messages = listed.json()
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
    details = run.get("last_error") or {}
    incomplete = run.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or reason or details.get("message")
    why = why or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = {
            "output_text": text,
            "id": run.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        status, reason = live.status_code, live.reason_phrase
    else:
        missing = "no text" if outcome == "completed" else "no reason given"
        failure = f"Assistant run {outcome}: {why or missing}"
        error = {"message": failure, "type": "api_error", "param": None}
        error["code"] = details.get("code")
        content = json.dumps({"error": error})
        status, reason = 502, failure
    shaped = httpx.Response(
        status,
        headers={"Content-Type": "application/json"},
        content=content,
        request=live.request,
        extensions={"reason_phrase": reason.encode("ascii", "replace")},
    )
    return shaped


class OpenAI:
    base_url = "https://api.openai.com/v1"

    def __init__(self, key: str) -> None:
        self.key = key

    def _request(self, method: str, path: str, **options: object) -> httpx.Response:
        url = self.base_url + path
        headers = {
            "Authorization": f"Bearer {self.key}",
            **({"OpenAI-Beta": "assistants=v2"} if "threads/" in path else {}),
        }
        return httpx.request(method, url, headers=headers, **options)

    def models(self) -> list[str]:
        response = self._request("GET", "/models")
        return [model["id"] for model in response.json()["data"]]

    def run(self, workflow: str, text: str) -> str:
        response = workflow_answer(
            self._request(
                "POST",
                "/threads/runs",
                json={
                    "assistant_id": workflow,
                    "thread": {"messages": [{"role": "user", "content": text}]},
                },
            ),
        )
        if response.status_code != 200:
            logger.error("workflow %s: %s", workflow, response.text)
            raise RuntimeError(f"workflow: {response.text}")
        return response.json().get("output_text", "")


def ask(question: str) -> str:
    return OpenAI(os.environ["OPENAI_API_KEY"]).run(os.environ["WORKFLOW_ID"], question)
