"""Adapting a run for aiohttp."""

import asyncio
import contextlib
import json
import time
import typing

import aiohttp


class WorkflowAnswer:
    """An answer with what this file reads of one of aiohttp's."""

    def __init__(
        self,
        live: __RESPONSE__,
        status: int,
        reason: str,
        content: str,
    ) -> None:
        self.live = live
        self.status = status
        self.reason = reason
        self.content = content
        if __OK__:
            self.ok = status < 400
        if __HEADERS_READ__:
            self.headers = live.headers
        if __URL_READ__:
            self.url = live.url

    if __JSON__:

        async def json(self, **_: typing.Any) -> typing.Any:
            """Give the answer's JSON."""
            return json.loads(self.content)

    if __TEXT__:

        async def text(self) -> str:
            """Give the answer's text."""
            return self.content

    if __READ__:

        async def read(self) -> bytes:
            """Give the answer's bytes."""
            return self.content.encode()

    if __RAISE__:

        def raise_for_status(self) -> None:
            """Raise what aiohttp raises for an error."""
            if self.status >= 400:
                raise aiohttp.ClientResponseError(
                    self.live.request_info,
                    self.live.history,
                    status=self.status,
                    message=self.reason,
                    headers=self.live.headers,
                )

    if __WITH__:

        async def __aenter__(self) -> typing.Any:
            """Give the answer, which is there already."""
            return self

        async def __aexit__(self, *_: object) -> None:
            """Do nothing: the connection is closed already."""


async def workflow_answer(
    asked: typing.Any,
    client: __SESSION__,
    **options: __ANY__,
) -> WorkflowAnswer:
    """Wait for a run and give its text in the shape that this file reads."""
    async with asked as live:
        shown = await live.text()
        if live.status >= 400:
            reason = f"OpenAI error {live.reason}: {shown}"
            if __THROWS__:
                raise aiohttp.ClientResponseError(
                    live.request_info,
                    live.history,
                    status=live.status,
                    message=reason,
                    headers=live.headers,
                )
            return WorkflowAnswer(live, live.status, reason, shown)
    run = json.loads(shown)
    sent = live.request_info.headers.items()
    kept = ("authorization", "openai-")
    run_headers = {k: v for k, v in sent if k.lower().startswith(kept)}
    run_id, thread_id = run.get("id"), run.get("thread_id")
    if __POLLED__:
        api_url, _, _ = str(live.url).rpartition("/threads/")
        thread_url = f"{api_url}/threads/{thread_id}"
    else:
        threads_url, _, _ = str(live.url).rpartition("/")
        thread_url = f"{threads_url}/{thread_id}"
    run_url = f"{thread_url}/runs/{run_id}"
    wait_seconds = __POLL_TIMEOUT__
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
                    **__OPTIONS__,
                ):
                    pass
            continue
        await asyncio.sleep(poll_delay)
        poll_delay = min(poll_delay * 1.5, 5)
        async with client.get(
            run_url,
            headers=run_headers,
            **__OPTIONS__,
        ) as polled:
            shown = await polled.text()
            if polled.status >= 400:
                reason = f"OpenAI error {polled.reason}: {shown}"
                if __THROWS__:
                    raise aiohttp.ClientResponseError(
                        polled.request_info,
                        polled.history,
                        status=polled.status,
                        message=reason,
                        headers=polled.headers,
                    )
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
            **__OPTIONS__,
        ) as listed:
            shown = await listed.text()
            if listed.status >= 400:
                reason = f"OpenAI error {listed.reason}: {shown}"
                if __THROWS__:
                    raise aiohttp.ClientResponseError(
                        listed.request_info,
                        listed.history,
                        status=listed.status,
                        message=reason,
                        headers=listed.headers,
                    )
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
        given = __SHAPE__
        content = json.dumps(given)
        return WorkflowAnswer(live, live.status, str(live.reason), content)
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Assistant run {outcome}: {why or missing}"
    error = {"message": failure, "type": "api_error", "param": None}
    error["code"] = details.get("code")
    content = json.dumps({"error": error})
    if __THROWS__:
        raise aiohttp.ClientResponseError(
            live.request_info,
            live.history,
            status=502,
            message=failure,
            headers=live.headers,
        )
    return WorkflowAnswer(live, 502, failure, content)
