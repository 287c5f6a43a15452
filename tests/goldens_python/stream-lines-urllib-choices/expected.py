import json
import os
import re
import typing
import urllib.request


def workflow_lines(
    stream: typing.Any,
) -> typing.Iterator[bytes]:
    """Give the text of a run in the lines that this file reads."""
    run: typing.Any = {}
    block: typing.Any = ()
    whole = refusal = failure = ""
    name = last = unread = b""
    payload: typing.Any = []
    for chunk in stream:
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
                            "type": "output.delta",
                            "choices": [{"delta": {"content": text}}],
                        }
                        yield b"data: " + json.dumps(given).encode() + b"\n"
                        yield b"\n"
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
    given = {"type": "run.completed"}
    yield b"data: " + json.dumps(given).encode() + b"\n"
    yield b"\n"


def ask(question):
    request = urllib.request.Request(
        "https://api.openai.com/v1/threads/runs",
        data=json.dumps(
            {
                "assistant_id": os.environ["WORKFLOW_ID"],
                "thread": {
                    "messages": [{"role": "user", "content": question}],
                },
                "stream": True,
            }
        ).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "Content-Type": "application/json",
            "OpenAI-Beta": "assistants=v2",
        },
    )
    parts = []
    finished = False
    with urllib.request.urlopen(request) as response:
        for raw in workflow_lines(response):
            line = raw.decode("utf-8").strip()
            if not line.startswith("data:"):
                continue
            event = json.loads(line.removeprefix("data:"))
            kind = event.get("type")
            if kind == "output.delta":
                parts.append(event["choices"][0]["delta"].get("content", ""))
            elif kind == "run.completed":
                finished = True
    if not finished:
        raise RuntimeError("cut off")
    return "".join(parts)
