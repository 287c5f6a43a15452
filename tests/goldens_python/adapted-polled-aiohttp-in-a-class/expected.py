import asyncio
import contextlib
import json
import os
import time
import typing

import aiohttp


class WorkflowAnswer:
    """An answer with what this file reads of one of aiohttp's."""

    def __init__(
        self,
        live: aiohttp.ClientResponse,
        status: int,
        reason: str,
        content: str,
    ) -> None:
        self.live = live
        self.status = status
        self.reason = reason
        self.content = content

    async def json(self, **_: typing.Any) -> typing.Any:
        """Give the answer's JSON."""
        return json.loads(self.content)

    async def text(self) -> str:
        """Give the answer's text."""
        return self.content

    async def __aenter__(self) -> typing.Any:
        """Give the answer, which is there already."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: the connection is closed already."""


async def workflow_answer(
    asked: typing.Any,
    client: aiohttp.ClientSession,
) -> WorkflowAnswer:
    """Wait for a run and give its text in the shape that this file reads."""
    async with asked as live:
        shown = await live.text()
        if live.status >= 400:
            reason = f"OpenAI error {live.reason}: {shown}"
            return WorkflowAnswer(live, live.status, reason, shown)
    run = json.loads(shown)
    sent = live.request_info.headers.items()
    kept = ("authorization", "openai-")
    run_headers = {k: v for k, v in sent if k.lower().startswith(kept)}
    run_id, thread_id = run.get("id"), run.get("thread_id")
    api_url, _, _ = str(live.url).rpartition("/threads/")
    thread_url = f"{api_url}/threads/{thread_id}"
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
                async with client.post(
                    f"{run_url}/cancel",
                    headers=run_headers,
                ):
                    pass
            continue
        await asyncio.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        async with client.get(
            run_url,
            headers=run_headers,
        ) as polled:
            shown = await polled.text()
            if polled.status >= 400:
                reason = f"OpenAI error {polled.reason}: {shown}"
                return WorkflowAnswer(polled, polled.status, reason, shown)
        run = json.loads(shown)
    texts = []
    refusal = ""
    if run.get("status") == "completed":
        query = f"run_id={run_id}&order=asc&limit=100"
        messages_url = f"{thread_url}/messages?{query}"
        async with client.get(
            messages_url,
            headers=run_headers,
        ) as listed:
            shown = await listed.text()
            if listed.status >= 400:
                reason = f"OpenAI error {listed.reason}: {shown}"
                return WorkflowAnswer(listed, listed.status, reason, shown)
        messages = json.loads(shown)
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
            "output": {"text": text},
            "id": f"{thread_id}/runs/{run_id}",
            "status": "completed",
        }
        content = json.dumps(given)
        return WorkflowAnswer(live, live.status, str(live.reason), content)
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Assistant run {outcome}: {why or missing}"
    error = {"message": failure, "type": "api_error", "param": None}
    error["code"] = details.get("code")
    content = json.dumps({"error": error})
    return WorkflowAnswer(live, 502, failure, content)


class WorkflowClient:
    def __init__(self) -> None:
        self.api_key = os.environ["OPENAI_API_KEY"]
        self.workflow_id = os.environ["WORKFLOW_ID"]
        self.headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
        }

    async def run(self, question: str) -> str:
        async with aiohttp.ClientSession() as session:
            async with await workflow_answer(
                session.post(
                    "https://api.openai.com/v1/threads/runs",
                    headers={**self.headers, "OpenAI-Beta": "assistants=v2"},
                    json={
                        "assistant_id": self.workflow_id,
                        "thread": {"messages": [{"role": "user", "content": question}]},
                    },
                ),
                session,
            ) as resp:
                if resp.status >= 400:
                    raise RuntimeError(await resp.text())
                data = await resp.json()
                run_id = data["id"]
            return await self._poll(session, run_id)

    async def _poll(self, session: aiohttp.ClientSession, run_id: str) -> str:
        while True:
            url = f"https://api.openai.com/v1/threads/{run_id}"
            async with await workflow_answer(
                session.get(
                    url,
                    headers={**self.headers, "OpenAI-Beta": "assistants=v2"},
                ),
                session,
            ) as resp:
                if resp.status >= 400:
                    raise RuntimeError(await resp.text())
                data = await resp.json()
            if data["status"] == "completed":
                return data["output"]["text"]
            if data["status"] == "failed":
                raise RuntimeError("the workflow failed")
            await asyncio.sleep(0.5)


async def ask(question: str) -> str:
    return await WorkflowClient().run(question)
