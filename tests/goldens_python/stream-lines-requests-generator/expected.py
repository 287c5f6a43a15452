import json
import os
import re
import typing

import requests

API_KEY = os.environ["OPENAI_API_KEY"]


def workflow_lines(
    stream: requests.Response,
) -> typing.Iterator[bytes]:
    """Give the text of a run in the lines that this file reads."""
    stream.raise_for_status()
    run: typing.Any = {}
    block: typing.Any = ()
    whole = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    for chunk in stream.iter_content(chunk_size=None):
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
                        given = {
                            "type": "message.delta",
                            "delta": {"text": text},
                        }
                        yield b"data: " + json.dumps(given).encode()
                        yield b""
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
    yield b"data: [DONE]"
    yield b""


def stream_answer(question):
    with requests.post(
        "https://api.openai.com/v1/threads/runs",
        headers={
            "Authorization": f"Bearer {API_KEY}",
            "OpenAI-Beta": "assistants=v2",
        },
        json={
            "assistant_id": os.environ["WORKFLOW_ID"],
            "thread": {"messages": [{"role": "user", "content": question}]},
            "stream": True,
        },
        stream=True,
        timeout=60,
    ) as r:
        r.raise_for_status()
        for line in workflow_lines(r):
            if not line:
                continue
            decoded = line.decode("utf-8")
            if not decoded.startswith("data: "):
                continue
            data = decoded[6:]
            if data == "[DONE]":
                break
            event = json.loads(data)
            if event.get("type") == "message.delta":
                yield event["delta"]["text"]


def ask(question):
    return "".join(stream_answer(question))
