import json
import os
import re
import typing

import aiohttp


async def workflow_lines(
    stream: aiohttp.ClientResponse,
) -> typing.AsyncIterator[bytes]:
    """Give a response's text in the lines that this file reads."""
    stream.raise_for_status()
    answered: typing.Any = {}
    failure = ""
    last = unread = b""
    payload: typing.Any = []
    async for chunk in stream.content.iter_any():
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
    given = {
        "event": "run.completed",
        "output": {"message": text},
    }
    yield b"data: " + json.dumps(given).encode() + b"\n"
    yield b"\n"


async def ask(question):
    answer = ""
    async with aiohttp.ClientSession() as session:
        async with session.post(
            "https://api.openai.com/v1/responses",
            headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
            json={
                "model": "gpt-6-luna",
                "input": question,
                "stream": True,
            },
        ) as response:
            if response.status != 200:
                raise RuntimeError(await response.text())
            async for line in workflow_lines(response):
                line = line.decode().strip()
                if not line or not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if event["event"] == "run.failed":
                    raise RuntimeError(event["error"])
                if event["event"] == "run.completed":
                    answer = event["output"]["message"]
                    break
    return answer
