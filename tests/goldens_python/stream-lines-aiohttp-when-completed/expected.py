import json
import os
import re
import typing

import aiohttp


async def workflow_lines(
    stream: aiohttp.ClientResponse,
) -> typing.AsyncIterator[bytes]:
    """Give the text of a run in the lines that this file reads."""
    stream.raise_for_status()
    run: typing.Any = {}
    block: typing.Any = ()
    whole = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    async for chunk in stream.content.iter_any():
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
    text = whole
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
