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
    """Give the text of a run in the lines that this file reads."""
    stream.raise_for_status()
    run: typing.Any = {}
    block: typing.Any = ()
    whole = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    async for chunk in stream.aiter_bytes():
        # A line ends in LF, CRLF or CR; a CRLF may be cut in two
        torn = last == b"\r" and chunk[:1] == b"\n"
        unread += chunk[1:] if torn else chunk
        last = chunk[-1:]
        *lines, unread = re.split(rb"\r\n|\n|\r", unread)
        for line in lines:
            if line.startswith(b"event:"):
                name = line[6:].strip()
            elif line.startswith(b"data:"):
                payload.append(line[5:])
            elif not line:
                data, ending = b"\n".join(payload), name
                name, payload = b"", []
                if data.strip() in (b"", b"[DONE]"):
                    continue
                event = json.loads(data)
                if ending == b"error":
                    error = event.get("error") or event
                    failure = error.get("message") or "an error event"
                elif event["object"] == "thread.run":
                    run = event
                elif event["object"] == "thread.message.delta":
                    for part in event["delta"].get("content") or []:
                        refusal += part.get("refusal") or ""
                        text = (part.get("text") or {}).get("value")
                        if not text:
                            continue
                        # Each block of text is a paragraph
                        place = (event["id"], part["index"])
                        if whole and place != block:
                            text = "\n\n" + text
                        block = place
                        whole += text
                        given = {"output": {"text": text}}
                        yield "data: " + json.dumps(given)
                        yield ""
    status = run.get("status") or "not started"
    if failure or status != "completed":
        details = run.get("last_error") or {}
        incomplete = run.get("incomplete_details") or {}
        required = run.get("required_action") or {}
        why = failure or details.get("message") or incomplete.get("reason")
        why = why or required.get("type") or "the stream ended"
        raise RuntimeError(f"Assistant run {status}: {why}")
    if refusal:
        raise RuntimeError(f"The assistant refused: {refusal}")
    if not whole:
        raise RuntimeError("No response from assistant (no text)")
    yield "data: [DONE]"
    yield ""


@app.post("/chat")
async def chat(question: str) -> StreamingResponse:
    async def generate():
        async with httpx.AsyncClient(timeout=None) as client:
            async with client.stream(
                "POST",
                "https://api.openai.com/v1/threads/runs",
                headers={
                    "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
                    "OpenAI-Beta": "assistants=v2",
                },
                json={
                    "assistant_id": os.environ["WORKFLOW_ID"],
                    "thread": {"messages": [{"role": "user", "content": question}]},
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
