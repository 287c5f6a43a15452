import json
import os
import re
import typing

import httpx
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


async def workflow_lines(
    stream: httpx.Response,
) -> typing.AsyncIterator[str]:
    """Give a response's text in the lines that this file reads."""
    stream.raise_for_status()
    answered: typing.Any = {}
    aside = set()
    shown = ""
    failure = ""
    last = unread = b""
    payload: typing.Any = []
    async for chunk in stream.aiter_bytes():
        # A line ends in LF, CRLF or CR; a CRLF may be cut in two
        torn = last == b"\r" and chunk[:1] == b"\n"
        unread += chunk[1:] if torn else chunk
        last = chunk[-1:]
        *lines, unread = re.split(rb"\r\n|\n|\r", unread)
        for line in lines:
            if line.startswith(b"data:"):
                payload.append(line[5:])
            elif not line:
                data, payload = b"\n".join(payload), []
                if data.strip() in (b"", b"[DONE]"):
                    continue
                event = json.loads(data)
                kind = event["type"]
                if kind == "response.output_item.added":
                    if event["item"].get("phase") == "commentary":
                        aside.add(event["output_index"])
                elif kind == "response.output_text.delta":
                    if event["output_index"] not in aside:
                        text = event["delta"]
                        shown += text
                        given = {"output": {"text": text}}
                        yield "data: " + json.dumps(given)
                        yield ""
                if kind == "error":
                    error = event.get("error") or event
                    failure = error.get("message") or "an error event"
                elif kind in (
                    "response.completed",
                    "response.failed",
                    "response.incomplete",
                ):
                    answered = event["response"]
    status = answered.get("status") or "unfinished"
    if failure or status != "completed":
        details = answered.get("error") or {}
        incomplete = answered.get("incomplete_details") or {}
        why = failure or details.get("message") or incomplete.get("reason")
        why = why or "the stream ended"
        raise RuntimeError(f"Response {status}: {why}")
    all_text = final_text = ""
    for item in answered["output"]:
        if item["type"] != "message":
            continue
        for part in item["content"]:
            if part["type"] == "refusal":
                refusal = part["refusal"]
                raise RuntimeError(f"The model refused: {refusal}")
            if part["type"] == "output_text":
                all_text += part["text"]
                if item.get("phase") == "final_answer":
                    final_text += part["text"]
    text = final_text or all_text
    if not text:
        raise RuntimeError("No response from the model (no text)")
    if not shown:
        given = {"output": {"text": text}}
        yield "data: " + json.dumps(given)
        yield ""
    yield "data: [DONE]"
    yield ""


@app.post("/chat")
async def chat(question: str) -> StreamingResponse:
    async def generate():
        async with httpx.AsyncClient(timeout=None) as client:
            async with client.stream(
                "POST",
                "https://api.openai.com/v1/responses",
                headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
                json={
                    "model": "gpt-6-luna",
                    "input": question,
                    "stream": True,
                },
            ) as response:
                async for line in workflow_lines(response):
                    if line.startswith("data: "):
                        payload = line[len("data: ") :]
                        if payload.strip() == "[DONE]":
                            yield "data: [DONE]\n\n"
                            return
                        try:
                            chunk = json.loads(payload)
                        except json.JSONDecodeError:
                            continue
                        text = (
                            chunk.get("output", {}).get("text")
                            or chunk.get("text")
                            or ""
                        )
                        if text:
                            yield f"data: {json.dumps({'text': text})}\n\n"

    return StreamingResponse(generate(), media_type="text/event-stream")


async def ask(question):
    response = await chat(question)
    pieces = [piece async for piece in response.body_iterator]
    assert pieces.pop() == "data: [DONE]\n\n"
    return "".join(json.loads(piece[6:])["text"] for piece in pieces)
