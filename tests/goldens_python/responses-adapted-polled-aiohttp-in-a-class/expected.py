import asyncio
import json
import os
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


async def workflow_answer(asked: typing.Any) -> WorkflowAnswer:
    """Give a Responses API answer in the shape that this file reads."""
    async with asked as live:
        shown = await live.text()
        if live.status >= 400:
            reason = f"OpenAI error {live.reason}: {shown}"
            return WorkflowAnswer(live, live.status, reason, shown)
    answered = json.loads(shown)
    all_text = final_text = refusal = ""
    for item in answered.get("output") or []:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    outcome = answered.get("status")
    details = answered.get("error") or {}
    incomplete = answered.get("incomplete_details") or {}
    refused = f"refused: {refusal}" if refusal else ""
    why = refused or details.get("message") or incomplete.get("reason")
    if outcome == "completed" and text and not refusal:
        given = {
            "output_text": text,
            "output": {"text": text},
            "id": answered.get("id"),
            "status": "completed",
        }
        content = json.dumps(given)
        return WorkflowAnswer(live, live.status, str(live.reason), content)
    missing = "no text" if outcome == "completed" else "no reason given"
    failure = f"Response {outcome}: {why or missing}"
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
                    "https://api.openai.com/v1/responses",
                    headers=self.headers,
                    json={"model": "gpt-6-luna", "input": question},
                ),
            ) as resp:
                if resp.status >= 400:
                    raise RuntimeError(await resp.text())
                data = await resp.json()
                run_id = data["id"]
            return await self._poll(session, run_id)

    async def _poll(self, session: aiohttp.ClientSession, run_id: str) -> str:
        while True:
            url = f"https://api.openai.com/v1/responses/{run_id}"
            async with await workflow_answer(
                session.get(url, headers=self.headers),
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
